import { changesNotes } from './one-note.ts';

/** `gate notes pin`. */
export const run = changesNotes(
  'pin',
  'pinned',
  'Puts notes before all others of their kind: cards show them first.',
);
