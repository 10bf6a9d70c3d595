import { readArguments } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';
import { idsIn, pathOf, suggestionOf } from './ask.ts';

const HELP = `gate suggestions never ID…

Refuses suggestions: their families come back only on new evidence. gate suggestions
reject is the same.

  --reason R            why, for others
${CONNECTION_HELP}

Example:
  gate suggestions never sug_0123456789abcdef --reason 'restarts of the database stay manual'`;

const OPTIONS = { ...CONNECTION, reason: { type: 'string' } } as const;

/** `gate suggestions never` and `reject`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  const { reason } = given.values;
  const client = connectAsAdmin(given.values);
  for (const id of idsIn(given.positionals, 'never')) {
    const { version } = await suggestionOf(client, id);
    await client.call('POST', pathOf(id, 'never'), { version, ...(reason && { reason }) });
    process.stderr.write(`${id}: refused\n`);
  }
  return 0;
}
