import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { announcing } from './changes.ts';
import type { Database, Db, Tx } from './database.ts';
import { cards, requests } from './schema.ts';

export type CardRow = typeof cards.$inferSelect;

export interface NewCard {
  requestId: string;
  /** That of the environment. */
  channel: string;
  version: number;
  /** It shows several requests. */
  batchId?: string | null;
  /** It is not posted sooner. */
  afterSeconds?: number;
}

/** Orders the first card of a request, or of a batch of them. */
export const orderCard = (
  tx: Tx,
  { requestId, channel, version, batchId = null, afterSeconds = 0 }: NewCard,
) =>
  tx.insert(cards).values({
    requestId,
    batchId,
    channel,
    wantedVersion: version,
    shownVersion: 0,
    attempts: 0,
    nextAt: sql`now() + make_interval(secs => ${afterSeconds})`,
    settled: false,
  });

/**
 * The request whose card shows this one: itself, its leader, or that one's successor. Followers have no card of
 * their own.
 */
const shownAs = (requestId: string, column: 'id' | 'batch_id') => sql`(
  with recursive way as (
    select id, leader_id, batch_id, 1 as step from requests where id = ${requestId}
    union all select r.id, r.leader_id, r.batch_id, way.step + 1 from way join requests r on r.id = way.leader_id
  ) select ${sql.raw(column)} from way order by step desc limit 1)`;

const showing = (requestId: string) => sql`(
  (${cards.batchId} is null and ${cards.requestId} = ${shownAs(requestId, 'id')})
  or ${cards.batchId} = ${shownAs(requestId, 'batch_id')})`;

/**
 * A change is shown at once. But one that is not posted yet keeps the moment it was ordered or postponed for, and the
 * count of its tries: a post whose answer never came may still appear.
 */
export const DUE = {
  nextAt: sql`case when ${cards.shownVersion} = 0 then ${cards.nextAt} else now() end`,
  attempts: sql`case when ${cards.shownVersion} = 0 then ${cards.attempts} else 0 end`,
};

/**
 * Whatever shows this request is to show it anew, at this version or later: a card counts changes of everything on
 * it, its own request's and others'.
 */
export const refreshCards = (tx: Tx, requestId: string, version: number) =>
  tx
    .update(cards)
    .set({
      wantedVersion: sql`greatest(${cards.wantedVersion} + 1, ${version})`,
      ...DUE,
    })
    .where(showing(requestId));

/** The same, and whoever waits for the request learns of it, in one statement. */
export const refreshAndAnnounce = (tx: Tx, requestId: string, version: number) =>
  tx.execute(sql`
    with shown as (
      update cards set wanted_version = greatest(wanted_version + 1, ${version}), next_at = ${DUE.nextAt}, attempts = ${DUE.attempts}
      where ${showing(requestId)})
    select ${announcing(requestId)}`);

/** The same for many requests that lead, each by its version. */
export const refreshCardsOf = (tx: Tx, requestIds: readonly string[]) =>
  tx.execute(sql`
    update cards set wanted_version = greatest(wanted_version + 1, r.version), next_at = ${DUE.nextAt}, attempts = ${DUE.attempts}
    from (select id, batch_id, version from requests
      where ${inArray(requests.id, [...requestIds])}) as r
    where (cards.batch_id is null and cards.request_id = r.id) or cards.batch_id = r.batch_id`);

/** The cards of requests whose place this one took: they link it. */
export const refreshSuperseded = (db: Db, requestId: string) =>
  db
    .update(cards)
    .set({ wantedVersion: sql`${cards.wantedVersion} + 1`, ...DUE })
    .where(
      sql`${cards.id} in (select c.id from requests r join cards c
        on (c.batch_id is null and c.request_id = r.id) or c.batch_id = r.batch_id
        where r.superseded_by = ${requestId})`,
    );

/** The card of this request goes on as that of another. */
export const handOnCards = (tx: Tx, fromId: string, toId: string) =>
  tx.update(cards).set({ requestId: toId }).where(eq(cards.requestId, fromId));

/** The card of a batch goes on as that of the only request on it. */
export const cardOfItsOwn = (tx: Tx, batchId: string, requestId: string) =>
  tx.update(cards).set({ batchId: null, requestId }).where(eq(cards.batchId, batchId));

/** Every card that shows this request, also beside others or as one of several. */
export const cardsOf = (db: Db | Tx, requestId: string): Promise<CardRow[]> =>
  db.select().from(cards).where(showing(requestId)).orderBy(cards.id);

/** A card of this request that we did not know: a crash came between its posting and its confirmation. */
export const adoptCard = (
  db: Db,
  requestId: string,
  place: { channel: string; ts: string },
  version: number,
  batchId: string | null = null,
) =>
  db
    .insert(cards)
    .values({
      requestId,
      batchId,
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
  batchId: string | null;
  channel: string;
  ts: string | null;
  wantedVersion: number;
  shownVersion: number;
  attempts: number;
  /** When our turn with it ends: another time means that it is another's turn, or was. */
  leaseUntil: string;
}

/** Nobody was asked in time, and nobody can be any more. */
const NOTHING_TO_DECIDE = sql`
  ts is null and case
    when batch_id is null then not exists (select from requests r where r.id = cards.request_id and r.state = 'pending')
    else not exists (select from requests r where r.batch_id = cards.batch_id and r.state = 'pending')
  end`;

/**
 * Takes cards that show less than they should, for one lease: two replicas post a card once. Slack takes one a second
 * in a channel: after a flood, what people can still decide is not behind what nobody can.
 */
export const claimDueCards = (database: Database, limit: number, leaseSeconds: number): Promise<DueCard[]> =>
  database.rows<DueCard>(sql`
    update cards set lease_until = now() + make_interval(secs => ${leaseSeconds}), attempts = attempts + 1
    where id in (
      select id from cards
      where wanted_version > shown_version and next_at <= now() and (lease_until is null or lease_until < now())
      order by (${NOTHING_TO_DECIDE}), next_at, id limit ${limit} for update skip locked)
    returning id::int as id, request_id as "requestId", batch_id as "batchId", channel, ts, wanted_version as "wantedVersion",
      shown_version as "shownVersion", attempts, lease_until::text as "leaseUntil"`);

interface ShownThere {
  version: number;
  channel: string;
  ts: string;
  settled: boolean;
}

/** One holder's time with a card. Without a lease: a card that nobody holds. */
interface Turn extends Pick<DueCard, 'id' | 'wantedVersion'> {
  leaseUntil: string | null;
}

const isOurTurn = ({ leaseUntil }: Turn) =>
  sql`${cards.leaseUntil} is not distinct from ${leaseUntil}::timestamptz`;

/**
 * Ends our turn. One that outlived its lease may have reached Slack before another's or after it: nobody knows what
 * stands there, so the newest is shown once more.
 */
const turnEnded = (turn: Turn) => ({
  leaseUntil: sql`case when ${isOurTurn(turn)} then null else ${cards.leaseUntil} end`,
  wantedVersion: sql`case when ${isOurTurn(turn)} then ${cards.wantedVersion}
    else greatest(${cards.wantedVersion}, ${cards.shownVersion}, ${turn.wantedVersion}) + 1 end`,
});

const shownThere = (turn: Turn, { version, channel, ts, settled }: ShownThere) => ({
  ...turnEnded(turn),
  shownVersion: sql`greatest(${cards.shownVersion}, ${version})`,
  channel,
  ts,
  settled,
  attempts: 0,
  problem: null,
});

/** Slack shows this version now. */
export const confirmCard = (db: Db, turn: Turn, shown: ShownThere) =>
  db.update(cards).set(shownThere(turn, shown)).where(eq(cards.id, turn.id));

/** The same for a card that was new. False: it is noted in another place, or not at all any more. */
export async function confirmPosted(db: Db, turn: Turn, shown: ShownThere): Promise<boolean> {
  const noted = await db
    .update(cards)
    .set(shownThere(turn, shown))
    .where(and(eq(cards.id, turn.id), isNull(cards.ts)))
    .returning({ id: cards.id });
  return noted.length > 0;
}

/** Slack refused or did not answer: try again after some seconds. `problem` is for people. */
export const postponeCard = (db: Db, turn: Turn, afterSeconds: number, problem: string | null) =>
  db
    .update(cards)
    .set({ ...turnEnded(turn), nextAt: sql`now() + make_interval(secs => ${afterSeconds})`, problem })
    .where(eq(cards.id, turn.id));

/** Gives back a card that was taken and not tried. */
export const returnCard = (db: Db, turn: Turn, afterSeconds: number) =>
  db
    .update(cards)
    .set({
      ...turnEnded(turn),
      nextAt: sql`now() + make_interval(secs => ${afterSeconds})`,
      attempts: sql`greatest(${cards.attempts} - 1, 0)`,
    })
    .where(eq(cards.id, turn.id));

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
