import { z } from 'zod';
import { redactText } from '../core/command/redact.ts';
import type { NotesOfFamily } from './model.ts';
import { line, type Use } from './use.ts';

const MOST_NOTES = 40;
const MOST_CHARACTERS = 500;

const Wire = z.strictObject({ summary: line({ max: 400 }) });

/** What the notes of a family say together. One note says it by itself. */
export const summariseNotes: Use<NotesOfFamily, z.infer<typeof Wire>, { text: string }> = {
  prompt: 'summarise-notes',
  data: ({ family, environment, notes }) =>
    notes.length < 2
      ? null
      : {
          family: redactText(family),
          environment,
          notes: notes.slice(0, MOST_NOTES).map((note) => redactText(note).slice(0, MOST_CHARACTERS)),
        },
  schema: Wire,
  answer: ({ summary }) => ({ text: summary }),
};
