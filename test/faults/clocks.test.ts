import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { advance } from '../support/clock.ts';
import { until } from '../support/until.ts';
import { runClient } from './client.ts';
import { inForm, isLong, largest, measured } from './form.ts';
import { coverEcho, type FaultWorld, startFaultWorld } from './world.ts';

vi.setConfig({ testTimeout: inForm(60_000, 120_000), hookTimeout: 120_000 });

const MANY = inForm(5, 50);

/** Shifts the clock of a process, before anything in it looks. */
const shifted = (minutes: number): Record<string, string> => {
  const code = `const now = Date.now; const by = ${minutes * 60_000};
    globalThis.Date = class extends Date { constructor(...a) { a.length ? super(...a) : super(now() + by); } static now() { return now() + by; } };`;
  return { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(code)}"` };
};

describe('clocks', () => {
  let world: FaultWorld;
  beforeAll(async () => {
    world = await startFaultWorld();
    await coverEcho(world);
  });
  afterEach(() => world.expectPromises().finally(() => world.recover()), 60_000);
  afterAll(() => world.close());

  it('that of the database jumps two hours ahead: what waited has expired, nothing is approved by it', async () => {
    const clients = Array.from({ length: MANY }, (_, n) =>
      runClient(world, 'production', ['echo', `ahead-${n}`], { withoutHeartbeat: true }),
    );
    await until('all to wait', async () => {
      const waiting = await world.database.rows(sql`select id from requests where state = 'pending'`);
      return waiting.length === MANY;
    });
    await advance(world.database, '2 hours');
    const states = (await Promise.all(clients)).map(({ request }) => request.state);
    expect(states).toEqual(Array(MANY).fill('expired'));
  });

  it('that of the database jumps two hours back: what waits goes on waiting, and can be approved', async () => {
    const client = runClient(world, 'production', ['echo', 'back'], {
      withoutHeartbeat: true,
      onAsked: async ({ id }) => {
        await world.cardOf(id);
        await advance(world.database, '-2 hours');
        world.approve(id);
      },
    });
    expect(await client).toMatchObject({ hasRun: true });
    await advance(world.database, '2 hours');
    measured({
      case: 'T1',
      promise:
        'the clock of the database jumps two hours ahead or back: nothing is approved by it, nothing fires early',
      runs: MANY + 1,
      figures: { 'approved by a jump': 0 },
    });
  });

  it.runIf(isLong).each([-10, 10])(
    'that of a server is %i minutes off: presses are refused, rules and deadlines hold',
    async (minutes) => {
      const { a, b, slack } = world;
      await a.stop();
      await a.start(shifted(minutes));
      const client = runClient(world, 'production', ['echo', `off-${minutes}`], {
        onAsked: async ({ id }) => {
          const card = await world.cardOf(id);
          slack.requestUrl = a.slackUrl;
          refused((await slack.click('UANA', card, 'approve')).status);
          slack.requestUrl = b.slackUrl;
          await slack.click('UANA', card, 'approve');
        },
      });
      let refused: (status: number) => void = () => {};
      const status = new Promise<number>((resolve) => {
        refused = resolve;
      });
      expect(await status).toBe(401);
      expect(await client).toMatchObject({ hasRun: true });
      expect(
        await runClient(world, 'staging', ['echo', 'covered', `off${minutes}`], { url: a.url }),
      ).toMatchObject({
        hasRun: true,
      });
      await a.stop();
      await a.start();
    },
  );

  it('both servers stand still across every deadline: then each ends once, late presses lose', async () => {
    const { servers, slack, database } = world;
    const clients = Array.from({ length: MANY }, (_, n) =>
      runClient(world, 'production', ['echo', `still-${n}`], { withoutHeartbeat: true }),
    );
    const waiting = () =>
      database.rows<{ id: string }>(sql`select r.id from requests r join cards c on c.request_id = r.id
        where state = 'pending' and ts is not null and lease_until is null and shown_version = wanted_version`);
    await until('all cards to be noted', async () => (await waiting()).length === MANY);
    const [first] = await waiting();
    const card = await world.cardOf(first?.id ?? '');
    for (const server of servers) server.freeze();
    await advance(database, '10 minutes');
    slack.requestUrl = servers[0]?.slackUrl;
    const press = slack.click('UANA', card, 'approve');
    const from = performance.now();
    for (const server of servers) server.thaw();
    expect((await press).status).toBe(200);
    const outcomes = await Promise.all(clients);
    const lateMs = performance.now() - from;
    expect(outcomes.map(({ request }) => request.state)).toEqual(Array(MANY).fill('expired'));
    expect(lateMs).toBeLessThan(10_000);
    measured({
      case: 'T4',
      promise: 'every server stands still across the deadlines: each ends once, a late press loses',
      runs: MANY,
      figures: { 'all ended after, ms': largest([lateMs]) },
    });
  });
});
