import { and, eq, sql } from 'drizzle-orm';
import type { Json } from '../core/proof/canonical.ts';
import type { Decision, RequestState } from '../core/request.ts';
import { refreshCards } from '../store/cards.ts';
import { announceRequest } from '../store/changes.ts';
import type { Tx } from '../store/database.ts';
import { orderMessage } from '../store/outbox.ts';
import { appendRecord } from '../store/records.ts';
import { type RequestRow, votesOf } from '../store/requests.ts';
import { requests } from '../store/schema.ts';
import { finishTimers, setTimer } from '../store/timers.ts';
import type { Deps } from './deps.ts';
import { requestFacts } from './record-facts.ts';

export interface Ending extends Omit<Decision, 'at'> {
  state: Exclude<RequestState, 'pending'>;
}

/**
 * Ends a request, if it is still pending: the one compare-and-set that decides, under the database's clock, with
 * its record, timers, cards, message and notice in the caller's transaction.
 * @returns the ended row; null when somebody else, or the deadline, was first
 */
export async function endRequest(
  tx: Tx,
  deps: Deps,
  row: RequestRow,
  ending: Ending,
): Promise<RequestRow | null> {
  const { state, ...decision } = ending;
  const useWithin = deps.environments.get(row.environment)?.useWithinSeconds ?? 0;
  const inTime =
    state === 'expired' ? sql`now() >= ${requests.expiresAt}` : sql`now() < ${requests.expiresAt}`;
  const [ended] = await tx
    .update(requests)
    .set({
      state,
      decision,
      decidedAt: sql`now()`,
      version: sql`${requests.version} + 1`,
      useBy: state === 'approved' ? sql`now() + make_interval(secs => ${useWithin})` : null,
      heartbeatUntil: null,
    })
    .where(
      and(eq(requests.id, row.id), eq(requests.state, 'pending'), state === 'withdrawn' ? undefined : inTime),
    )
    .returning();
  if (!ended) return null;

  await finishTimers(tx, row.id, ['expire', 'heartbeat']);
  if (state === 'approved') await setTimer(tx, 'lapse', row.id, useWithin);
  await refreshCards(tx, row.id, ended.version);
  if (row.requester.people.length > 0) await orderMessage(tx, row.id, `ended/${row.id}`, ended.version);
  const envelope = await recordEnding(tx, deps, ended, ending);
  if (state === 'approved') await tx.update(requests).set({ grant: envelope }).where(eq(requests.id, row.id));
  await announceRequest(tx, row.id);
  return { ...ended, grant: state === 'approved' ? envelope : null };
}

async function recordEnding(tx: Tx, deps: Deps, row: RequestRow, ending: Ending) {
  const cast = await votesOf(tx, row.id);
  const approvals = cast.filter((v) => v.verdict === 'approve').length;
  const facts: { [key: string]: Json | undefined } = {
    ...requestFacts(row),
    by: ending.by,
    reason: ending.reason,
    ...(row.useBy && { notAfter: row.useBy.toISOString(), maxUses: 1, nonce: row.id }),
    reviewers: cast.map((v) => ({
      subjectId: v.subject,
      name: v.name,
      verdict: v.verdict,
      reason: v.reason,
      channel: 'slack',
      authn: 'slack-session',
      method: v.method,
      at: v.at.toISOString(),
    })),
    quorum: `${approvals}/${row.approvalsNeeded}`,
  };
  const body = { type: ending.state, subject: row.id, digest: row.digest, facts };
  return (await appendRecord(tx, deps, body)).envelope;
}
