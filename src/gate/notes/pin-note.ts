import { sql } from 'drizzle-orm';
import type { Deps } from '../deps.ts';
import type { Author } from '../rules.ts';
import { changeNote, type NoteChanged, type Seen } from './change-note.ts';

/** Puts a note before all others of its kind. */
export const pinNote = (deps: Deps, author: Author, seen: Seen): Promise<NoteChanged> =>
  changeNote(deps, author, seen, {
    type: 'note-pinned',
    isSo: ({ pinnedAt }) => pinnedAt !== null,
    becomes: { pinnedAt: sql`now()` },
  });
