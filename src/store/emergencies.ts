import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { RequestView } from '../core/request.ts';
import type { Db, Tx } from './database.ts';
import { emergencies, type Retrospective } from './schema.ts';

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

/** What an emergency owes, or was given. */
export async function retrospectiveOf(db: Db | Tx, requestId: string): Promise<RequestView['retrospective']> {
  const row = await findEmergency(db, requestId);
  return row && { dueAt: row.dueAt, closedAt: row.closedAt, closedByName: row.closedByName };
}
