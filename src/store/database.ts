import { fileURLToPath } from 'node:url';
import type { ExtractTablesWithRelations, SQL } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type { Sql } from 'postgres';
import { lockDirectory } from './directory-lock.ts';
import { beginDirectory, emptyDatabase } from './first-start.ts';
import { preparing } from './prepared-statements.ts';
import * as schema from './schema.ts';
import { withoutSparseRows } from './sparse-rows.ts';
import { tryingAgain } from './try-again.ts';

export type Db = PgDatabase<PgQueryResultHKT, typeof schema, ExtractTablesWithRelations<typeof schema>>;
/** Inside a transaction. On PGlite the outer `Db` would wait for its own transaction for ever: pass this on. */
export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0];

export interface Connections {
  db: Db;
  /** The rows of a raw query. Cast counts and bigints (`::int`): the drivers disagree about them. */
  rows<T>(query: SQL, within?: Tx): Promise<T[]>;
}

/** An open database; the two drivers differ only behind this. */
export interface Database extends Connections {
  kind: 'embedded' | 'postgres';
  /** For what takes few milliseconds and is waited for: never behind transactions that keep all others. */
  quick: Connections;
  /** Calls back with each payload of a channel; resolves to the way to stop. */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));
const QUICK_CONNECTIONS = 3;
const MIGRATION_LOCK = 7_261_001;
/** The driver's own pauses grow to twenty seconds: for so long a database that is back would not be used. */
const pauseBeforeReconnect = (tries: number): number => Math.min(1, 0.1 * 2 ** tries);

/**
 * PostgreSQL 15 or later. Migrates under a lock, so that replicas may start together.
 * @param options.migrate false: it is looked at as it is
 */
export async function openPostgres(
  url: string,
  options: { connections?: number; migrate?: boolean } = {},
): Promise<Database> {
  const { default: postgres } = await import('postgres');
  const { drizzle } = await import('drizzle-orm/postgres-js');
  const { migrate } = await import('drizzle-orm/postgres-js/migrator');
  const quiet = {
    onnotice: () => {},
    connect_timeout: 5,
    backoff: pauseBeforeReconnect,
    // postgres.js 3.4.9 asks for the array types on each new connection and leaves the failure of that to nobody,
    // which ends the process. No column of ours is an array.
    fetch_types: false,
  };

  if (options.migrate !== false) {
    const migrator = postgres(url, { ...quiet, max: 1 });
    try {
      await migrator`select pg_advisory_lock(${MIGRATION_LOCK})`;
      await migrate(drizzle(migrator), { migrationsFolder: MIGRATIONS });
    } finally {
      await migrator.end({ timeout: 5 });
    }
  }

  const open = (max: number) =>
    withoutSparseRows(
      postgres(url, {
        ...quiet,
        max,
        idle_timeout: 60,
        connection: { application_name: 'gatehouse', statement_timeout: 10_000, lock_timeout: 8_000 },
      }),
    );
  const over = (client: Sql): Connections => {
    const db = tryingAgain(drizzle(preparing(client), { schema }) as unknown as Db);
    return {
      db,
      rows: async <T>(query: SQL, within?: Tx) => [
        ...((await (within ?? db).execute(query)) as unknown as T[]),
      ],
    };
  };
  const [sql, quick] = [open(options.connections ?? 10), open(QUICK_CONNECTIONS)];
  return {
    kind: 'postgres',
    ...over(sql),
    quick: over(quick),
    listen: async (channel, heard) => {
      const listening = await sql.listen(channel, heard);
      return () => listening.unlisten();
    },
    close: async () => void (await Promise.all([sql.end({ timeout: 5 }), quick.end({ timeout: 5 })])),
  };
}

/**
 * PostgreSQL inside this process (PGlite), for trials and single nodes: it survives a crash of the process, not
 * of the machine. The directory is locked for this process; `loadFrom` starts a new one from a dump.
 */
export async function openEmbedded(
  options: { directory?: string; loadFrom?: Blob; migrate?: boolean } = {},
): Promise<Database> {
  const release = options.directory ? await lockDirectory(options.directory) : () => {};
  try {
    const { PGlite } = await import('@electric-sql/pglite');
    const { drizzle } = await import('drizzle-orm/pglite');
    const { migrate } = await import('drizzle-orm/pglite/migrator');
    // 16 MB of shared buffers instead of 128 saves 140 MB of memory.
    const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'];
    const place = options.directory ? beginDirectory(options.directory) : null;
    const loadDataDir = options.loadFrom ?? (place?.isNew === false ? undefined : await emptyDatabase());
    const pglite = await PGlite.create({
      startParams,
      ...(options.directory && { dataDir: options.directory }),
      ...(loadDataDir && { loadDataDir }),
    });
    const db = drizzle(pglite, { schema }) as unknown as Db;
    if (options.migrate !== false) await migrate(db as never, { migrationsFolder: MIGRATIONS });
    place?.finished();
    const rows = async <T>(query: SQL, within?: Tx) =>
      ((await (within ?? db).execute(query)) as unknown as { rows: T[] }).rows;
    return {
      kind: 'embedded',
      db,
      rows,
      quick: { db, rows },
      listen: (channel, heard) => pglite.listen(channel, heard),
      close: async () => {
        await pglite.close();
        release();
      },
    };
  } catch (e) {
    release();
    throw e;
  }
}
