import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { WrongUsage } from './arguments.ts';

type Variables = { [name: string]: string | undefined };

/** The variables of a file such as `.env` below those that are set already. Without a file it is only those. */
export function withEnvFile(variables: Variables, file: string | undefined): Variables {
  if (file === undefined) return variables;
  try {
    const read = parseEnv(readFileSync(file, 'utf8'));
    // A template's empty lines mean "not set".
    return { ...Object.fromEntries(Object.entries(read).filter(([, value]) => value !== '')), ...variables };
  } catch (error) {
    throw new WrongUsage(`cannot read --env-file: ${(error as Error).message}`, 'name a readable file');
  }
}
