import { and, eq, sql } from 'drizzle-orm';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { withoutSparseRows } from '../../src/store/sparse-rows.ts';

const table = pgTable('sparse_rows', { id: integer().primaryKey(), state: text().notNull() });

let client: postgres.Sql;
beforeAll(async () => {
  client = withoutSparseRows(postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} }));
  await client`create temp table sparse_rows (id int primary key, state text not null)`;
  await client`insert into sparse_rows values (1, 'pending')`;
});
afterAll(() => client.end());

/** Fails after three rows have been sent: the fault of porsager/postgres #1119 begins with such a query. */
const failMidway = () => client`select i, 1 / (4 - i) from generate_series(1, 10) i`.catch(() => {});

it('counts the winner of a compare-and-set after a query that failed midway', async () => {
  const db = drizzle(client);
  await failMidway();
  const won = await db
    .update(table)
    .set({ state: 'approved' })
    .where(and(eq(table.id, 1), eq(table.state, 'pending')))
    .returning();
  expect(won).toEqual([{ id: 1, state: 'approved' }]);
});

it('finds no winner where there is none', async () => {
  await failMidway();
  expect([...(await client`update sparse_rows set state = 'x' where state = 'nope' returning id`)]).toEqual(
    [],
  );
});

it('returns raw rows whole', async () => {
  await failMidway();
  expect([...(await drizzle(client).execute(sql`select 1 as one`))]).toEqual([{ one: 1 }]);
});
