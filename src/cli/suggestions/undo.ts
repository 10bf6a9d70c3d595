import type { UndoneBody } from '../../api/suggestions.ts';
import { readArguments } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';
import { idsIn, pathOf } from './ask.ts';
import { changeWords } from './words.ts';

const HELP = `gate suggestions undo ID…

Takes an acceptance of the last 30 days back: its rules go at once, and what they
replaced, or what was removed, is in force again.

${CONNECTION_HELP}

Example:
  gate suggestions undo sug_0123456789abcdef`;

/** `gate suggestions undo`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: CONNECTION, help: HELP });
  if (!given) return 0;
  const client = connectAsAdmin(given.values);
  for (const id of idsIn(given.positionals, 'undo')) {
    const done = (await client.call('POST', pathOf(id, 'undo'))) as UndoneBody;
    process.stdout.write(changeWords(done.restored, done.revoked));
    process.stderr.write(`${id}: undone\n`);
  }
  return 0;
}
