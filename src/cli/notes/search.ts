import { readArguments, WrongUsage } from '../arguments.ts';
import { CONNECTION_HELP, connectAsAdmin } from '../settings.ts';
import { FILTER, filterOf } from './list.ts';
import { printNotes } from './print-notes.ts';

const HELP = `gate notes search TEXT [flags]

Lists the notes with a text in their words, kind of command, target or author.

  --env E               of this environment
  --project P           that hold for this project
  --family F            on this kind of command: "kubectl rollout restart"
  --retired             the retired ones instead
${CONNECTION_HELP}
  --json                one note a line

Example:
  gate notes search pg_repack`;

/** `gate notes search`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: FILTER, help: HELP });
  if (!given) return 0;
  const search = given.positionals.join(' ').trim();
  if (search === '') throw new WrongUsage('there is no text to look for', 'gate notes search pg_repack');
  const filter = { ...filterOf(given.values), search };
  return printNotes(connectAsAdmin(given.values), filter, given.values.json ?? false);
}
