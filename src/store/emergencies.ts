import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Retrospective } from '../core/emergency.ts';
import type { RequestView } from '../core/request.ts';
import type { Db, Tx } from './database.ts';
import { emergencies, pageRequests, pages } from './schema.ts';

export type EmergencyRow = typeof emergencies.$inferSelect;

/** An emergency was approved: within 24 hours its people owe a retrospective. */
export const openEmergency = (
  tx: Tx,
  given: { requestId: string; environment: string; openedBy: string[]; dueInHours: number },
) => {
  const { dueInHours, ...row } = given;
  return tx
    .insert(emergencies)
    .values({
      ...row,
      openedAt: sql`now()`,
      dueAt: sql`now() + make_interval(hours => ${dueInHours})`,
      reminded: 0,
    })
    .onConflictDoNothing();
};

export async function findEmergency(db: Db | Tx, requestId: string): Promise<EmergencyRow | null> {
  const [row] = await db.select().from(emergencies).where(eq(emergencies.requestId, requestId));
  return row ?? null;
}

/** Emergencies whose retrospective is not given, of one environment or of all. */
export const unpaidEmergencies = (db: Db | Tx, environment?: string): Promise<EmergencyRow[]> =>
  db
    .select()
    .from(emergencies)
    .where(
      and(
        isNull(emergencies.closedAt),
        environment === undefined ? undefined : eq(emergencies.environment, environment),
      ),
    )
    .orderBy(asc(emergencies.openedAt));

/** Closes it once. null: it is closed, or there is none. */
export async function closeEmergency(
  tx: Tx,
  requestId: string,
  given: { closedBy: string; closedByName: string; retrospective: Retrospective },
): Promise<EmergencyRow | null> {
  const [row] = await tx
    .update(emergencies)
    .set({ ...given, closedAt: sql`now()` })
    .where(and(eq(emergencies.requestId, requestId), isNull(emergencies.closedAt)))
    .returning();
  return row ?? null;
}

export const countReminder = (tx: Tx, requestId: string, reminded: number) =>
  tx.update(emergencies).set({ reminded }).where(eq(emergencies.requestId, requestId));

/** What an emergency owes, or was given, and how whoever is on call was told that it is overdue. */
export async function retrospectiveOf(db: Db | Tx, requestId: string): Promise<RequestView['retrospective']> {
  const row = await findEmergency(db, requestId);
  if (!row) return null;
  const { dueAt, closedAt, closedByName, retrospective } = row;
  const [page] = await db
    .select({ sentAt: pages.sentAt, problem: pages.problem })
    .from(pageRequests)
    .innerJoin(pages, eq(pages.id, pageRequests.pageId))
    .where(and(eq(pageRequests.requestId, requestId), isNull(pageRequests.stepId)))
    .orderBy(desc(pages.openedAt))
    .limit(1);
  return {
    dueAt,
    closedAt,
    closedByName,
    given: retrospective ?? null,
    page: page ? { isSent: page.sentAt !== null, problem: page.problem } : null,
  };
}
