import { inArray, sql } from 'drizzle-orm';
import { DEFAULT_SETTINGS, type PersonSettings } from '../core/quiet.ts';
import type { Db, Tx } from './database.ts';
import { peopleSettings } from './schema.ts';

/** The settings of those who ever said how they want to be told, by Slack user id. */
export async function settingsOf(db: Db | Tx, userIds: string[]): Promise<Map<string, PersonSettings>> {
  if (userIds.length === 0) return new Map();
  const rows = await db.select().from(peopleSettings).where(inArray(peopleSettings.userId, userIds));
  return new Map(rows.map((row) => [row.userId, toSettings(row)]));
}

/** Writes what is given; the rest stays as it is, or begins as everybody's. */
export async function saveSettings(
  tx: Tx,
  userId: string,
  { quiet, timeZone, ways }: Partial<PersonSettings>,
): Promise<PersonSettings> {
  const given = {
    ...(quiet !== undefined && { quietFrom: quiet?.from ?? null, quietTo: quiet?.to ?? null }),
    ...(timeZone !== undefined && { timeZone }),
    ...(ways !== undefined && { ways }),
    changedAt: sql`now()`,
  };
  const [row] = await tx
    .insert(peopleSettings)
    .values({ userId, ways: DEFAULT_SETTINGS.ways, ...given })
    .onConflictDoUpdate({ target: peopleSettings.userId, set: given })
    .returning();
  if (!row) throw new Error(`the settings of ${userId} were not written`);
  return toSettings(row);
}

const toSettings = ({
  quietFrom: from,
  quietTo: to,
  timeZone,
  ways,
}: typeof peopleSettings.$inferSelect): PersonSettings => ({
  quiet: from === null || to === null ? null : { from, to },
  timeZone,
  ways,
});
