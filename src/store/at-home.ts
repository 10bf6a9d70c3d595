import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Vote } from '../core/request.ts';
import type { Db } from './database.ts';
import type { RequestRow } from './requests.ts';
import { nights } from './schema/learning.ts';
import { cards, requests, rules, votes } from './schema.ts';

/** Requests that wait for a decision of their own, the one that ends first before the others. */
export const waitingFirst = (db: Db, environments: string[], limit: number): Promise<RequestRow[]> =>
  db
    .select()
    .from(requests)
    .where(
      and(
        eq(requests.state, 'pending'),
        isNull(requests.leaderId),
        inArray(requests.environment, environments),
      ),
    )
    .orderBy(asc(requests.expiresAt), asc(requests.id))
    .limit(limit);

export interface VotedOn {
  request: RequestRow;
  vote: Pick<Vote, 'verdict' | 'at'>;
}

/** What this person voted on, the latest first. */
export const votedOn = (db: Db, subject: string, limit: number): Promise<VotedOn[]> =>
  db
    .select({ request: requests, vote: { verdict: votes.verdict, at: votes.at } })
    .from(votes)
    .innerJoin(requests, eq(requests.id, votes.requestId))
    .where(eq(votes.subject, subject))
    .orderBy(desc(votes.id))
    .limit(limit);

/** The links to the cards of these requests in Slack, also where they stand beside others. */
export async function linksToCards(
  db: Db,
  shown: readonly Pick<RequestRow, 'id' | 'batchId'>[],
): Promise<Map<string, string>> {
  if (shown.length === 0) return new Map();
  const ids = shown.map(({ id }) => id);
  const batches = shown.flatMap(({ batchId }) => batchId ?? []);
  const inBatch = batches.length > 0 ? inArray(cards.batchId, batches) : sql`false`;
  const rows = await db
    .select({ requestId: cards.requestId, batchId: cards.batchId, permalink: cards.permalink })
    .from(cards)
    .where(sql`${cards.permalink} is not null and (${inArray(cards.requestId, ids)} or ${inBatch})`)
    .orderBy(cards.id);
  const linkOf = ({ id, batchId }: Pick<RequestRow, 'id' | 'batchId'>) =>
    rows.find((card) => (batchId === null ? card.requestId === id : card.batchId === batchId))?.permalink;
  return new Map(
    shown.flatMap((request) => {
      const link = linkOf(request);
      return link ? [[request.id, link] as const] : [];
    }),
  );
}

export interface GateState {
  /** Cards that Slack refuses, and what it last said. */
  refusedCards: { count: number; problem: string | null };
  /** Rules that a denial put on hold. */
  suspendedRules: number;
  /** The last night that was begun; null: none yet. */
  night: { id: string; finishedAt: Date | null; problem: string | null } | null;
}

/** Whether the gate is well, as far as the database knows. */
export async function gateState(db: Db): Promise<GateState> {
  const [refused] = await db
    .select({ count: sql<number>`count(*)::int`, problem: sql<string | null>`max(${cards.problem})` })
    .from(cards)
    .where(sql`${cards.wantedVersion} > ${cards.shownVersion} and ${cards.problem} is not null`);
  const [suspended] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(rules)
    .where(
      sql`${rules.revokedAt} is null and ${rules.suspendedAt} is not null
        and (${rules.expiresAt} is null or ${rules.expiresAt} > now())`,
    );
  const [night] = await db
    .select({ id: nights.id, finishedAt: nights.finishedAt, problem: nights.problem })
    .from(nights)
    .orderBy(desc(nights.id))
    .limit(1);
  return {
    refusedCards: refused ?? { count: 0, problem: null },
    suspendedRules: suspended?.count ?? 0,
    night: night ?? null,
  };
}
