import { readArguments } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';
import { idIn, suggestionOf } from './ask.ts';
import { suggestionWords } from './words.ts';

const HELP = `gate suggestions show ID

Shows a suggestion whole: its rules, its evidence, what it would also allow and what it
would not, and the steps that narrow it.

${CONNECTION_HELP}
  --json                as JSON

Example:
  gate suggestions show sug_0123456789abcdef`;

const OPTIONS = { ...CONNECTION, json: { type: 'boolean' } } as const;

/** `gate suggestions show`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  const one = await suggestionOf(connectAsAdmin(given.values), idIn(given.positionals, 'show'));
  process.stdout.write(given.values.json ? `${JSON.stringify(one)}\n` : suggestionWords(one));
  return 0;
}
