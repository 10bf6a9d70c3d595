import type { RecordType } from '../../core/proof/record.ts';
import { appendRecord } from '../../store/records.ts';
import { changeNote as change, lockNote, type NoteRow } from '../../store/runbook.ts';
import type { Deps } from '../deps.ts';
import type { Author } from '../rules.ts';
import { noteRecord } from './record-note.ts';

/** Which note is changed. `version`: what the person saw; with another one by now nothing is changed. */
export interface Seen {
  id: string;
  version: number;
}

export type NoteChanged =
  | { ok: true; note: NoteRow }
  | { ok: false; code: 'unknown-note' | 'nothing-said' }
  /** Somebody else was first: show it again. */
  | { ok: false; code: 'note-changed'; note: NoteRow };

/** One change of one note, with its record. A change to what it is already changes nothing. */
export const changeNote = (
  deps: Deps,
  author: Author,
  seen: Seen,
  {
    type,
    isSo,
    becomes,
  }: {
    type: RecordType & `note-${string}`;
    isSo(note: NoteRow): boolean;
    becomes: Parameters<typeof change>[2];
  },
): Promise<NoteChanged> =>
  deps.database.db.transaction(async (tx): Promise<NoteChanged> => {
    const row = await lockNote(tx, seen.id);
    if (!row) return { ok: false, code: 'unknown-note' };
    if (isSo(row)) return { ok: true, note: row };
    if (row.version !== seen.version) return { ok: false, code: 'note-changed', note: row };
    const note = await change(tx, row.id, becomes);
    await appendRecord(tx, deps, noteRecord(type, note, author));
    return { ok: true, note };
  });
