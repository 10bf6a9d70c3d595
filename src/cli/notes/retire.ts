import { changesNotes } from './one-note.ts';

/** `gate notes retire`. */
export const run = changesNotes(
  'retire',
  'retired',
  'Takes notes out of sight: no card and no terminal shows them any more.',
);
