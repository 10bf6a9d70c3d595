import { changesNotes } from './one-note.ts';

/** `gate notes restore`. */
export const run = changesNotes('restore', 'restored', 'Brings retired notes back.');
