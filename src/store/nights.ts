import { and, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Database, Db, Tx } from './database.ts';
import { nights } from './schema.ts';

export type NightRow = typeof nights.$inferSelect;

/** What a night does, in this order; each step is noted as done in the transaction of its effects. */
export const NIGHT_STEPS = ['learn', 'notices', 'prune', 'report', 'post'] as const;
export type NightStep = (typeof NIGHT_STEPS)[number];

/** The last night that is done. */
export async function latestNight(db: Db | Tx): Promise<NightRow | null> {
  const [row] = await db
    .select()
    .from(nights)
    .where(and(isNotNull(nights.finishedAt), isNull(nights.problem)))
    .orderBy(desc(nights.id))
    .limit(1);
  return row ?? null;
}

export async function findNight(db: Db | Tx, id: string): Promise<NightRow | null> {
  const [row] = await db.select().from(nights).where(eq(nights.id, id));
  return row ?? null;
}

/** Sets the night of a date, once; earlier ones that nobody works on are done with it. @returns whether it is new */
export async function setNight(tx: Tx, night: { id: string; dueAt: Date }): Promise<boolean> {
  const [made] = await tx
    .insert(nights)
    .values({ ...night, attempts: 0, done: [] })
    .onConflictDoNothing()
    .returning({ id: nights.id });
  if (!made) return false;
  await tx
    .update(nights)
    .set({ finishedAt: sql`now()`, problem: `made up for in the night of ${night.id}` })
    .where(
      and(
        isNull(nights.finishedAt),
        sql`${nights.id} < ${night.id}`,
        sql`(${nights.leaseUntil} is null or ${nights.leaseUntil} < now())`,
      ),
    );
  return true;
}

/** Takes the night that is due and nobody works on; its lease gives it back when this process dies. */
export async function claimNight(
  database: Database,
  leaseId: string,
  leaseSeconds: number,
): Promise<NightRow | null> {
  const [row] = await database.db
    .update(nights)
    .set({
      leaseId,
      leaseUntil: sql`now() + make_interval(secs => ${leaseSeconds})`,
      attempts: sql`${nights.attempts} + 1`,
      startedAt: sql`coalesce(${nights.startedAt}, now())`,
    })
    .where(
      sql`${nights.id} = (select id from nights
        where finished_at is null and due_at <= now() and (lease_until is null or lease_until < now())
        order by id desc limit 1 for update skip locked)`,
    )
    .returning();
  return row ?? null;
}

const isMine = (night: Pick<NightRow, 'id' | 'leaseId'>) =>
  and(eq(nights.id, night.id), eq(nights.leaseId, night.leaseId ?? ''), isNull(nights.finishedAt));

/** Keeps the lease. @returns false when another process has taken the night meanwhile */
export async function renewNight(
  database: Database,
  night: Pick<NightRow, 'id' | 'leaseId'>,
  leaseSeconds: number,
): Promise<boolean> {
  const rows = await database.db
    .update(nights)
    .set({ leaseUntil: sql`now() + make_interval(secs => ${leaseSeconds})` })
    .where(isMine(night))
    .returning({ id: nights.id });
  return rows.length > 0;
}

/**
 * Notes a step as done, if this process still has the night and the step was not done before: so the effects of one
 * transaction come once. Takes the row until the transaction ends.
 */
export async function finishStep(
  tx: Tx,
  night: Pick<NightRow, 'id' | 'leaseId'>,
  step: NightStep,
): Promise<boolean> {
  const rows = await tx
    .update(nights)
    .set({ done: sql`${nights.done} || ${JSON.stringify([step])}::jsonb` })
    .where(and(isMine(night), sql`not ${nights.done} ? ${step}`))
    .returning({ id: nights.id });
  return rows.length > 0;
}

export const finishNight = (tx: Tx, night: Pick<NightRow, 'id' | 'leaseId'>) =>
  tx.update(nights).set({ finishedAt: sql`now()`, leaseUntil: null, problem: null }).where(isMine(night));

/** After a fault: another try, later each time, at most ten minutes later. */
export const postponeNight = (database: Database, night: Pick<NightRow, 'id' | 'leaseId'>, problem: string) =>
  database.db
    .update(nights)
    .set({
      leaseUntil: sql`now() + make_interval(secs => least(600, 2 ^ least(${nights.attempts}, 10)))`,
      problem,
    })
    .where(isMine(night));
