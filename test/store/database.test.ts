import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openPostgres } from '../../src/store/database.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase, freshPostgres } from '../support/databases.ts';

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

describe('prepared statements', () => {
  let database: Database;
  beforeAll(async () => {
    const { url, drop } = await freshPostgres();
    const opened = await openPostgres(url, { connections: 1 });
    database = {
      ...opened,
      close: async () => {
        await opened.close();
        await drop();
      },
    };
  });
  afterAll(() => database.close());

  const prepared = async (about: string) =>
    (
      await database.rows<{ n: number }>(
        sql.raw(`select count(*)::int as n from pg_prepared_statements where statement like '%${about}%'`),
      )
    )[0]?.n;
  const ask = (about: string, value: number) => sql`select ${value}::int as ${sql.identifier(about)}`;

  it('prepares a query once a connection, in and out of transactions', async () => {
    await database.rows(ask('in_turn', 1));
    await database.rows(ask('in_turn', 2));
    await database.db.transaction(async (tx) => {
      await database.rows(ask('in_turn', 3), tx);
      await tx.transaction((inner) => database.rows(ask('in_turn', 4), inner));
    });
    expect(await prepared('in_turn')).toBe(1);
  });

  it('can use a query again that was first prepared in what was rolled back', async () => {
    const undone = database.db.transaction(async (tx) => {
      await database.rows(ask('undone', 1), tx);
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    expect(await database.rows(ask('undone', 2))).toEqual([{ undone: 2 }]);
    expect(await prepared('undone')).toBe(1);
  });

  it('does not prepare lists of any length', async () => {
    const many = sql.join(
      Array.from({ length: 65 }, (_, i) => sql`${i}::int`),
      sql`, `,
    );
    await database.rows(sql`select 1 as of_any_length where 7 in (${many})`);
    expect(await prepared('of_any_length')).toBe(0);
  });
});

it('a PostgreSQL that goes while a connection opens fails the query, not the process', async () => {
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(READY);
      socket.once('data', () => {
        server.close();
        socket.end();
      });
    });
  });
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  const database = await openPostgres(await addressOf(server), { migrate: false });
  await expect(database.rows(sql`select 1`)).rejects.toThrow();
  await once(server, 'close');
  await expect(database.rows(sql`select 1`)).rejects.toThrow();
  await new Promise(setImmediate);
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
  void database.close();
});

/** AuthenticationOk and ReadyForQuery of PostgreSQL's protocol. */
const READY = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);

async function addressOf(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return `postgres://gate@127.0.0.1:${typeof address === 'object' ? address?.port : ''}/gate`;
}
