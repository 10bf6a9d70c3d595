import { sql } from 'drizzle-orm';
import { topicsOf } from '../../core/runbook/topic.ts';
import type { Tx } from '../../store/database.ts';
import type { Unsealed } from '../../store/records.ts';
import type { RequestRow } from '../../store/requests.ts';
import { changeNote, insertNote, takeNoteSaying } from '../../store/runbook.ts';
import type { Deps } from '../deps.ts';
import { announceProposals } from './announce-proposals.ts';
import { newNoteId, noteRecord } from './record-note.ts';

/**
 * Somebody denied a request and said why: that becomes a note on commands of its kind, in the transaction of the
 * vote. The same words on the same kind count up the note that says so already. Often enough, a policy is proposed.
 * @returns what is to be written down of it, for the caller to append with its own records
 */
export async function noteDenial(tx: Tx, deps: Deps, denied: RequestRow): Promise<Unsealed[]> {
  const { environment, project, decision } = denied;
  if (denied.state !== 'denied' || decision?.by !== 'people') return [];
  // In one order for everybody, so that no two of them wait for each other.
  const topics = topicsOf(denied.command).sort((a, b) => (a.family < b.family ? -1 : 1));
  const [author] = decision.people;
  const text = decision.reason?.trim() ?? '';
  const records: Unsealed[] = [];
  for (const { family, target } of author && text !== '' ? topics : []) {
    const known = await takeNoteSaying(tx, { environment, project, family, text });
    if (known) {
      await changeNote(tx, known.id, {
        denials: sql`denials + 1`,
        deniedAt: sql`now()`,
        // Said of several things, it holds for the whole family.
        target: known.target === target ? target : null,
      });
      continue;
    }
    const note = await insertNote(tx, {
      id: newNoteId(),
      environment,
      project,
      family,
      target,
      text,
      authorSubject: author!.subject,
      authorName: author!.name,
      requestId: denied.id,
    });
    records.push(noteRecord('note-added', note, author!));
  }
  await announceProposals(tx, deps, environment, topics);
  return records;
}
