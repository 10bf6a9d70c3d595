import { eq, sql } from 'drizzle-orm';
import type { Database, Db, Tx } from './database.ts';
import { outbox } from './schema.ts';

/** Orders a message that goes out once, with the transaction that causes it. The same key is the same message. */
export const orderMessage = (tx: Tx, requestId: string, key: string, version: number) =>
  tx
    .insert(outbox)
    .values({ key, requestId, kind: 'tell-requester', payload: { version }, attempts: 0, nextAt: sql`now()` })
    .onConflictDoNothing();

export interface DueMessage {
  id: number;
  requestId: string;
  kind: 'tell-requester';
  attempts: number;
}

export const claimDueMessages = (
  database: Database,
  limit: number,
  leaseSeconds: number,
): Promise<DueMessage[]> =>
  database.rows<DueMessage>(sql`
    update outbox set lease_until = now() + make_interval(secs => ${leaseSeconds}), attempts = attempts + 1
    where id in (
      select id from outbox
      where done_at is null and next_at <= now() and (lease_until is null or lease_until < now())
      order by next_at, id limit ${limit} for update skip locked)
    returning id::int as id, request_id as "requestId", kind, attempts`);

/** Sent; or given up, and then `problem` says why. */
export const finishMessage = (db: Db, id: number, problem: string | null = null) =>
  db.update(outbox).set({ doneAt: sql`now()`, leaseUntil: null, problem }).where(eq(outbox.id, id));

export const postponeMessage = (db: Db, id: number, afterSeconds: number, problem: string | null) =>
  db
    .update(outbox)
    .set({ nextAt: sql`now() + make_interval(secs => ${afterSeconds})`, leaseUntil: null, problem })
    .where(eq(outbox.id, id));

/** Milliseconds until a message is to go out; null when none is waiting. */
export async function untilNextMessage(database: Database): Promise<number | null> {
  const [next] = await database.rows<{ ms: number | null }>(sql`
    select (extract(epoch from min(greatest(next_at, coalesce(lease_until, next_at))) - now()) * 1000)::float8 as ms
    from outbox where done_at is null`);
  return next?.ms ?? null;
}
