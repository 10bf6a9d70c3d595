import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Database, Db, Tx } from './database.ts';
import { type Lane, type MessageKind, type MessagePayload, outbox } from './schema.ts';

export interface Message {
  requestId: string;
  /** The same effect has the same key, whoever orders it. */
  key: string;
  kind: MessageKind;
  lane?: Lane;
  /** A Slack user id or a mail address; left out: the thread of the card. */
  recipient?: string;
  stepId?: number;
  payload: MessagePayload;
}

/** Orders messages that go out once, with the transaction that causes them. The same key is the same message. */
export const orderMessages = async (tx: Tx, messages: Message[]): Promise<void> => {
  if (messages.length === 0) return;
  await tx
    .insert(outbox)
    .values(messages.map((message) => ({ ...message, attempts: 0, nextAt: sql`now()` })))
    .onConflictDoNothing();
};

export interface DueMessage {
  id: number;
  requestId: string;
  kind: MessageKind;
  recipient: string | null;
  stepId: number | null;
  payload: MessagePayload;
  attempts: number;
  /** What was wrong with the last try; null: nothing, or it is the first. */
  problem: string | null;
}

const AS_DUE = sql`id::int as id, request_id as "requestId", kind, recipient, step_id::int as "stepId", payload, attempts, problem`;

export const claimDueMessages = (
  database: Database,
  lane: Lane,
  limit: number,
  leaseSeconds: number,
): Promise<DueMessage[]> =>
  database.rows<DueMessage>(sql`
    update outbox set lease_until = now() + make_interval(secs => ${leaseSeconds}), attempts = attempts + 1
    where id in (
      select id from outbox
      where done_at is null and lane = ${lane} and next_at <= now() and (lease_until is null or lease_until < now())
      order by next_at, id limit ${limit} for update skip locked)
    returning ${AS_DUE}`);

/** Everything else of the same kind that is due for the same person: it goes out in one message with the first. */
export const claimAlike = (
  database: Database,
  { kind, recipient }: { kind: MessageKind; recipient: string },
  leaseSeconds: number,
): Promise<DueMessage[]> =>
  database.rows<DueMessage>(sql`
    update outbox set lease_until = now() + make_interval(secs => ${leaseSeconds}), attempts = attempts + 1
    where id in (
      select id from outbox
      where done_at is null and kind = ${kind} and recipient = ${recipient} and next_at <= now()
        and (lease_until is null or lease_until < now())
      order by next_at, id limit 500 for update skip locked)
    returning ${AS_DUE}`);

/** How many messages of a kind reached somebody within the last seconds. */
export async function countSent(
  database: Database,
  { kind, recipient }: { kind: MessageKind; recipient: string },
  seconds: number,
): Promise<number> {
  const [row] = await database.rows<{ n: number }>(sql`
    select count(distinct done_at)::int as n from outbox
    where recipient = ${recipient} and kind = ${kind} and attempts > 0 and problem is null
      and done_at > now() - make_interval(secs => ${seconds})`);
  return row?.n ?? 0;
}

/** Sent; or given up, and then `problem` says why. */
export const finishMessages = (db: Db, ids: number[], problem: string | null = null) =>
  db.update(outbox).set({ doneAt: sql`now()`, leaseUntil: null, problem }).where(inArray(outbox.id, ids));

export const postponeMessages = (db: Db, ids: number[], afterSeconds: number, problem: string | null) =>
  db
    .update(outbox)
    .set({ nextAt: sql`now() + make_interval(secs => ${afterSeconds})`, leaseUntil: null, problem })
    .where(inArray(outbox.id, ids));

/** Of a step of the ladder: did every way it was told by fail so far? */
export async function hasStepFailed(db: Db | Tx, stepId: number): Promise<boolean> {
  const rows = await db.select({ problem: outbox.problem }).from(outbox).where(eq(outbox.stepId, stepId));
  return rows.length > 0 && rows.every(({ problem }) => problem !== null);
}

/** What is still to go out for a request that has ended, and need not any more. */
export const dropStepMessages = (tx: Tx, requestId: string) =>
  tx
    .update(outbox)
    .set({ doneAt: sql`now()`, problem: null })
    .where(
      and(
        eq(outbox.requestId, requestId),
        isNull(outbox.doneAt),
        eq(outbox.attempts, 0),
        inArray(outbox.kind, ['mention', 'direct', 'email']),
      ),
    );
