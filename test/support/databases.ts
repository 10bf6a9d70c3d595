import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { inject } from 'vitest';
import { type Database, openPostgres } from '../../src/store/database.ts';
import { freshEmbedded } from './embedded.ts';

export const DATABASE_KINDS = ['embedded', 'postgres'] as const;
export type DatabaseKind = (typeof DATABASE_KINDS)[number];

/** A fresh, migrated database of either kind, with the movable clock. Drops itself on `close`. */
export async function freshDatabase(kind: DatabaseKind): Promise<Database> {
  if (kind === 'embedded') return freshEmbedded();
  const { url, drop } = await freshPostgres();
  const database = await openPostgres(url);
  return {
    ...database,
    close: async () => {
      await database.close();
      await drop();
    },
  };
}

/** The URL of a fresh PostgreSQL database, migrated unless empty, for processes that open it themselves. */
export async function freshPostgres(
  options: { isEmpty?: boolean } = {},
): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
  await admin.unsafe(
    `create database ${name} template ${options.isEmpty ? 'template0' : 'template_gatehouse'}`,
  );
  if (!options.isEmpty)
    await admin.unsafe(`alter database ${name} set search_path = clock, public, pg_catalog`);
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => {
      await admin.unsafe(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}
