import { createHash, randomBytes } from 'node:crypto';
import type { RecordType } from '../../core/proof/record.ts';
import type { Unsealed } from '../../store/records.ts';
import type { NoteRow } from '../../store/runbook.ts';
import type { Author } from '../rules.ts';

export const newNoteId = (): string => `note_${randomBytes(8).toString('hex')}`;

/** What is written down of a change of a note. */
export function noteRecord(
  type: RecordType & `note-${string}`,
  note: NoteRow,
  by: Pick<Author, 'subject' | 'name'>,
): Unsealed {
  const { id, version, environment, project, family, target, text, requestId } = note;
  return {
    type,
    subject: `note/${id}`,
    digest: createHash('sha256').update(`${id}\0${text}`).digest('hex'),
    facts: {
      note: { id, version, environment, project, family, target, text, ...(requestId && { requestId }) },
      by: { subjectId: by.subject, name: by.name },
    },
  };
}
