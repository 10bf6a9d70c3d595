import { and, asc, eq, sql } from 'drizzle-orm';
import { isNewerRun } from '../core/attention.ts';
import type { RequestView } from '../core/request.ts';
import { cardsOf } from './cards.ts';
import type { Db, Tx } from './database.ts';
import { requests } from './schema.ts';

type Row = typeof requests.$inferSelect;

/** How many of those that asked the same a surface names. */
const NAMED = 20;

/** Requests that share this one's decision: those that wait with it, or ended as it did. */
export async function followersOf(
  db: Db | Tx,
  leader: Pick<Row, 'id' | 'state' | 'version'>,
): Promise<{ count: number; rows: Row[] }> {
  // Whoever follows changes its leader, so that a request nobody changed has no followers to look for.
  if (leader.version === 1) return { count: 0, rows: [] };
  const alike = and(eq(requests.leaderId, leader.id), eq(requests.state, leader.state));
  const rows = await db
    .select()
    .from(requests)
    .where(alike)
    .orderBy(asc(requests.createdAt), asc(requests.id))
    .limit(NAMED + 1);
  if (rows.length <= NAMED) return { count: rows.length, rows };
  const [all] = await db.select({ n: sql<number>`count(*)::int` }).from(requests).where(alike);
  return { count: all?.n ?? rows.length, rows: rows.slice(0, NAMED) };
}

/** The request of a newer run that took this one's place, with its card when there is one. */
export async function newerThan(db: Db | Tx, row: Row): Promise<RequestView['newer']> {
  if (row.supersededBy === null) return null;
  const [newer] = await db
    .select({ id: requests.id, state: requests.state })
    .from(requests)
    .where(eq(requests.id, row.supersededBy));
  if (!newer) return null;
  const card = (await cardsOf(db, newer.id)).find(({ permalink }) => permalink !== null);
  return { id: newer.id, state: newer.state, permalink: card?.permalink ?? null };
}

/** A request of a newer run that waits in the same lane, when this one came too late to stand behind it. */
export async function newerWaiting(db: Db | Tx, row: Row): Promise<string | null> {
  if (row.state !== 'pending' || row.concurrencyKey === null) return null;
  const lane = await db
    .select({ id: requests.id, context: requests.context })
    .from(requests)
    .where(
      and(
        eq(requests.concurrencyKey, row.concurrencyKey),
        eq(requests.state, 'pending'),
        eq(requests.project, row.project),
      ),
    );
  return lane.find((other) => isNewerRun(other.context, row.context))?.id ?? null;
}
