import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { submit } from '../../src/gate/submit.ts';
import { vote } from '../../src/gate/vote.ts';
import { type Database, openPostgres } from '../../src/store/database.ts';
import { freshPostgres } from '../support/databases.ts';
import { askFor, callerOf, depsOver, type TestDeps, voterNamed } from '../support/deps.ts';
import { faultsIn } from '../support/invariants.ts';
import { inForm, measured } from './form.ts';

const ROUNDS = inForm(3, 100);

let deps: TestDeps;
let other: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  const fresh = await freshPostgres();
  drop = fresh.drop;
  deps = await depsOver(await openPostgres(fresh.url));
  other = await openPostgres(fresh.url, { connections: 2 });
  await other.rows(sql`select set_config('deadlock_timeout', '1s', false)`);
});
afterAll(async () => {
  await deps.close();
  await other.close();
  await drop();
});

it(`a deadlock is tried again, ${ROUNDS} times: whoever pressed never hears of it`, async () => {
  const caller = await callerOf(deps);
  for (let round = 0; round < ROUNDS; round++) {
    const asked = await submit(deps, caller, askFor());
    if (!asked.ok) throw new Error(asked.code);
    const requestId = asked.request.id;
    let hasHead = () => {};
    const holds = new Promise<void>((resolve) => {
      hasHead = resolve;
    });
    // Holds what a vote takes last, then wants what it takes first; patient, so that the vote is the one that is shot.
    const rival = other.db.transaction(async (tx) => {
      await tx.execute(sql`set local deadlock_timeout = '30s'`);
      await tx.execute(sql`select * from chain_head for update`);
      hasHead();
      await tx.execute(sql`select pg_sleep(0.1)`);
      await tx.execute(sql`select * from requests where id = ${requestId} for update`);
    });
    await holds;
    const voter = voterNamed('ana');
    const voted = vote(deps, { requestId, voter, verdict: 'approve', reason: null, method: 'card' });
    await rival;
    expect(await voted).toMatchObject({ counted: true, ends: 'approved' });
  }
  expect(await faultsIn(deps.database, deps.signingKey.publicKey)).toEqual([]);
  measured({
    case: 'P5',
    promise: 'a deadlock or a serialization failure is tried again; nobody hears of it',
    runs: ROUNDS,
    figures: { surfaced: 0 },
  });
});
