import { afterAll, beforeAll, expect, it } from 'vitest';
import { submit } from '../../src/gate/submit.ts';
import { vote } from '../../src/gate/vote.ts';
import { type Database, openPostgres } from '../../src/store/database.ts';
import { freshPostgres } from '../support/databases.ts';
import { askFor, callerOf, depsOver, type TestDeps, voterNamed } from '../support/deps.ts';

const ROUNDS = 20;
const PEOPLE = 200;

let replicas: { database: Database; deps: TestDeps }[];
let drop: () => Promise<void>;
beforeAll(async () => {
  const fresh = await freshPostgres();
  drop = fresh.drop;
  replicas = [];
  for (let i = 0; i < 2; i++) {
    const database = await openPostgres(fresh.url);
    replicas.push({ database, deps: await depsOver(database) });
  }
});
afterAll(async () => {
  for (const { database, deps } of replicas) {
    await deps.changes.close();
    await database.close();
  }
  await drop();
});

it(`decides once when ${PEOPLE} people approve and deny at the same time over two replicas, ${ROUNDS} times`, async () => {
  const [first, second] = replicas as [(typeof replicas)[0], (typeof replicas)[0]];
  const caller = await callerOf(first.deps);
  for (let round = 0; round < ROUNDS; round++) {
    const result = await submit(first.deps, caller, askFor());
    if (!result.ok) throw new Error(result.code);
    const requestId = result.request.id;
    const results = await Promise.all(
      Array.from({ length: PEOPLE }, (_, i) =>
        vote(i % 2 ? first.deps : second.deps, {
          requestId,
          voter: voterNamed(`p${i}`),
          verdict: i % 3 ? 'approve' : 'deny',
          reason: null,
          method: 'card',
        }),
      ),
    );
    const winners = results.filter((r) => r.counted);
    const losers = results.filter((r) => !r.counted && r.code === 'already-decided');
    expect({ winners: winners.length, losers: losers.length }).toEqual({ winners: 1, losers: PEOPLE - 1 });
    const decided = winners[0]?.request?.state;
    expect(losers.every((r) => r.request?.state === decided)).toBe(true);
  }
}, 120_000);
