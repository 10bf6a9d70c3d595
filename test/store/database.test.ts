import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';

describe.each(DATABASE_KINDS)('%s', (kind) => {
  let database: Database;
  beforeAll(async () => {
    database = await freshDatabase(kind);
  });
  afterAll(() => database.close());

  it('has a clock that tests move', async () => {
    const hours = async () =>
      (
        await database.rows<{ h: number }>(
          sql`select extract(epoch from now() - pg_catalog.now())::float8 / 3600 as h`,
        )
      )[0]?.h;
    expect(await hours()).toBe(0);
    await advance(database, '2 hours');
    expect(await hours()).toBe(2);
  });

  it('delivers a notice to who listens', async () => {
    let resolve: (payload: string) => void = () => {};
    const heard = new Promise<string>((r) => {
      resolve = r;
    });
    await database.listen('gatehouse_test', resolve);
    await database.rows(sql`select pg_notify('gatehouse_test', 'hello')`);
    expect(await heard).toBe('hello');
  });
});
