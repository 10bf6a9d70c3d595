import { and, asc, eq, gt, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from './database.ts';
import { lockRequest, type RequestRow } from './requests.ts';
import { cards, requests, votes } from './schema.ts';

// The order of locks, for everything that changes requests: the turn of a new one, a leader, its followers, cards, and
// the head of the chain of records last.

/** Of asks that could concern each other, one at a time looks for the others: those that share one of these words. */
export const takeTurn = (tx: Tx, words: readonly string[]) =>
  tx.execute(sql`
    with turns as materialized (
      select distinct hashtextextended('attention ' || word, 0) as turn
      from jsonb_array_elements_text(${JSON.stringify(words)}::text::jsonb) as word order by turn)
    select pg_advisory_xact_lock(turn) from turns`);

/** Takes a request and, while it waits, first the one whose decision it shares. */
export async function lockWithLeader(tx: Tx, id: string): Promise<RequestRow | null> {
  await lockLeaderOf(tx, id);
  return lockRequest(tx, id);
}

/** Takes the request that a vote on this one counts for: the one whose decision it shares. */
export const lockDecided = async (tx: Tx, id: string): Promise<RequestRow | null> =>
  (await lockLeaderOf(tx, id)) ?? lockRequest(tx, id);

/** @returns null: it leads itself, has ended, or is not there */
async function lockLeaderOf(tx: Tx, id: string): Promise<RequestRow | null> {
  for (let before: string | null = null; ; ) {
    const leaderId = await leaderOf(tx, id);
    if (leaderId === null) return null;
    const leader = await lockRequest(tx, leaderId);
    if (leader?.state === 'pending') return leader;
    // Ended meanwhile: then this one leads, or follows another. To look for ever would hold up everybody else.
    if (leaderId === before) throw new Error(`${id} follows ${leaderId}, which has ended`);
    before = leaderId;
  }
}

/** null: it leads itself, has ended, or is not there. */
async function leaderOf(tx: Tx, id: string): Promise<string | null> {
  const [row] = await tx
    .select({ leaderId: requests.leaderId })
    .from(requests)
    .where(and(eq(requests.id, id), eq(requests.state, 'pending')));
  return row?.leaderId ?? null;
}

/** Takes everything that waits for the decision of this one, the oldest first. */
export const lockFollowers = (tx: Tx, leaderId: string): Promise<RequestRow[]> =>
  tx
    .select()
    .from(requests)
    .where(and(eq(requests.leaderId, leaderId), eq(requests.state, 'pending')))
    .orderBy(asc(requests.createdAt), asc(requests.id))
    .for('update');

/** Takes the cards of these requests, before the first of them changes. */
export async function lockCards(tx: Tx, of: { requestIds: string[]; batchIds: string[] }): Promise<void> {
  const { requestIds, batchIds } = of;
  if (requestIds.length + batchIds.length === 0) return;
  const shown = [
    requestIds.length > 0 ? inArray(cards.requestId, requestIds) : sql`false`,
    batchIds.length > 0 ? inArray(cards.batchId, batchIds) : sql`false`,
  ];
  await tx
    .select({ id: cards.id })
    .from(cards)
    .where(sql`(${shown[0]} or ${shown[1]})`)
    .orderBy(asc(cards.id))
    .for('update');
}

/** Requests that lead, wait, run the same in the same place for the same token, and that nobody has voted on. */
export const leadersLike = (tx: Tx, sameKey: string, tokenId: string): Promise<RequestRow[]> =>
  tx
    .select()
    .from(requests)
    .where(
      and(
        eq(requests.sameKey, sameKey),
        eq(requests.tokenId, tokenId),
        eq(requests.state, 'pending'),
        isNull(requests.leaderId),
        sql`now() < ${requests.expiresAt}`,
        // Whoever voted before did not see that it was asked for once more.
        sql`not exists (select 1 from ${votes} where ${votes.requestId} = ${requests.id})`,
      ),
    )
    .orderBy(asc(requests.createdAt), asc(requests.id))
    .limit(100);

/** What waits in a lane: requests of one step, for one environment, whichever run they are of. */
export const waitingInLane = (db: Db | Tx, project: string, concurrencyKey: string): Promise<RequestRow[]> =>
  db
    .select()
    .from(requests)
    .where(
      and(
        eq(requests.concurrencyKey, concurrencyKey),
        eq(requests.state, 'pending'),
        eq(requests.project, project),
      ),
    )
    .orderBy(asc(requests.createdAt), asc(requests.id));

/** Counts a visible change of these requests. */
export const countChange = (tx: Tx, ids: string[]): Promise<RequestRow[]> =>
  tx
    .update(requests)
    .set({ version: sql`${requests.version} + 1` })
    // Locked in one order, so that two that change the same requests do not wait for each other.
    .where(
      inArray(
        requests.id,
        tx
          .select({ id: requests.id })
          .from(requests)
          .where(inArray(requests.id, ids))
          .orderBy(asc(requests.id))
          .for('update'),
      ),
    )
    .returning();

/** Gives the followers what people said of their leader, so that each has its own reviewers. */
export const copyVotes = (tx: Tx, fromId: string, toId: string) =>
  tx.execute(sql`
    insert into votes (request_id, subject, name, verdict, reason, method, at)
    select ${toId}, subject, name, verdict, reason, method, at from votes where request_id = ${fromId} order by id
    on conflict do nothing`);

/** What a request that is about to be stored could have to do with others that wait. */
export interface Wish {
  project: string;
  environment: string;
  tokenId: string;
  sameKey: string;
  concurrencyKey: string | null;
  /** Of those that ask people: the run they belong to. null: it asks nobody, so it only takes the place of older runs. */
  runId: string | null;
}

const BURST_SECONDS = 60;
/** So many of one burst get cards of their own; the next ones share one. */
export const OWN_CARDS = 3;

/** Condition: something of another run waits in the lane of this wish. */
export const laneIsTaken = (wish: SQL) => sql`
  coalesce((select true from requests where concurrency_key = ${wish}."concurrencyKey" and state = 'pending'
    and project = ${wish}.project limit 1), false)`;

/**
 * Condition: people are asked the same already, or so much in the same run that it may share a card. Coarser than what
 * decides it in the end, under locks.
 */
export const peopleAreAskedAlike = (wish: SQL) => sql`
  (coalesce((select true from requests where same_key = ${wish}."sameKey" and state = 'pending'
      and token_id = ${wish}."tokenId" limit 1), false)
    or (select count(*) from (
      select from requests where project = ${wish}.project and (context->>'run_id') = ${wish}."runId"
        and created_at > now() - make_interval(secs => ${sql.raw(String(BURST_SECONDS))}) and state = 'pending'
        and environment = ${wish}.environment and token_id = ${wish}."tokenId"
      limit ${sql.raw(String(OWN_CARDS))}) as burst) >= ${sql.raw(String(OWN_CARDS))})`;

/** Finds those of the wishes that have something to do with others. */
export const concernsWhoWaits = (wishes: readonly Wish[]) => sql`
  select from json_to_recordset(${JSON.stringify(wishes)}::text::json) as wish(
    project text, environment text, "tokenId" text, "sameKey" text, "concurrencyKey" text, "runId" text)
  where ${laneIsTaken(sql`wish`)} or (wish."runId" is not null and ${peopleAreAskedAlike(sql`wish`)})`;

/**
 * The ids of all that a wish that asks people could concern: of its lane, of the same words, of its burst. Compared with
 * an earlier look, they tell whether something came meanwhile.
 */
export const neighboursOf = async (
  tx: Tx,
  { tokenId, project, environment, sameKey, concurrencyKey }: Omit<Wish, 'runId'>,
  run: { runId: string | null; runAttempt: string | null },
): Promise<string[]> => {
  const [lane, same, burst] = await Promise.all([
    concurrencyKey === null ? [] : waitingInLane(tx, project, concurrencyKey),
    leadersLike(tx, sameKey, tokenId),
    burstOf(tx, { tokenId, project, environment, ...run }),
  ]);
  return [...lane, ...same, ...burst].map(({ id }) => id);
};

/** What the same token asked of people in the last minute, in the same run, and still waits. */
export const burstOf = (
  tx: Tx,
  ask: {
    tokenId: string;
    project: string;
    environment: string;
    runId: string | null;
    runAttempt: string | null;
  },
): Promise<Pick<RequestRow, 'id' | 'batchId'>[]> =>
  tx
    .select({ id: requests.id, batchId: requests.batchId })
    .from(requests)
    .where(
      and(
        eq(requests.tokenId, ask.tokenId),
        eq(requests.project, ask.project),
        eq(requests.environment, ask.environment),
        eq(requests.state, 'pending'),
        isNull(requests.leaderId),
        gt(requests.createdAt, sql`now() - make_interval(secs => ${BURST_SECONDS})`),
        sql`(${requests.context}->>'run_id') is not distinct from ${ask.runId}`,
        sql`(${requests.context}->>'run_attempt') is not distinct from ${ask.runAttempt}`,
      ),
    )
    .orderBy(asc(requests.createdAt), asc(requests.id));

/** How many requests a batch card has taken up, ended ones included. */
export async function sizeOfBatch(tx: Tx, batchId: string): Promise<number> {
  const [row] = await tx
    .select({ n: sql<number>`count(*)::int` })
    .from(requests)
    .where(eq(requests.batchId, batchId));
  return row?.n ?? 0;
}
