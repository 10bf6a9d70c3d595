import { and, desc, eq, isNotNull, lt, ne, sql } from 'drizzle-orm';
import type { Note } from '../core/request.ts';
import type { Db, Tx } from './database.ts';
import { requests } from './schema.ts';

type Row = typeof requests.$inferSelect;

/** How far back, and how many, denials are looked at; what was said several times is shown once. */
const DAYS = 180;
const MOST_LOOKED_AT = 20;
const MOST = 2;

/** What people said when they denied a command of the same family, project and environment: the latest first. */
export async function notesOn(db: Db | Tx, row: Row): Promise<Note[]> {
  if (row.family === '') return [];
  const denied = await db
    .select({ decision: requests.decision, at: requests.decidedAt })
    .from(requests)
    .where(
      and(
        eq(requests.environment, row.environment),
        eq(requests.family, row.family),
        eq(requests.project, row.project),
        eq(requests.state, 'denied'),
        sql`${requests.decision}->>'by' = 'people'`,
        isNotNull(requests.decidedAt),
        ne(requests.id, row.id),
        lt(requests.createdAt, row.createdAt),
        sql`${requests.createdAt} > now() - make_interval(days => ${DAYS})`,
      ),
    )
    .orderBy(desc(requests.createdAt))
    .limit(MOST_LOOKED_AT);
  const notes = new Map<string, Note>();
  for (const { decision, at } of denied) {
    const reason = decision?.reason?.trim();
    const key = reason?.toLowerCase() ?? '';
    if (reason && at && !notes.has(key))
      notes.set(key, { by: decision?.people[0]?.name ?? null, reason, at });
  }
  return [...notes.values()].slice(0, MOST);
}
