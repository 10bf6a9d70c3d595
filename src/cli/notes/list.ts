import { readArguments, WrongUsage } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';
import { printNotes } from './print-notes.ts';

const HELP = `gate notes list [flags]

Lists what the runbook says: pinned notes first, then the latest.

  --env E               of this environment
  --project P           that hold for this project
  --family F            on this kind of command: "kubectl rollout restart"
  --retired             the retired ones instead
${CONNECTION_HELP}
  --json                one note a line

Example:
  gate notes list --env production --family "kubectl delete"`;

export const FILTER = {
  ...CONNECTION,
  env: { type: 'string' },
  project: { type: 'string' },
  family: { type: 'string' },
  retired: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** `gate notes list`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: FILTER, help: HELP });
  if (!given) return 0;
  if (given.positionals.length > 0)
    throw new WrongUsage('it takes no arguments', 'gate notes search TEXT looks for a text');
  return printNotes(connectAsAdmin(given.values), filterOf(given.values), given.values.json ?? false);
}

export const filterOf = (flags: {
  env?: string;
  project?: string;
  family?: string;
  retired?: boolean;
}): Record<string, string> => ({
  ...(flags.env && { environment: flags.env }),
  ...(flags.project && { project: flags.project }),
  ...(flags.family && { family: flags.family }),
  ...(flags.retired && { retired: 'true' }),
});
