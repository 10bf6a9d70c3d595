import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, openPostgres } from '../../src/store/database.ts';
import { addToPage, closePagesOf, openPage } from '../../src/store/pages.ts';
import { freshPostgres } from '../support/databases.ts';
import { callerOf, depsOver, type TestDeps } from '../support/deps.ts';
import { until } from '../support/until.ts';
import { mustSubmit } from '../support/verbs.ts';

let deps: TestDeps;
let other: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  const fresh = await freshPostgres();
  drop = fresh.drop;
  deps = await depsOver(await openPostgres(fresh.url));
  other = await openPostgres(fresh.url, { connections: 2 });
});
afterAll(async () => {
  await deps.close();
  await other.close();
  await drop();
});

it('two requests that end at the same time under one incident: it is closed', async () => {
  const caller = await callerOf(deps);
  const [one, two] = [
    await mustSubmit(deps, caller, { context: { run_id: '1' } }),
    await mustSubmit(deps, caller, { context: { run_id: '2' } }),
  ];
  await other.db.transaction(async (tx) => {
    const page = { pager: 'primary', environment: 'production', storm: true, afterSeconds: 0 };
    const { id } = await openPage(tx, page);
    for (const request of [one, two]) await addToPage(tx, id, request.id, null);
  });

  const ends = (database: Database, id: string, before: () => Promise<unknown>) =>
    database.db.transaction(async (tx) => {
      await tx.execute(sql`update requests set state = 'withdrawn' where id = ${id}`);
      await closePagesOf(tx, id);
      await before();
    });
  let isDone = false;
  let second: Promise<void> = Promise.resolve();
  await ends(deps.database, one.id, async () => {
    second = ends(other, two.id, async () => {}).then(() => {
      isDone = true;
    });
    await until('the other one to wait for this, or to be done', async () => {
      const waiting = await other.rows(sql`select 1 as one from pg_locks where not granted`);
      return isDone || waiting.length > 0;
    });
  });
  await second;
  expect(await other.rows(sql`select wants from pages`)).toEqual([{ wants: 'closed' }]);
});
