import { sql } from 'drizzle-orm';
import type { Database, Tx } from './database.ts';

export type TimerKind = 'expire' | 'heartbeat' | 'lapse' | 'escalate' | 'retrospective' | 'explain';
export interface DueTimer {
  id: number;
  kind: TimerKind;
  requestId: string;
  lateSeconds: number;
}

/** Longer than it takes to ask Slack who is there; short, as a timer of a dead process waits for it. */
const LEASE = "interval '4 seconds'";

/** Sets, or moves, the one timer of this kind of a request to `seconds` from now. */
export async function setTimer(tx: Tx, kind: TimerKind, requestId: string, seconds: number): Promise<void> {
  await tx.execute(sql`
    insert into timers (kind, request_id, due_at, attempts)
    values (${kind}, ${requestId}, now() + make_interval(secs => ${seconds}), 0)
    on conflict (kind, request_id) do update
      set due_at = excluded.due_at, done_at = null, lease_until = null, attempts = 0`);
}

/** Marks the timers of a request as done: it has ended, or the timer has fired. */
export const finishTimers = (tx: Tx, requestId: string, kinds: readonly TimerKind[]) =>
  tx.execute(sql`
    update timers set done_at = now()
    where request_id = ${requestId} and done_at is null
      and kind in (${listOf(kinds)})`);

const listOf = (values: readonly string[]) =>
  sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  );

/** The same for many requests. */
export const finishTimersOf = (tx: Tx, requestIds: readonly string[], kinds: readonly TimerKind[]) =>
  tx.execute(sql`
    update timers set done_at = now()
    where request_id in (${listOf(requestIds)}) and done_at is null and kind in (${listOf(kinds)})`);

/** Takes some due timers of these kinds for this process; a lease gives them back when it dies. */
export const claimDueTimers = (
  database: Database,
  kinds: readonly TimerKind[],
  limit: number,
): Promise<DueTimer[]> =>
  database.rows<DueTimer>(sql`
    update timers set lease_until = now() + ${sql.raw(LEASE)}, attempts = attempts + 1
    where id in (
      select id from timers
      where done_at is null and due_at <= now() and (lease_until is null or lease_until < now())
        and kind in (${listOf(kinds)})
      order by due_at limit ${limit} for update skip locked)
    returning id::int as id, kind, request_id as "requestId",
      extract(epoch from now() - due_at)::float8 as "lateSeconds"`);

/**
 * Takes due timers of this kind for good, whatever becomes of the work: of requests that still wait.
 * @returns the ids of their requests
 */
export const takeOnce = async (database: Database, kind: TimerKind, limit: number): Promise<string[]> => {
  const taken = await database.rows<{ requestId: string }>(sql`
    update timers set done_at = now(), attempts = attempts + 1
    where id in (
      select t.id from timers t join requests r on r.id = t.request_id
      where t.kind = ${kind} and t.done_at is null and t.due_at <= now()
        and r.state = 'pending' and now() < r.expires_at
      order by t.due_at limit ${limit} for update of t skip locked)
    returning request_id as "requestId"`);
  return taken.map(({ requestId }) => requestId);
};

/**
 * Locks requests whose deadline has come and of which nothing but their end can come: nobody shares it, and no rule
 * lets them run. What another process has in hand is left to it.
 */
export const lockDueDeadlines = (
  tx: Tx,
  database: Database,
  limit: number,
): Promise<{ requestId: string; lateSeconds: number }[]> =>
  database.rows(
    sql`select r.id as "requestId", extract(epoch from now() - t.due_at)::float8 as "lateSeconds"
      from timers t join requests r on r.id = t.request_id
      where t.kind = 'expire' and t.done_at is null and t.due_at <= now()
        and r.state = 'pending' and r.leader_id is null and r.when_unanswered = 'deny' and now() >= r.expires_at
        and not exists (select 1 from requests f where f.leader_id = r.id and f.state = 'pending')
      order by t.due_at, r.id limit ${limit} for update of t, r skip locked`,
    tx,
  );

/** After a fault: try this timer again, later each time, at most five minutes later. */
export const postponeTimer = (database: Database, id: number) =>
  database.rows(sql`
    update timers set lease_until = now() + make_interval(secs => least(300, 2 ^ attempts)) where id = ${id}`);
