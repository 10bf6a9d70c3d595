import { type Config, ConfigFaults, loadConfig } from '../config/config.ts';
import { checksOf } from './checks.ts';
import { examine } from './examine.ts';
import type { Finding } from './finding.ts';
import { printer, summary } from './print.ts';
import { openSite } from './site.ts';

export interface DoctorOptions {
  variables: { [name: string]: string | undefined };
  /** The configuration. */
  file: string;
  json: boolean;
  sendTest: boolean;
  out: { write(text: string): unknown };
  /** A terminal: marks, colours, and what is being looked at. */
  isLive: boolean;
}

/** Looks at everything the gate needs, tells it as it is found, and gives the exit code: 0 when there is no fault. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const config = read(options);
  const findings: Finding[] = 'faulty' in config ? config.faulty : await looked(config, options);
  if ('faulty' in config && !options.json) tellFaulty(findings, options);
  const faults = findings.filter(({ status }) => status === 'fault').length;
  if (options.json) options.out.write(`${JSON.stringify({ ok: faults === 0, findings })}\n`);
  else options.out.write(`\n${summary(findings)}\n`);
  return faults > 0 ? 1 : 0;
}

function read({ variables, file }: DoctorOptions): Config | { faulty: Finding[] } {
  try {
    return loadConfig(variables, file);
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error;
    const faulty = error.faults.map(({ path, message }) => ({
      name: 'configuration',
      status: 'fault' as const,
      says: path,
      mend: message,
    }));
    return { faulty };
  }
}

async function looked(
  config: Config,
  { file, json, sendTest, out, isLive }: DoctorOptions,
): Promise<Finding[]> {
  const site = openSite(config, file);
  try {
    const checks = checksOf(site, { sendTest });
    const told = json ? null : printer(out, { checks, isLive });
    const findings: Finding[] = [];
    for await (const finding of examine(checks, { waitingFor: (name) => told?.waitingFor(name) })) {
      told?.print(finding);
      findings.push(finding);
    }
    told?.end();
    return findings;
  } finally {
    await site.close();
  }
}

/** The rest is not looked at: what it would look for stands in the file. */
function tellFaulty(findings: Finding[], { out, isLive }: DoctorOptions): void {
  const told = printer(out, { checks: findings, isLive });
  for (const finding of findings) told.print(finding);
}
