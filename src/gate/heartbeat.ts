import { and, eq, sql } from 'drizzle-orm';
import { lockWithLeader } from '../store/attention.ts';
import { requests } from '../store/schema.ts';
import { finishTimers, setTimer } from '../store/timers.ts';
import { type Deps, observeEnding } from './deps.ts';
import { endRequest } from './end-request.ts';

/** The client of a pending request was heard, and will be silent for at most `quietSeconds` more by agreement. */
export async function heard(deps: Deps, requestId: string, quietSeconds = 0): Promise<void> {
  await deps.database.db
    .update(requests)
    .set({
      heartbeatUntil: sql`now() + make_interval(secs => ${requests.heartbeatSeconds} + ${quietSeconds})`,
    })
    .where(
      and(
        eq(requests.id, requestId),
        eq(requests.state, 'pending'),
        sql`${requests.heartbeatSeconds} is not null`,
      ),
    );
}

/** The heartbeat's timer fired: withdraws the request of a client that is gone, or waits for one that was heard. */
export async function checkHeartbeat(deps: Deps, requestId: string): Promise<void> {
  const ended = await deps.database.db.transaction(async (tx) => {
    const row = await lockWithLeader(tx, requestId);
    await finishTimers(tx, requestId, ['heartbeat']);
    if (row?.state !== 'pending' || !row.heartbeatUntil) return null;
    const [left] = await deps.database.rows<{ seconds: number; isOver: boolean }>(
      sql`select extract(epoch from ${requests.heartbeatUntil} - now())::float8 as seconds,
        ${requests.expiresAt} <= now() as "isOver" from requests where id = ${requestId}`,
      tx,
    );
    // Both have come, as after an outage: it expires, whichever timer is looked at first.
    if (left?.isOver) return null;
    if (left && left.seconds > 0) {
      await setTimer(tx, 'heartbeat', requestId, left.seconds);
      return null;
    }
    const reason = `The client was not heard from for ${row.heartbeatSeconds} seconds.`;
    return endRequest(tx, deps, row, { state: 'withdrawn', by: 'lost-contact', reason, people: [] });
  });
  if (ended) observeEnding(deps, ended);
}

/**
 * When a server starts, or has its database back: clients could not be heard, so each gets its whole time again. What
 * another replica changes at this moment is not waited for: this statement takes many rows in no order.
 */
export async function forgiveSilence(deps: Deps): Promise<void> {
  await deps.database.db
    .update(requests)
    .set({
      heartbeatUntil: sql`greatest(${requests.heartbeatUntil}, now() + make_interval(secs => ${requests.heartbeatSeconds}))`,
    })
    .where(
      sql`${requests.id} in (select id from requests
        where state = 'pending' and heartbeat_seconds is not null for update skip locked)`,
    );
}
