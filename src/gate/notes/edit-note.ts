import { sql } from 'drizzle-orm';
import { redactText } from '../../core/command/redact.ts';
import type { Deps } from '../deps.ts';
import type { Author } from '../rules.ts';
import { changeNote, type NoteChanged, type Seen } from './change-note.ts';

export const LONGEST_NOTE = 1000;

/** Says a note in other words. Who wrote it first stays its author. */
export async function editNote(
  deps: Deps,
  author: Author,
  { text, ...seen }: Seen & { text: string },
): Promise<NoteChanged> {
  const words = redactText(text.trim()).slice(0, LONGEST_NOTE);
  if (words === '') return { ok: false, code: 'nothing-said' };
  return changeNote(deps, author, seen, {
    type: 'note-edited',
    isSo: (note) => note.text === words,
    becomes: { text: words, editedAt: sql`now()`, editedByName: author.name },
  });
}
