import type { Command } from '../../core/command/command.ts';
import { redact, redactText } from '../../core/command/redact.ts';
import { type Topic, topicsOf } from '../../core/runbook/topic.ts';
import { appendRecord } from '../../store/records.ts';
import { insertNote, type NoteRow } from '../../store/runbook.ts';
import type { Deps } from '../deps.ts';
import type { Author } from '../rules.ts';
import { LONGEST_NOTE } from './edit-note.ts';
import { newNoteId, noteRecord } from './record-note.ts';

export interface NoteWish {
  environment: string;
  /** `*`: every project. */
  project: string;
  /** A kind of command, or a command of that kind. */
  about: Topic | Command;
  text: string;
}

export type NoteAdded =
  | { ok: true; note: NoteRow }
  | { ok: false; code: 'unknown-environment' | 'nothing-said' }
  /** `families`: what the command is about; none, or more than one. */
  | { ok: false; code: 'no-one-family'; families: string[] };

/** Writes a note by hand, without a denial. */
export async function addNote(deps: Deps, author: Author, wish: NoteWish): Promise<NoteAdded> {
  const { environment, project } = wish;
  if (!deps.environments.has(environment)) return { ok: false, code: 'unknown-environment' };
  const text = redactText(wish.text.trim()).slice(0, LONGEST_NOTE);
  if (text === '') return { ok: false, code: 'nothing-said' };
  const topics = 'family' in wish.about ? [wish.about] : topicsOf(redact(wish.about).command);
  const [topic, another] = topics;
  if (!topic || another)
    return { ok: false, code: 'no-one-family', families: topics.map(({ family }) => family) };
  const note = await deps.database.db.transaction(async (tx) => {
    const row = await insertNote(tx, {
      id: newNoteId(),
      environment,
      project,
      ...topic,
      text,
      authorSubject: author.subject,
      authorName: author.name,
    });
    await appendRecord(tx, deps, noteRecord('note-added', row, author));
    return row;
  });
  return { ok: true, note };
}
