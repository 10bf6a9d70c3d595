import { and, asc, eq, getTableColumns, isNull, sql } from 'drizzle-orm';
import type { LadderView, Rung, RungView, Taken } from '../core/escalation.ts';
import type { Database, Db, Tx } from './database.ts';
import type { RequestRow } from './requests.ts';
import { outbox, pageRequests, pages, steps } from './schema.ts';

export type StepRow = typeof steps.$inferSelect & { isDue: boolean };

/** Further steps of a ladder that stands already, due some seconds from now. */
export const appendSteps = (tx: Tx, requestId: string, rungs: Rung[]) =>
  tx.insert(steps).values(
    rungs.map(({ kind, audience, pager, afterSeconds }, i) => ({
      requestId,
      position: sql`(select coalesce(max(position), -1) + ${i + 1} from steps where request_id = ${requestId})`,
      kind,
      audience,
      pager,
      dueAt: sql`now() + make_interval(secs => ${afterSeconds})`,
    })),
  );

/** Its time has come. @param why it is taken before its time, for people */
export const makeDue = (tx: Tx, id: number, why: string) =>
  tx
    .update(steps)
    .set({ dueAt: sql`now()`, taken: { told: [], nobody: null, early: why } })
    .where(and(eq(steps.id, id), sql`${steps.dueAt} > now()`));

/** The steps that were not taken yet, in their order. */
export const openSteps = (db: Db | Tx, requestId: string): Promise<StepRow[]> =>
  db
    .select({ ...getTableColumns(steps), isDue: sql<boolean>`${steps.dueAt} <= now()` })
    .from(steps)
    .where(and(eq(steps.requestId, requestId), isNull(steps.takenAt)))
    .orderBy(asc(steps.position));

/** A step is taken once. @returns false when another process took it first */
export async function takeStep(tx: Tx, id: number, taken: Taken): Promise<boolean> {
  const [row] = await tx
    .update(steps)
    .set({ takenAt: sql`now()`, dueAt: sql`least(${steps.dueAt}, now())`, taken })
    .where(and(eq(steps.id, id), isNull(steps.takenAt)))
    .returning();
  return row !== undefined;
}

/** Brings the next step forward to now. @returns its id; null when no step is left or its time has come anyway */
export async function bringForward(tx: Tx, requestId: string, why: string): Promise<number | null> {
  const [next] = await openSteps(tx, requestId);
  if (!next) return null;
  const [moved] = await tx
    .update(steps)
    .set({ dueAt: sql`now()`, taken: { told: [], nobody: null, early: why } })
    .where(and(eq(steps.id, next.id), sql`${steps.dueAt} > now()`))
    .returning();
  return moved?.id ?? null;
}

/** Moves what is to come by some seconds, never into the last half minute before the deadline. */
export const delaySteps = (tx: Tx, requestId: string, seconds: number, expiresAt: Date) =>
  tx.execute(sql`
    update steps set due_at = greatest(due_at, least(
      due_at + make_interval(secs => ${seconds}),
      ${expiresAt.toISOString()}::timestamptz - interval '30 seconds'))
    where request_id = ${requestId} and taken_at is null`);

/** Seconds until the next step of a request; null when none is left. */
export async function untilNextStep(tx: Tx, database: Database, requestId: string): Promise<number | null> {
  const [next] = await database.rows<{ seconds: number | null }>(
    sql`select extract(epoch from min(due_at) - now())::float8 as seconds
      from steps where request_id = ${requestId} and taken_at is null`,
    tx,
  );
  return next?.seconds ?? null;
}

/** Who has been told, when, what did not work, and what comes next. One that follows another shows that one's. */
export async function viewLadder(
  db: Db | Tx,
  row: Pick<RequestRow, 'id' | 'leaderId' | 'state' | 'pausedUntil'>,
): Promise<LadderView> {
  const requestId = row.state === 'pending' && row.leaderId !== null ? row.leaderId : row.id;
  const rows = await db
    .select()
    .from(steps)
    .where(eq(steps.requestId, requestId))
    .orderBy(asc(steps.position));
  if (rows.length === 0) return { rungs: [], pausedUntil: null };
  const isTold = rows.some(({ kind, takenAt }) => kind !== 'card' && takenAt !== null);
  const [problems, paged] = isTold
    ? await Promise.all([problemsOf(db, requestId), pagesUnder(db, requestId)])
    : [[], []];
  const rungs = rows.map((step) => {
    const said = problems
      .filter(({ stepId }) => stepId === step.id)
      .map(({ lane, recipient, problem }) =>
        lane === 'email' ? `e-mail to ${recipient}: ${problem}` : `Slack: ${problem}`,
      );
    const own = paged.filter(({ stepId }) => stepId === step.id);
    const page = own.at(-1);
    return {
      ...toView(step),
      problems: [
        ...new Set([
          ...said,
          ...own.flatMap(({ pager, problem }) => (problem ? [`${pager}: ${problem}`] : [])),
        ]),
      ],
      page: page ? { state: page.wants, by: page.by, isSent: page.sentAt !== null } : null,
    };
  });
  return { rungs, pausedUntil: row.pausedUntil };
}

const problemsOf = (db: Db | Tx, requestId: string) =>
  db
    .select({
      stepId: outbox.stepId,
      recipient: outbox.recipient,
      lane: outbox.lane,
      problem: outbox.problem,
    })
    .from(outbox)
    .where(
      and(
        eq(outbox.requestId, requestId),
        sql`${outbox.stepId} is not null and ${outbox.problem} is not null`,
      ),
    )
    .orderBy(asc(outbox.id));

const pagesUnder = (db: Db | Tx, requestId: string) =>
  db
    .select({
      stepId: pageRequests.stepId,
      wants: pages.wants,
      by: pages.acknowledgedBy,
      sentAt: pages.sentAt,
      problem: pages.problem,
      pager: pages.pager,
    })
    .from(pageRequests)
    .innerJoin(pages, eq(pages.id, pageRequests.pageId))
    .where(eq(pageRequests.requestId, requestId))
    .orderBy(asc(pages.openedAt));

const toView = ({
  position,
  kind,
  audience,
  pager,
  dueAt,
  takenAt,
  taken,
}: typeof steps.$inferSelect): RungView => ({
  position,
  kind,
  audience: audience ?? null,
  pager,
  afterSeconds: 0,
  dueAt,
  takenAt,
  taken: taken ?? null,
  problems: [],
  page: null,
});
