import type { Json } from '../core/proof/canonical.ts';
import type { RecordBody } from '../core/proof/record.ts';
import { type VoteRefusal, type Voter, whyNoReviewer } from '../core/request.ts';
import { lockDecided } from '../store/attention.ts';
import type { Tx } from '../store/database.ts';
import { appendRecord } from '../store/records.ts';
import type { RequestRow } from '../store/requests.ts';
import { timeNow } from './clock.ts';
import type { Deps } from './deps.ts';
import { showProgress } from './followers.ts';
import { requestFacts } from './record-facts.ts';

export type AnswerRefusal =
  | VoteRefusal
  | 'unknown-request'
  | 'too-early'
  | 'extended-enough'
  | 'nothing-asked'
  | 'answered-before'
  | 'not-asked'
  | 'no-emergency-here'
  | 'reason-needed'
  | 'retrospective-due';

/** What became of something a person did to a waiting request, other than voting. */
export type Answered =
  | { ok: true; request: RequestRow }
  | { ok: false; code: AnswerRefusal; request: RequestRow | null };

export interface Act {
  tx: Tx;
  row: RequestRow;
  now: Date;
}

/**
 * Does something to a request that still waits, for somebody who is allowed to, with its record, cards and notice. A
 * request that shares another's decision is answered for in that one.
 * @param work returns why it is refused, or what is written down about it
 */
export async function act(
  deps: Deps,
  requestId: string,
  work: (
    at: Act,
  ) => Promise<{ refused: AnswerRefusal } | { type: RecordBody['type']; facts: { [key: string]: Json } }>,
): Promise<Answered> {
  return deps.database.db.transaction(async (tx): Promise<Answered> => {
    const row = await lockDecided(tx, requestId);
    if (!row) return { ok: false, code: 'unknown-request', request: null };
    const now = await timeNow(tx, deps);
    if (row.state !== 'pending' || now >= row.expiresAt)
      return { ok: false, code: 'already-decided', request: row };
    const done = await work({ tx, row, now });
    if ('refused' in done) return { ok: false, code: done.refused, request: row };
    const request = await showProgress(tx, row);
    await appendRecord(tx, deps, {
      type: done.type,
      subject: row.id,
      digest: row.digest,
      facts: { ...requestFacts(row), ...done.facts },
    });
    return { ok: true, request };
  });
}

/** Reviewers only, and never for what they asked for themselves. */
export function refusedToReview(row: RequestRow, voter: Voter): VoteRefusal | null {
  return whyNoReviewer(voter) ?? (row.requester.people.includes(voter.userId) ? 'requester' : null);
}
