import { changesNotes } from './one-note.ts';

/** `gate notes unpin`. */
export const run = changesNotes('unpin', 'unpinned', 'Puts pinned notes back among the others.');
