import type { NoteBody } from '../../api/notes.ts';
import { oneLine } from '../../ask/words.ts';
import type { Client } from '../../client.ts';
import { readArguments, WrongUsage } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';

const OPTIONS = { ...CONNECTION, json: { type: 'boolean' } } as const;

export const noteAt = (id: string): string => `/api/v1/notes/${encodeURIComponent(id)}`;

export const readNote = (client: Client, id: string): Promise<NoteBody> =>
  client.call('GET', noteAt(id)) as Promise<NoteBody>;

/** Tells what became of a note. */
export function printChanged(note: NoteBody, done: string, isJson: boolean): void {
  if (isJson) process.stdout.write(`${JSON.stringify(note)}\n`);
  else process.stderr.write(`${done} in ${oneLine(note.environment)}: ${oneLine(note.text)}\n`);
}

/** A verb that changes notes as they are now, and takes nothing but their ids. */
export const changesNotes =
  (verb: 'pin' | 'unpin' | 'retire' | 'restore', done: string, about: string) =>
  async (argv: string[]): Promise<number> => {
    const help = `gate notes ${verb} ID…\n\n${about}\n\n${CONNECTION_HELP}\n  --json                one note a line\n\nExample:\n  gate notes ${verb} note_0123456789abcdef`;
    const given = readArguments(argv, { options: OPTIONS, help });
    if (!given) return 0;
    if (given.positionals.length === 0)
      throw new WrongUsage(`name the notes to ${verb}`, 'gate notes list shows their ids');
    const client = connectAsAdmin(given.values);
    for (const id of given.positionals) {
      const { version } = await readNote(client, id);
      const note = (await client.call('POST', `${noteAt(id)}/${verb}`, { version })) as NoteBody;
      printChanged(note, done, given.values.json ?? false);
    }
    return 0;
  };
