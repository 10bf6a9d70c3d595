import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { submit } from '../../src/gate/submit.ts';
import type { Database } from '../../src/store/database.ts';
import { startTimers } from '../../src/timers.ts';
import { advance } from '../support/clock.ts';
import { freshDatabase } from '../support/databases.ts';
import { askFor, callerOf, depsOver, type TestDeps } from '../support/deps.ts';
import { until } from '../support/until.ts';

/** Longer than the second between two looks. */
const DEAF_AFTER_MS = 1500;

let database: Database;
let deps: TestDeps;
let isDown: boolean;
let timers: { stop(): Promise<void> };
beforeEach(async () => {
  isDown = false;
  database = await freshDatabase('postgres');
  deps = await depsOver(database);
  // Nothing that the timers look for can be read while it is down.
  const cut = { get: (of: object, key: string) => (isDown ? fails() : Reflect.get(of, key)) };
  timers = await startTimers(
    { ...deps, database: new Proxy(database, cut as ProxyHandler<Database>) },
    { deafAfterMs: DEAF_AFTER_MS },
  );
});
afterEach(async () => {
  await timers.stop();
  await deps.close();
});

const fails = () => {
  throw new Error('the database is down');
};
const faults = () => deps.events.filter((event) => event.kind === 'fault' && event.where === 'deadlines');

async function asked(): Promise<string> {
  const result = await submit(deps, await callerOf(deps), askFor({ heartbeatSeconds: 30 }));
  if (!result.ok) throw new Error(result.code);
  return result.request.id;
}

const endOf = async (id: string) =>
  (
    await database.rows<{ state: string; by: string | null; left: number | null }>(sql`
      select state, decision->>'by' as by, extract(epoch from heartbeat_until - now())::float8 as left
      from requests where id = ${id}`)
  )[0];

it('after an outage clients have their whole time again to be heard', async () => {
  const id = await asked();
  isDown = true;
  await until('looks in vain', () => faults().length >= 3);
  await advance(database, '2 minutes');
  isDown = false;
  await until('the silence to be forgiven', async () => ((await endOf(id))?.left ?? 0) > 20);
  expect((await endOf(id))?.state).toBe('pending');
  // Whoever is silent after that as well is gone.
  await advance(database, '31 seconds');
  await until('the end', async () => (await endOf(id))?.state === 'withdrawn');
  expect(await endOf(id)).toMatchObject({ by: 'lost-contact' });
});

it('without an outage nothing is forgiven', async () => {
  const id = await asked();
  await advance(database, '31 seconds');
  await until('the end', async () => (await endOf(id))?.state === 'withdrawn');
});

it('a deadline that came meanwhile stands, whichever timer is looked at first', async () => {
  const id = await asked();
  await advance(database, '10 minutes');
  await until('the end', async () => (await endOf(id))?.state !== 'pending');
  expect(await endOf(id)).toMatchObject({ state: 'expired', by: 'deadline' });
});
