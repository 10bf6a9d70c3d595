import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Outcome, runClient } from './client.ts';
import { chance, inForm, measured, quantile } from './form.ts';
import { coverEcho, type FaultWorld, startFaultWorld } from './world.ts';

vi.setConfig({ testTimeout: inForm(90_000, 300_000), hookTimeout: 120_000 });

const PER_SECOND = inForm(4, 50);
const SECONDS_BETWEEN = inForm(0, 12);
/** So many of them wait for people. */
const PENDING = 0.2;

let world: FaultWorld;
beforeAll(async () => {
  world = await startFaultWorld({ count: 3 });
  await coverEcho(world);
});
afterAll(() => world.close());

it(`three servers restart one after the other under ${PER_SECOND} requests a second: nobody loses anything`, async () => {
  const random = chance('rolling restart');
  const clients: Promise<Outcome & { wanted: 'rule' | 'people' }>[] = [];
  let isOver = false;
  const load = (async () => {
    for (let n = 0, from = performance.now(); !isOver; n++) {
      clients.push(random() < PENDING ? pending(n) : covered(n));
      await sleep(Math.max(0, from + ((n + 1) * 1000) / PER_SECOND - performance.now()));
    }
  })();
  for (const server of world.servers) {
    await sleep(SECONDS_BETWEEN * 1000);
    await server.stop();
    await server.start();
  }
  await sleep(SECONDS_BETWEEN * 1000);
  isOver = true;
  await load;
  const outcomes = await Promise.all(clients);
  const wrong = outcomes.filter(
    ({ request, hasRun, wanted }) =>
      !hasRun || request.state !== 'approved' || request.decision?.by !== wanted,
  );
  expect(wrong.map(({ request }) => request)).toEqual([]);
  expect(world.ledger.accepted.size).toBe(outcomes.length);
  await world.expectPromises();
  const times = (wanted: string) =>
    outcomes.filter((each) => each.wanted === wanted).map(({ decidedMs }) => decidedMs);
  measured({
    case: 'K10',
    promise: `rolling restart of 3 servers under ${PER_SECOND} requests a second: none lost, none answered wrongly`,
    runs: outcomes.length,
    figures: {
      'waited for people': times('people').length,
      'allowed at once p50, ms': quantile(times('rule'), 0.5),
      'allowed at once p99, ms': quantile(times('rule'), 0.99),
      'approved in Slack p50, ms': quantile(times('people'), 0.5),
      'approved in Slack p99, ms': quantile(times('people'), 0.99),
    },
  });
});

const covered = async (n: number) => ({
  ...(await runClient(world, 'staging', ['echo', 'covered', `n${n}`])),
  wanted: 'rule' as const,
});

const pending = async (n: number) => ({
  ...(await runClient(world, 'production', ['echo', 'asks', `n${n}`], {
    onAsked: ({ id }) => world.approve(id),
  })),
  wanted: 'people' as const,
});
