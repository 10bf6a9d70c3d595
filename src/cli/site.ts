import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '../core/environment.ts';
import type { Policy } from '../core/policy.ts';
import type { Row } from '../core/risk/row.ts';
import { WrongUsage } from './arguments.ts';

/** What a site's configuration says of commands. */
export interface Site {
  environments: Map<string, Environment>;
  policies: readonly Policy[];
  riskRows: readonly Row[];
}

/** Fits wherever the file wants a text, a secret or an address; but for the address of a mail server. */
const STAND_IN = 'https://unset.example.com';
const MAIL_STAND_IN = 'smtp://unset.example.com';

/** Reads `--config FILE`. The secrets it names need not be set: nothing is reached, only read. */
export async function readSite(file: string): Promise<Site> {
  // Loaded only here: offline judging without --config needs none of it.
  const { ConfigFaults, readConfig } = await import('../config/config.ts');
  const text = readText(file);
  const names = [...text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)].map(([, name]) => name as string);
  const variables = Object.fromEntries(
    names.map((name) => [name, process.env[name] ?? standInFor(name, text)]),
  );
  try {
    const { environments, policies, riskRows } = readConfig(text, variables, path.resolve(file));
    return { environments, policies, riskRows };
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error;
    const faults = error.faults.map((fault) => `${fault.path}: ${fault.message}`);
    throw new WrongUsage(
      [error.message, ...faults].join('\n  '),
      'mend the file; gate serve reads it the same way',
    );
  }
}

function standInFor(name: string, text: string): string {
  const isMailServer = new RegExp(`smtp:\\s*["']?\\$\\{${name}\\}`).test(text);
  return isMailServer ? MAIL_STAND_IN : STAND_IN;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new WrongUsage(`cannot read ${file}: ${(error as Error).message}`, 'name a gatehouse.yaml');
  }
}
