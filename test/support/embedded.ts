import { openAsBlob } from 'node:fs';
import { sql } from 'drizzle-orm';
import { inject } from 'vitest';
import { type Database, openEmbedded } from '../../src/store/database.ts';

/** Made empty again, to be lent anew: a second and 100 MB are saved with each test. */
const idle: Database[] = [];

/** An embedded database as after its migration. Whoever uses it after `close` fails: it is somebody else's then. */
export async function freshEmbedded(): Promise<Database> {
  const database = idle.pop() ?? (await makeEmbedded());
  const db = Proxy.revocable(database.db, {});
  const stops: (() => Promise<void>)[] = [];
  let isClosed = false;
  const rows: Database['rows'] = (query, within) =>
    isClosed ? Promise.reject(new Error('this database is closed')) : database.rows(query, within);
  return {
    kind: 'embedded',
    db: db.proxy,
    rows,
    quick: { db: db.proxy, rows },
    listen: async (channel, heard) => {
      const stop = await database.listen(channel, heard);
      stops.push(stop);
      return stop;
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      db.revoke();
      for (const stop of stops) await stop();
      await database.rows(sql`select clock.as_new()`);
      idle.push(database);
    },
  };
}

async function makeEmbedded(): Promise<Database> {
  const database = await openEmbedded({ loadFrom: await openAsBlob(inject('embeddedTemplate')) });
  // PGlite sets its own search path at every start, over the database's.
  await database.rows(sql`set search_path = clock, public, pg_catalog`);
  return database;
}
