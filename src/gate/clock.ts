import { sql } from 'drizzle-orm';
import type { Tx } from '../store/database.ts';
import type { Deps } from './deps.ts';

/** The database's time: the only one that decides. */
export async function timeNow(within: Tx | null, deps: Deps): Promise<Date> {
  const [clock] = await deps.database.rows<{ now: number }>(
    sql`select (extract(epoch from now()) * 1000)::float8 as now`,
    within ?? undefined,
  );
  if (!clock) throw new Error('the database gave no time');
  return new Date(clock.now);
}
