import type { NoteBody } from '../../api/notes.ts';
import { readArguments, WrongUsage } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';
import { noteAt, printChanged, readNote } from './one-note.ts';

const HELP = `gate notes edit ID TEXT [flags]

Says a note in other words. Who wrote it first stays its author.

  --version N           only if it is still as it was shown; without it, the one it has
${CONNECTION_HELP}
  --json                print the note as JSON

Example:
  gate notes edit note_0123456789abcdef "use pg_repack; see the wiki"`;

const OPTIONS = { ...CONNECTION, version: { type: 'string' }, json: { type: 'boolean' } } as const;

/** `gate notes edit`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  const [id, text, ...rest] = given.positionals;
  if (!id || !text?.trim() || rest.length > 0)
    throw new WrongUsage('name one note and what it should say', 'gate notes edit ID "new words"');
  const seen = given.values.version;
  if (seen !== undefined && !/^[1-9]\d{0,8}$/.test(seen))
    throw new WrongUsage(`--version is no number: ${seen}`, 'gate notes list --json shows it');
  const client = connectAsAdmin(given.values);
  const version = seen === undefined ? (await readNote(client, id)).version : Number(seen);
  const note = (await client.call('PATCH', noteAt(id), { version, text })) as NoteBody;
  printChanged(note, 'edited', given.values.json ?? false);
  return 0;
}
