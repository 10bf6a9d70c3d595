import type { Deps } from '../deps.ts';
import type { Author } from '../rules.ts';
import { changeNote, type NoteChanged, type Seen } from './change-note.ts';

/** Brings a retired note back. */
export const restoreNote = (deps: Deps, author: Author, seen: Seen): Promise<NoteChanged> =>
  changeNote(deps, author, seen, {
    type: 'note-restored',
    isSo: ({ retiredAt }) => retiredAt === null,
    becomes: { retiredAt: null, retiredByName: null },
  });
