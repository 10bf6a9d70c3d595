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

/**
 * `clock.as_new()`: a migrated database, with the clock, is again as it is when this was run. What the migrations put
 * into tables is kept aside.
 */
export const AS_NEW = `
  create schema at_first;
  do $$ declare name text; begin
    for name in select tablename from pg_tables where schemaname = 'public' loop
      execute format('create table at_first.%1$I as select * from public.%1$I', name);
    end loop;
  end $$;
  create function clock.as_new() returns void language plpgsql as $$ declare name text; begin
    execute (select 'truncate ' || string_agg(format('public.%I', tablename), ', ') || ' restart identity cascade'
      from pg_tables where schemaname = 'public');
    for name in select tablename from pg_tables where schemaname = 'at_first' loop
      execute format('insert into public.%1$I overriding system value select * from at_first.%1$I', name);
    end loop;
    update clock.shift set by = '0';
  end $$;
`;

/** Moves the database's clock. Every replica looks for due timers at least once a second. */
export async function advance(database: Database, by: string): Promise<void> {
  await database.rows(sql`update clock.shift set by = clock.shift.by + ${by}::interval`);
}
