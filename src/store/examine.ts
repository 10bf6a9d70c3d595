import { readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';

/** What a database is like, seen without changing it. */
export interface DatabaseExamined {
  /** As `server_version_num` has it: 160004. */
  version: number;
  versionName: string;
  isStandby: boolean;
  /** Survives a power cut; null: it lives inside this process. */
  isDurable: boolean | null;
  bytes: number;
  migrations: { applied: number; known: number; isNewer: boolean };
  /** May this user make the tables that are missing? */
  mayMigrate: boolean;
  /** Ids of the keys that sign its records; none before the first start. */
  signingKeys: string[];
}

/** By their moments, as the migrator compares them. */
const KNOWN = (
  JSON.parse(readFileSync(new URL('../../migrations/meta/_journal.json', import.meta.url), 'utf8')) as {
    entries: { when: number }[];
  }
).entries.map(({ when }) => when);

export async function examineDatabase(database: Database): Promise<DatabaseExamined> {
  const [server] = await database.rows<Server>(sql`
    select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
      pg_is_in_recovery() as standby, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as synchronous,
      pg_database_size(current_database())::float8 as bytes,
      (has_database_privilege(current_database(), 'create')
        and has_schema_privilege(current_schema(), 'create')) as creates,
      to_regclass('drizzle.__drizzle_migrations') is not null as migrated,
      to_regclass('public.signing_keys') is not null as keyed`);
  if (!server) throw new Error('the database said nothing of itself');
  const applied = server.migrated
    ? await database.rows<{ at: number }>(
        sql`select created_at::float8 as at from drizzle.__drizzle_migrations order by created_at`,
      )
    : [];
  const keys = server.keyed
    ? await database.rows<{ id: string }>(sql`select id from public.signing_keys`)
    : [];
  const last = applied.at(-1)?.at ?? 0;
  return {
    version: server.version,
    versionName: server.name,
    isStandby: server.standby,
    isDurable: database.kind === 'embedded' ? null : server.fsync === 'on' && server.synchronous !== 'off',
    bytes: server.bytes,
    migrations: {
      applied: KNOWN.filter((when) => when <= last).length,
      known: KNOWN.length,
      isNewer: last > Math.max(...KNOWN),
    },
    mayMigrate: server.creates,
    signingKeys: keys.map(({ id }) => id),
  };
}

/** The clock of a database, in milliseconds since 1970. */
export async function databaseNow(database: Database): Promise<number> {
  const [clock] = await database.rows<{ now: number }>(
    sql`select (extract(epoch from now()) * 1000)::float8 as now`,
  );
  return clock?.now ?? Number.NaN;
}

interface Server {
  version: number;
  name: string;
  standby: boolean;
  fsync: string;
  synchronous: string;
  bytes: number;
  creates: boolean;
  migrated: boolean;
  keyed: boolean;
}
