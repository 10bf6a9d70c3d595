import { readArguments } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';
import { idsIn, pathOf, suggestionOf } from './ask.ts';

const HELP = `gate suggestions not-now ID…

Puts suggestions off: they come back after a week, or when there is more evidence.

${CONNECTION_HELP}

Example:
  gate suggestions not-now sug_0123456789abcdef`;

/** `gate suggestions not-now`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: CONNECTION, help: HELP });
  if (!given) return 0;
  const client = connectAsAdmin(given.values);
  for (const id of idsIn(given.positionals, 'not-now')) {
    const { version } = await suggestionOf(client, id);
    await client.call('POST', pathOf(id, 'not-now'), { version });
    process.stderr.write(`${id}: put off for a week\n`);
  }
  return 0;
}
