import { sql } from 'drizzle-orm';
import type { Database, Tx } from './database.ts';

export type TimerKind = 'expire' | 'heartbeat' | 'lapse' | 'escalate' | 'retrospective';
export interface DueTimer {
  id: number;
  kind: TimerKind;
  requestId: string;
  lateSeconds: number;
}

const LEASE = "interval '30 seconds'";

/** Sets, or moves, the one timer of this kind of a request to `seconds` from now. */
export async function setTimer(tx: Tx, kind: TimerKind, requestId: string, seconds: number): Promise<void> {
  await tx.execute(sql`
    insert into timers (kind, request_id, due_at, attempts)
    values (${kind}, ${requestId}, now() + make_interval(secs => ${seconds}), 0)
    on conflict (kind, request_id) do update
      set due_at = excluded.due_at, done_at = null, lease_until = null, attempts = 0`);
}

/** Marks the timers of a request as done: it has ended, or the timer has fired. */
export const finishTimers = (tx: Tx, requestId: string, kinds: TimerKind[]) =>
  tx.execute(sql`
    update timers set done_at = now()
    where request_id = ${requestId} and done_at is null
      and kind in (${sql.join(
        kinds.map((kind) => sql`${kind}`),
        sql`, `,
      )})`);

/** Takes some due timers for this process; a lease gives them back when it dies. */
export const claimDueTimers = (database: Database, limit: number): Promise<DueTimer[]> =>
  database.rows<DueTimer>(sql`
    update timers set lease_until = now() + ${sql.raw(LEASE)}, attempts = attempts + 1
    where id in (
      select id from timers
      where done_at is null and due_at <= now() and (lease_until is null or lease_until < now())
      order by due_at limit ${limit} for update skip locked)
    returning id::int as id, kind, request_id as "requestId",
      extract(epoch from now() - due_at)::float8 as "lateSeconds"`);

/** After a fault: try this timer again, later each time, at most five minutes later. */
export const postponeTimer = (database: Database, id: number) =>
  database.rows(sql`
    update timers set lease_until = now() + make_interval(secs => least(300, 2 ^ attempts)) where id = ${id}`);
