import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Database, Db, Tx } from './database.ts';
import { cards } from './schema.ts';

export type CardRow = typeof cards.$inferSelect;

/** Orders the first card of a request, in the channel of its environment. */
export const orderCard = (tx: Tx, requestId: string, channel: string, version: number) =>
  tx.insert(cards).values({
    requestId,
    channel,
    wantedVersion: version,
    shownVersion: 0,
    attempts: 0,
    nextAt: sql`now()`,
    settled: false,
  });

/** Every card of this request is to show this version. */
export const refreshCards = (tx: Tx, requestId: string, version: number) =>
  tx
    .update(cards)
    .set({ wantedVersion: version, nextAt: sql`now()`, attempts: 0 })
    .where(eq(cards.requestId, requestId));

export const cardsOf = (db: Db | Tx, requestId: string): Promise<CardRow[]> =>
  db.select().from(cards).where(eq(cards.requestId, requestId)).orderBy(cards.id);

/** A card of this request that we did not know: a crash came between its posting and its confirmation. */
export const adoptCard = (
  db: Db,
  requestId: string,
  place: { channel: string; ts: string },
  version: number,
) =>
  db
    .insert(cards)
    .values({
      requestId,
      ...place,
      wantedVersion: version,
      shownVersion: 0,
      attempts: 0,
      nextAt: sql`now()`,
      settled: false,
    })
    .onConflictDoNothing();

export interface DueCard {
  id: number;
  requestId: string;
  channel: string;
  ts: string | null;
  wantedVersion: number;
  shownVersion: number;
  attempts: number;
}

/** Takes cards that show less than they should, for one lease: two replicas post a card once. */
export const claimDueCards = (database: Database, limit: number, leaseSeconds: number): Promise<DueCard[]> =>
  database.rows<DueCard>(sql`
    update cards set lease_until = now() + make_interval(secs => ${leaseSeconds}), attempts = attempts + 1
    where id in (
      select id from cards
      where wanted_version > shown_version and next_at <= now() and (lease_until is null or lease_until < now())
      order by next_at, id limit ${limit} for update skip locked)
    returning id::int as id, request_id as "requestId", channel, ts, wanted_version as "wantedVersion",
      shown_version as "shownVersion", attempts`);

/** Slack shows this version now. */
export const confirmCard = (
  db: Db,
  id: number,
  shown: { version: number; channel: string; ts: string; permalink?: string | null; settled: boolean },
) =>
  db
    .update(cards)
    .set({
      shownVersion: sql`greatest(${cards.shownVersion}, ${shown.version})`,
      channel: shown.channel,
      ts: shown.ts,
      ...(shown.permalink && { permalink: shown.permalink }),
      settled: shown.settled,
      leaseUntil: null,
      attempts: 0,
      problem: null,
    })
    .where(eq(cards.id, id));

/** Slack refused or did not answer: try again after some seconds. `problem` is for people. */
export const postponeCard = (db: Db, id: number, afterSeconds: number, problem: string | null) =>
  db
    .update(cards)
    .set({ nextAt: sql`now() + make_interval(secs => ${afterSeconds})`, leaseUntil: null, problem })
    .where(eq(cards.id, id));

/** The message's own address, learnt after it was posted. */
export const linkCard = (db: Db, id: number, permalink: string) =>
  db.update(cards).set({ permalink }).where(eq(cards.id, id));

/** The message is gone in Slack, and the request is to be shown again: as a new message. */
export const repostCard = (db: Db, id: number, channel: string, version: number) =>
  db
    .update(cards)
    .set({
      channel,
      ts: null,
      permalink: null,
      shownVersion: 0,
      wantedVersion: sql`greatest(${cards.wantedVersion}, ${version})`,
      nextAt: sql`now()`,
      leaseUntil: null,
      attempts: 0,
    })
    .where(eq(cards.id, id));

/** The request has ended and Slack keeps refusing: nothing more is tried. */
export const abandonCard = (db: Db, id: number, problem: string) =>
  db
    .update(cards)
    .set({ shownVersion: cards.wantedVersion, leaseUntil: null, settled: true, problem })
    .where(eq(cards.id, id));

/** The message is gone in Slack, or another card shows the request; nothing is to be shown there any more. */
export const dropCard = (db: Db, id: number) => db.delete(cards).where(eq(cards.id, id));

/** Milliseconds until a card is to be shown; null when none is waiting. */
export async function untilNextCard(database: Database): Promise<number | null> {
  const [next] = await database.rows<{ ms: number | null }>(sql`
    select (extract(epoch from min(greatest(next_at, coalesce(lease_until, next_at))) - now()) * 1000)::float8 as ms
    from cards where wanted_version > shown_version`);
  return next?.ms ?? null;
}

/** Is there a card of this request that Slack has not got yet? */
export const unposted = (db: Db, requestId: string) =>
  db
    .select()
    .from(cards)
    .where(and(eq(cards.requestId, requestId), isNull(cards.ts)));
