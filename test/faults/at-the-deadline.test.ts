import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { submit } from '../../src/gate/submit.ts';
import { sweepDeadlines } from '../../src/gate/sweep.ts';
import { vote } from '../../src/gate/vote.ts';
import { openPostgres } from '../../src/store/database.ts';
import { freshPostgres } from '../support/databases.ts';
import { askFor, callerOf, depsOver, type TestDeps, voterNamed } from '../support/deps.ts';
import { faultsIn } from '../support/invariants.ts';
import { until } from '../support/until.ts';
import { chance, inForm, measured } from './form.ts';

vi.setConfig({ testTimeout: inForm(60_000, 300_000) });

const CLICKS = inForm(25, 500);
const NEAR_MS = 5;
const HEAD_START_MS = 40;

let pressing: TestDeps;
let sweeping: TestDeps;
let drop: () => Promise<void>;
beforeAll(async () => {
  const fresh = await freshPostgres();
  drop = fresh.drop;
  // Of the same key, as replicas are.
  pressing = await depsOver(await openPostgres(fresh.url));
  sweeping = await depsOver(await openPostgres(fresh.url), { signingKey: pressing.signingKey });
});
afterAll(async () => {
  await pressing.close();
  await sweeping.close();
  await drop();
});

it(`${CLICKS} presses within ${NEAR_MS} ms of the deadline: the clock of the database decides, and never both`, async () => {
  const random = chance('at the deadline');
  const caller = await callerOf(pressing);
  const counts = { approved: 0, expired: 0 };
  for (let n = 0; n < CLICKS; n++) {
    const asked = await submit(pressing, caller, askFor({ bodyHash: String(n) }));
    if (!asked.ok) throw new Error(asked.code);
    const requestId = asked.request.id;
    await pressing.database.rows(sql`
      with moved as (update requests set expires_at = now() + make_interval(secs => ${HEAD_START_MS / 1000})
        where id = ${requestId} returning id, expires_at)
      update timers set due_at = expires_at from moved where request_id = moved.id and kind = 'expire'`);
    const off = (random() * 2 - 1) * NEAR_MS;
    await sleep(HEAD_START_MS + off - 2);
    const input = {
      requestId,
      voter: voterNamed('ana'),
      verdict: 'approve',
      reason: null,
      method: 'card',
    } as const;
    const [voted] = await Promise.all([vote(pressing, input), sweepDeadlines(sweeping)]);
    await until('the end', async () => {
      await sweepDeadlines(sweeping);
      const open = await pressing.database.rows(
        sql`select id from requests where id = ${requestId} and state = 'pending'`,
      );
      return open.length === 0;
    });
    counts[voted.counted ? 'approved' : 'expired'] += 1;
  }
  const states = await pressing.database.rows<{ state: 'approved' | 'expired'; n: number }>(
    sql`select state, count(*)::int as n from requests group by state`,
  );
  for (const { state, n } of states) expect(n).toBe(counts[state]);
  expect(await faultsIn(pressing.database, pressing.signingKey.publicKey)).toEqual([]);
  // Neither always wins, or this would show nothing.
  expect(Math.min(counts.approved, counts.expired)).toBeGreaterThan(0);
  measured({
    case: 'S5',
    promise: 'a press within 5 ms of the deadline: as the clock of the database says, never both',
    runs: CLICKS,
    figures: { 'in time': counts.approved, 'too late': counts.expired },
  });
});
