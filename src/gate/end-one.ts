import { and, eq, sql } from 'drizzle-orm';
import type { Decision, RequestState } from '../core/request.ts';
import type { Tx } from '../store/database.ts';
import { dropStepMessages } from '../store/outbox.ts';
import { closePagesOf } from '../store/pages.ts';
import type { RequestRow } from '../store/requests.ts';
import { requests } from '../store/schema.ts';
import { finishTimers, setTimer } from '../store/timers.ts';
import type { Deps } from './deps.ts';
import { oweRetrospective } from './emergency.ts';
import { showChange } from './show-change.ts';

export interface Ending extends Omit<Decision, 'at'> {
  state: Exclude<RequestState, 'pending'>;
  /** The request that took its place. */
  supersededBy?: string;
  /** An approval because nobody objected: the only one that comes with the deadline, not before it. */
  unanswered?: true;
}

/** The one compare-and-set that decides, under the database's clock. */
export async function endOne(
  tx: Tx,
  deps: Deps,
  row: RequestRow,
  ending: Ending,
): Promise<RequestRow | null> {
  const { state, supersededBy, unanswered, ...decision } = ending;
  const useWithin = deps.environments.get(row.environment)?.useWithinSeconds ?? 0;
  const [ended] = await tx
    .update(requests)
    .set({
      state,
      decision,
      decidedAt: sql`now()`,
      version: sql`${requests.version} + 1`,
      useBy: state === 'approved' ? sql`now() + make_interval(secs => ${useWithin})` : null,
      heartbeatUntil: null,
      ...(supersededBy !== undefined && { supersededBy }),
    })
    .where(and(eq(requests.id, row.id), eq(requests.state, 'pending'), inTime(ending)))
    .returning();
  if (!ended) return null;

  await finishTimers(tx, row.id, ['expire', 'heartbeat', 'escalate', 'explain']);
  // Of a request that nothing has changed yet, nobody was told.
  if (row.version > 1) await callOff(tx, row.id);
  if (state === 'approved') await setTimer(tx, 'lapse', row.id, useWithin);
  if (state === 'approved' && row.emergency) await oweRetrospective(tx, ended);
  await showChange(tx, ended);
  return ended;
}

/** Nobody else need hear of it: incidents close, messages not sent yet stay unsent. */
export async function callOff(tx: Tx, requestId: string): Promise<void> {
  await closePagesOf(tx, requestId);
  await dropStepMessages(tx, requestId);
}

function inTime({ state, unanswered }: Ending) {
  if (state === 'withdrawn') return undefined;
  if (state === 'expired') return sql`now() >= ${requests.expiresAt}`;
  return unanswered
    ? sql`now() >= ${requests.expiresAt} and ${requests.whenUnanswered} = 'allow'`
    : sql`now() < ${requests.expiresAt}`;
}
