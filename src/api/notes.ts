import { z } from 'zod';

const line = (max: number) => z.string().max(max);
/** Longest words of a note, in characters. */
export const MAX_NOTE_CHARACTERS = 1000;
const words = line(MAX_NOTE_CHARACTERS).trim().min(1);
const version = z.int().min(1).describe('As it was shown: with another one by now nothing is changed');

export const NoteShape = z.object({
  id: z.string(),
  version: z.int(),
  environment: z.string(),
  project: z.string().describe('"*": every project'),
  family: z.string().describe('Program and subcommands'),
  target: z.string().nullable().describe('What it was done to; null: whatever'),
  text: z.string(),
  author: z.object({ id: z.string(), name: z.string() }),
  created_at: z.iso.datetime(),
  edited_at: z.iso.datetime().nullable(),
  edited_by: z.string().nullable(),
  pinned: z.boolean(),
  retired_at: z.iso.datetime().nullable(),
  retired_by: z.string().nullable(),
  request_id: z.string().nullable().describe('The denied request it was made from'),
  denials: z.int().describe('How many denials said the same'),
  denied_at: z.iso.datetime().nullable().describe('The latest of them'),
});
export type NoteBody = z.infer<typeof NoteShape>;

export const NotesShape = z.object({
  notes: z.array(NoteShape),
  total: z.int().describe('On all pages'),
});

export const NewNoteShape = z
  .strictObject({
    environment: line(100).min(1),
    project: line(100).min(1).optional().describe('"*": every project; without it the project of the token'),
    family: line(300).trim().min(1).optional().describe('Program and subcommands: kubectl rollout restart'),
    target: line(200).trim().min(1).optional().describe('What it is done to: deployment/api'),
    command: line(4096).min(1).optional().describe('A command of the kind it is about, instead of `family`'),
    text: words,
  })
  .refine((body) => (body.family === undefined) !== (body.command === undefined), {
    message: 'give exactly one of family and command',
    path: ['family'],
  })
  .refine((body) => body.target === undefined || body.family !== undefined, {
    message: 'goes with family',
    path: ['target'],
  });
export type NewNote = z.infer<typeof NewNoteShape>;

export const EditNoteShape = z.strictObject({ version, text: words });
export const SeenNoteShape = z.strictObject({ version });

export const ProposalShape = z.object({
  environment: z.string(),
  family: z.string(),
  target: z.string().nullable(),
  denials: z.int(),
  first_at: z.iso.datetime(),
  last_at: z.iso.datetime(),
  reasons: z.array(z.string()),
  policy: z.string().describe('Lines for `policies:` in gatehouse.yaml'),
});
export type ProposalBody = z.infer<typeof ProposalShape>;

export const ProposalsShape = z.object({ proposals: z.array(ProposalShape) });
