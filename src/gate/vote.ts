import { sql } from 'drizzle-orm';
import { redactText } from '../core/command/redact.ts';
import { areSameReviewers } from '../core/environment.ts';
import { judgeVote, type Verdict, type Vote, type VoteRefusal, type Voter } from '../core/request.ts';
import { lockDecided } from '../store/attention.ts';
import type { Tx } from '../store/database.ts';
import { appendRecord } from '../store/records.ts';
import { type RequestRow, votesOf } from '../store/requests.ts';
import { votes } from '../store/schema.ts';
import { type Deps, observeEnding } from './deps.ts';
import { endRequest } from './end-request.ts';
import { failPoint } from './fail-point.ts';
import { showProgress } from './followers.ts';
import { requestFacts } from './record-facts.ts';
import { endAtDeadline } from './unanswered.ts';

export interface VoteInput {
  requestId: string;
  /** As Slack knows the person at this moment: gathered before, because no outside call happens in a transaction. */
  voter: Voter;
  verdict: Verdict;
  reason: string | null;
  method: Vote['method'];
}

export type VoteResult =
  | {
      counted: true;
      request: RequestRow;
      ends: 'approved' | 'denied' | null;
      approvals: number;
      needed: number;
    }
  | { counted: false; code: VoteRefusal; request: RequestRow }
  | { counted: false; code: 'unknown-request'; request: null };

/**
 * Counts one person's approve or deny, for all that asked the same. Of many at once exactly one ends the
 * request; the others are told so.
 */
export async function vote(deps: Deps, given: VoteInput): Promise<VoteResult> {
  const input = { ...given, reason: given.reason && redactText(given.reason) };
  failPoint('vote-before-count');
  const result = await deps.database.db.transaction(async (tx) => {
    const counted = await count(tx, deps, input);
    failPoint('vote-before-commit');
    return counted;
  });
  failPoint('vote-after-commit');
  if (result.request) {
    const { id: requestId, environment } = result.request;
    if (!result.counted) deps.observe({ kind: 'vote-refused', requestId, environment, code: result.code });
    else if (result.ends) observeEnding(deps, result.request);
    else deps.observe({ kind: 'voted', requestId, environment });
  }
  return result;
}

async function count(tx: Tx, deps: Deps, input: VoteInput): Promise<VoteResult> {
  const row = await lockDecided(tx, input.requestId);
  if (!row) return { counted: false, code: 'unknown-request', request: null };
  const cast = await votesOf(tx, row.id);
  const voter = asAsked(row, input.voter);
  const judgement = judgeVote({
    state: row.state,
    approvalsNeeded: row.approvalsNeeded,
    requesterPeople: row.requester.people,
    voter,
    verdict: input.verdict,
    votes: cast,
  });
  if (!judgement.counted) {
    if (isAboutThePerson(judgement.code)) await recordRefusal(tx, deps, row, input, judgement.code);
    return { counted: false, code: judgement.code, request: row };
  }

  await tx.insert(votes).values({
    requestId: row.id,
    subject: input.voter.subject,
    name: input.voter.name,
    verdict: input.verdict,
    reason: input.reason,
    method: input.method,
    at: sql`now()`,
  });
  const { ends, approvals, needed } = judgement;
  if (!ends) {
    const request = await showProgress(tx, row);
    await recordVote(tx, deps, row, input);
    return { counted: true, request, ends, approvals, needed };
  }

  const ended = await endRequest(tx, deps, row, {
    state: ends,
    by: 'people',
    reason: input.reason,
    people: [...cast, { subject: input.voter.subject, name: input.voter.name, verdict: input.verdict }]
      .filter((v) => v.verdict === (ends === 'approved' ? 'approve' : 'deny'))
      .map(({ subject, name }) => ({ subject, name })),
  });
  if (ended) return { counted: true, request: ended, ends, approvals, needed };
  // The deadline was first, although its timer has not fired yet: end it as what it is.
  const late = await endAtDeadline(tx, deps, row, { objected: input.verdict === 'deny' });
  return { counted: false, code: 'already-decided', request: late ?? row };
}

/** It became an emergency while Slack was asked about this person: nothing is known of them among those who decide now. */
const asAsked = (row: RequestRow, voter: Voter): Voter =>
  row.emergency && !areSameReviewers(row.reviewers ?? null, voter.against ?? null)
    ? { ...voter, isReviewer: voter.isReviewer && null }
    : voter;

async function recordVote(tx: Tx, deps: Deps, row: RequestRow, input: VoteInput): Promise<void> {
  const facts = {
    ...requestFacts(row),
    verdict: input.verdict,
    subjectId: input.voter.subject,
    method: input.method,
  };
  await appendRecord(tx, deps, { type: 'voted', subject: row.id, digest: row.digest, facts });
}

/** Late and double clicks are no attempt at anything; who clicked without the right to is written down. */
const isAboutThePerson = (code: VoteRefusal): boolean =>
  code !== 'already-decided' && code !== 'voted-before';

async function recordRefusal(tx: Tx, deps: Deps, row: RequestRow, input: VoteInput, code: VoteRefusal) {
  const facts = {
    requestId: row.id,
    verdict: input.verdict,
    subjectId: input.voter.subject,
    name: input.voter.name,
    code,
  };
  await appendRecord(tx, deps, { type: 'vote-refused', subject: row.id, digest: row.digest, facts });
}
