import type { z } from 'zod';
import type { NoteBody, NotesShape } from '../../api/notes.ts';
import type { Client } from '../../client.ts';
import { table } from '../say.ts';

const PAGE = 1000;
const HEADING = ['ID', 'ABOUT', 'NOTE', 'ENVIRONMENT', 'PROJECT', 'BY', 'SAID', 'STATE'];
const LONGEST_SHOWN = 70;

/** Prints every note that matches, page by page. */
export async function printNotes(
  client: Client,
  filter: Record<string, string>,
  isJson: boolean,
): Promise<number> {
  const notes: NoteBody[] = [];
  for (;;) {
    const query = new URLSearchParams({ ...filter, limit: String(PAGE), offset: String(notes.length) });
    const page = (await client.call('GET', `/api/v1/notes?${query}`)) as z.infer<typeof NotesShape>;
    notes.push(...page.notes);
    if (page.notes.length === 0 || notes.length >= page.total) break;
  }
  if (isJson) process.stdout.write(notes.map((note) => `${JSON.stringify(note)}\n`).join(''));
  else if (notes.length === 0) process.stderr.write('there are no such notes\n');
  else process.stdout.write(table(HEADING, notes.map(row)));
  return 0;
}

const row = (note: NoteBody): string[] => [
  note.id,
  shortened([note.family, note.target].filter(Boolean).join(' ')),
  shortened(note.text),
  note.environment,
  note.project,
  note.author.name,
  (note.denied_at ?? note.created_at).slice(0, 10),
  [
    ...(note.pinned ? ['pinned'] : []),
    ...(note.retired_at ? ['retired'] : []),
    ...(note.denials > 1 ? [`said ${note.denials} times`] : []),
    ...(note.edited_by ? [`edited by ${note.edited_by}`] : []),
  ].join(', '),
];

const shortened = (text: string): string => {
  const flat = text.replaceAll('\n', ' ⏎ ');
  return flat.length > LONGEST_SHOWN ? `${flat.slice(0, LONGEST_SHOWN - 1)}…` : flat;
};
