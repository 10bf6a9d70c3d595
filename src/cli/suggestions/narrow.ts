import type { SuggestionBody } from '../../api/suggestions.ts';
import { readArguments, WrongUsage } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';
import { pathOf, suggestionOf } from './ask.ts';
import { suggestionWords } from './words.ts';

const HELP = `gate suggestions narrow ID STEP…

Makes a narrower suggestion of one: without a spelling, without a value, or with a slot
one step closer to what was seen. gate suggestions show ID lists the steps. The new one
waits for an answer; the other comes back only on new evidence.

${CONNECTION_HELP}
  --json                print the new suggestion as JSON

Example:
  gate suggestions narrow sug_0123456789abcdef value:0:1 rule:2`;

const OPTIONS = { ...CONNECTION, json: { type: 'boolean' } } as const;

/** `gate suggestions narrow`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  const [id, ...keys] = given.positionals;
  if (!id || keys.length === 0)
    throw new WrongUsage(
      'name a suggestion and at least one step',
      'gate suggestions show ID lists the steps',
    );
  const client = connectAsAdmin(given.values);
  const { version } = await suggestionOf(client, id);
  const made = (await client.call('POST', pathOf(id, 'narrow'), { version, keys })) as SuggestionBody;
  process.stdout.write(given.values.json ? `${JSON.stringify(made)}\n` : suggestionWords(made));
  if (!given.values.json) process.stderr.write(`To accept it: gate suggestions accept ${made.id}\n`);
  return 0;
}
