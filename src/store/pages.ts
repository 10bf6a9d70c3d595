import { randomBytes } from 'node:crypto';
import { and, asc, desc, eq, inArray, ne, sql } from 'drizzle-orm';
import type { Database, Db, Tx } from './database.ts';
import { type PageState, pageRequests, pages, requests } from './schema.ts';

export type PageRow = typeof pages.$inferSelect;

/** One at a time decides whether a pager gets one more incident. Taken after every request, before the records. */
export const takePager = (tx: Tx, pager: string) =>
  tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`pager ${pager}`}, 0))`);

/** Incidents of a pager opened within the last seconds, the newest first. */
export const recentPages = (tx: Tx, pager: string, seconds: number): Promise<PageRow[]> =>
  tx
    .select()
    .from(pages)
    .where(and(eq(pages.pager, pager), sql`${pages.openedAt} > now() - make_interval(secs => ${seconds})`))
    .orderBy(desc(pages.openedAt));

export async function openPage(
  tx: Tx,
  page: { pager: string; environment: string; storm: boolean; afterSeconds: number },
): Promise<PageRow> {
  const { afterSeconds, ...given } = page;
  const [row] = await tx
    .insert(pages)
    .values({
      ...given,
      id: `gatehouse-${randomBytes(12).toString('hex')}`,
      wants: 'open',
      openedAt: sql`now()`,
      wantedVersion: 1,
      shownVersion: 0,
      mayBeOpen: false,
      attempts: 0,
      nextAt: sql`now() + make_interval(secs => ${afterSeconds})`,
    })
    .returning();
  if (!row) throw new Error('the page was not stored');
  return row;
}

export const addToPage = (tx: Tx, pageId: string, requestId: string, stepId: number | null) =>
  tx.insert(pageRequests).values({ pageId, requestId, stepId }).onConflictDoNothing();

/** An open incident is to say something new, at the earliest some seconds from now. */
export const refreshPage = (tx: Tx, id: string, afterSeconds: number) =>
  tx.execute(sql`
    update pages set wanted_version = wanted_version + 1,
      next_at = case when shown_version < wanted_version then next_at
        else now() + make_interval(secs => ${afterSeconds}) end
    where id = ${id} and wants = 'open'`);

/** Somebody looks at it: nobody else need be paged. Never takes back that it is closed. */
export async function acknowledgePage(
  tx: Tx,
  id: string,
  by: string | null,
  { tellProvider }: { tellProvider: boolean },
): Promise<boolean> {
  const [row] = await tx
    .update(pages)
    .set({
      wants: 'acknowledged',
      acknowledgedAt: sql`now()`,
      acknowledgedBy: by,
      attempts: 0,
      nextAt: sql`now()`,
      ...(tellProvider && { wantedVersion: sql`${pages.wantedVersion} + 1` }),
    })
    .where(and(eq(pages.id, id), eq(pages.wants, 'open')))
    .returning();
  return row !== undefined;
}

/** Nobody looks at it any more: whoever is on call is wanted again. */
export async function unacknowledgePage(tx: Tx, id: string): Promise<boolean> {
  const [row] = await tx
    .update(pages)
    .set({ wants: 'open', acknowledgedAt: null, acknowledgedBy: null })
    .where(and(eq(pages.id, id), eq(pages.wants, 'acknowledged')))
    .returning();
  return row !== undefined;
}

/**
 * Takes the incidents of these requests until the transaction ends. Of two requests that end at the same time under
 * one incident, each would else see the other still waiting, and nobody would close it.
 */
export const lockPagesOf = (tx: Tx, requestIds: readonly string[]) =>
  tx.execute(sql`
    select id from pages where id in (
      select page_id from page_requests where ${inArray(pageRequests.requestId, [...requestIds])})
    order by id for update`);

/** The request ended: its incidents close, once nothing else waits under them. */
export async function closePagesOf(tx: Tx, requestId: string): Promise<void> {
  await lockPagesOf(tx, [requestId]);
  await tx.execute(sql`
    update pages set wants = 'closed', closed_at = now(), wanted_version = wanted_version + 1, attempts = 0, next_at = now()
    where wants <> 'closed' and id in (select page_id from page_requests where request_id = ${requestId})
      and not exists (
        select 1 from page_requests other join requests r on r.id = other.request_id
        where other.page_id = pages.id and r.state = 'pending' and r.id <> ${requestId})`);
}

/** Incidents under which a request waits. */
export const pagesOf = (db: Db | Tx, requestId: string): Promise<PageRow[]> =>
  db
    .select({ page: pages })
    .from(pageRequests)
    .innerJoin(pages, eq(pages.id, pageRequests.pageId))
    .where(eq(pageRequests.requestId, requestId))
    .orderBy(asc(pages.openedAt))
    .then((rows) => rows.map(({ page }) => page));

/** The requests under an incident, the oldest first. */
export const requestsUnder = (db: Db | Tx, pageId: string) =>
  db
    .select({ request: requests, stepId: pageRequests.stepId })
    .from(pageRequests)
    .innerJoin(requests, eq(requests.id, pageRequests.requestId))
    .where(eq(pageRequests.pageId, pageId))
    .orderBy(asc(requests.createdAt), asc(requests.id));

export const findPage = async (db: Db | Tx, of: { id: string } | { pager: string; reference: string }) => {
  const is =
    'id' in of ? eq(pages.id, of.id) : and(eq(pages.pager, of.pager), eq(pages.reference, of.reference));
  const [row] = await db.select().from(pages).where(is);
  return row ?? null;
};

export interface DuePage extends PageRow {
  leaseId: string;
}

/**
 * Takes incidents that say less than they should, for one lease. One that is to be opened counts as open from here
 * on: whatever becomes of the call, it is closed in the end.
 */
export async function claimDuePages(
  database: Database,
  limit: number,
  leaseSeconds: number,
): Promise<DuePage[]> {
  const leaseId = randomBytes(9).toString('hex');
  const taken = await database.rows<{ id: string }>(sql`
    update pages set lease_until = now() + make_interval(secs => ${leaseSeconds}), lease_id = ${leaseId},
      attempts = attempts + 1, may_be_open = may_be_open or wants = 'open'
    where id in (
      select id from pages
      where wanted_version > shown_version and next_at <= now() and (lease_until is null or lease_until < now())
      order by next_at, id limit ${limit} for update skip locked)
    returning id`);
  if (taken.length === 0) return [];
  const rows = await database.db.select().from(pages).where(eq(pages.leaseId, leaseId));
  return rows.filter(({ id }) => taken.some((each) => each.id === id)) as DuePage[];
}

/**
 * The provider has it at this version. `quietSeconds`: how soon it may hear of more under it.
 * @returns false when the lease was lost meanwhile: somebody else may have sent what came later
 */
export async function confirmPage(
  db: Db,
  { id, leaseId, wantedVersion }: DuePage,
  { reference, quietSeconds }: { reference: string | null; quietSeconds: number },
): Promise<boolean> {
  const [row] = await db
    .update(pages)
    .set({
      shownVersion: wantedVersion,
      // What came meanwhile is told in a while; that it is over, at once.
      nextAt: sql`case when ${pages.wants} = 'open' then now() + make_interval(secs => ${quietSeconds}) else ${pages.nextAt} end`,
      sentAt: sql`coalesce(${pages.sentAt}, now())`,
      ...(reference !== null && { reference }),
      leaseUntil: null,
      leaseId: null,
      attempts: 0,
      problem: null,
    })
    .where(and(eq(pages.id, id), eq(pages.leaseId, leaseId)))
    .returning();
  return row !== undefined;
}

/** What it says was never said and need not be said any more. */
export const settlePage = (db: Db, { id, leaseId, wantedVersion }: DuePage, problem: string | null) =>
  db
    .update(pages)
    .set({ shownVersion: wantedVersion, leaseUntil: null, leaseId: null, problem })
    .where(and(eq(pages.id, id), eq(pages.leaseId, leaseId)));

/** Tries again after some seconds; at once when it is to say something else by now, such as that it is over. */
export const postponePage = (
  db: Db,
  { id, leaseId, wantedVersion }: DuePage,
  afterSeconds: number,
  problem: string,
) =>
  db
    .update(pages)
    .set({
      nextAt: sql`case when ${pages.wantedVersion} = ${wantedVersion}
        then now() + make_interval(secs => ${afterSeconds}) else ${pages.nextAt} end`,
      leaseUntil: null,
      leaseId: null,
      problem,
    })
    .where(and(eq(pages.id, id), eq(pages.leaseId, leaseId)));

/** A call that opens it may have arrived after its closing: it is closed once more. */
export const closeAgain = (db: Db, id: string) =>
  db
    .update(pages)
    .set({ wantedVersion: sql`${pages.wantedVersion} + 1`, nextAt: sql`now()`, attempts: 0 })
    .where(and(eq(pages.id, id), eq(pages.wants, 'closed')));

/** Milliseconds until an incident is to be sent; null when none waits. */
export async function untilNextPage(database: Database): Promise<number | null> {
  const [next] = await database.rows<{ ms: number | null }>(sql`
    select (extract(epoch from min(greatest(next_at, coalesce(lease_until, next_at))) - now()) * 1000)::float8 as ms
    from pages where wanted_version > shown_version`);
  return next?.ms ?? null;
}

/** Incidents that are not closed. */
export const openPages = (db: Db | Tx): Promise<PageRow[]> =>
  db.select().from(pages).where(ne(pages.wants, 'closed')).orderBy(asc(pages.openedAt));

export type { PageState };
