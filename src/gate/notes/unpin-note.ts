import type { Deps } from '../deps.ts';
import type { Author } from '../rules.ts';
import { changeNote, type NoteChanged, type Seen } from './change-note.ts';

/** Puts a pinned note back among the others. */
export const unpinNote = (deps: Deps, author: Author, seen: Seen): Promise<NoteChanged> =>
  changeNote(deps, author, seen, {
    type: 'note-unpinned',
    isSo: ({ pinnedAt }) => pinnedAt === null,
    becomes: { pinnedAt: null },
  });
