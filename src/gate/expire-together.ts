import { inArray, sql } from 'drizzle-orm';
import { refreshCardsOf } from '../store/cards.ts';
import { announceRequests } from '../store/changes.ts';
import type { Tx } from '../store/database.ts';
import { orderMessages } from '../store/outbox.ts';
import { lockPagesOf } from '../store/pages.ts';
import { appendRecords } from '../store/records.ts';
import { type RequestRow, votesOfAll } from '../store/requests.ts';
import { requests } from '../store/schema.ts';
import { finishTimersOf, lockDueDeadlines } from '../store/timers.ts';
import { type Deps, observeEnding } from './deps.ts';
import { callOff } from './end-one.ts';
import { failPoint } from './fail-point.ts';
import { endingRecord } from './record-ending.ts';

/** So many end in one transaction: each round trip to the database and the head of the chain serve all of them. */
const TOGETHER = 250;

/**
 * Ends requests whose deadline has come as expired, many in one transaction: those of which nothing but that can
 * come. Their timers are locked, not leased: when this process dies another one goes on at once.
 * @returns how many
 */
export async function expireTogether(deps: Deps): Promise<number> {
  const { ended, late } = await deps.database.db.transaction((tx) => endThem(tx, deps));
  for (const row of ended) observeEnding(deps, row);
  for (const lateSeconds of late) deps.observe({ kind: 'timer-fired', timer: 'expire', lateSeconds });
  return ended.length;
}

async function endThem(tx: Tx, deps: Deps): Promise<{ ended: RequestRow[]; late: number[] }> {
  const due = await lockDueDeadlines(tx, deps.database, TOGETHER);
  if (due.length === 0) return { ended: [], late: [] };
  const ids = due.map(({ requestId }) => requestId);
  const ended = await tx
    .update(requests)
    .set({
      state: 'expired',
      decision: { by: 'deadline', reason: null, people: [] },
      decidedAt: sql`now()`,
      version: sql`${requests.version} + 1`,
      heartbeatUntil: null,
    })
    .where(inArray(requests.id, ids))
    .returning();
  await finishTimersOf(tx, ids, ['expire', 'heartbeat', 'escalate', 'explain']);
  await lockPagesOf(tx, ids);
  for (const { id, version } of ended) if (version > 2) await callOff(tx, id);
  await refreshCardsOf(tx, ids);
  await orderMessages(
    tx,
    ended
      .filter(({ requester }) => requester.people.length > 0)
      .map(({ id, version }) => ({
        requestId: id,
        key: `ended/${id}`,
        kind: 'tell-requester' as const,
        payload: { version },
      })),
  );
  await announceRequests(tx, ids);
  const cast = await votesOfAll(tx, ids);
  await appendRecords(
    tx,
    deps,
    ended.map((row) => endingRecord(row, cast.get(row.id) ?? [])),
  );
  failPoint('expire-before-commit');
  return { ended, late: due.map(({ lateSeconds }) => lateSeconds) };
}
