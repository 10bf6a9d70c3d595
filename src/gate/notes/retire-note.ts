import { sql } from 'drizzle-orm';
import type { Deps } from '../deps.ts';
import type { Author } from '../rules.ts';
import { changeNote, type NoteChanged, type Seen } from './change-note.ts';

/** Takes a note out of sight: no card shows it any more. It can be restored. */
export const retireNote = (deps: Deps, author: Author, seen: Seen): Promise<NoteChanged> =>
  changeNote(deps, author, seen, {
    type: 'note-retired',
    isSo: ({ retiredAt }) => retiredAt !== null,
    becomes: { retiredAt: sql`now()`, retiredByName: author.name },
  });
