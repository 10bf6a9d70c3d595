import { sql } from 'drizzle-orm';
import type { Database } from '../../src/store/database.ts';

/**
 * A clock the tests move: `now()` of this schema stands before the catalogue's in the search path of every
 * connection, so the product's unqualified `now()` finds it. It is shifted, never stopped.
 */
export const CLOCK = `
  create schema clock;
  create table clock.shift (by interval not null);
  insert into clock.shift values ('0');
  create function clock.now() returns timestamptz language sql stable
    as 'select pg_catalog.now() + (select by from clock.shift)';
  do $$ begin
    execute format('alter database %I set search_path = clock, public, pg_catalog', current_database());
  end $$;
`;

/** Moves the database's clock. Every replica looks for due timers at least once a second. */
export async function advance(database: Database, by: string): Promise<void> {
  await database.rows(sql`update clock.shift set by = clock.shift.by + ${by}::interval`);
}
