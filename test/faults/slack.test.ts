import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Fault } from '../../src/demo/local-slack/faults.ts';
import { advance } from '../support/clock.ts';
import { cardsIn } from '../support/invariants.ts';
import { until } from '../support/until.ts';
import { runClient } from './client.ts';
import { inForm, largest, measured } from './form.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

vi.setConfig({ testTimeout: inForm(60_000, 300_000), hookTimeout: 120_000 });

const RETRY_AFTER_SECONDS = inForm(1, 30);
const SLOW_MS = inForm(1500, 10_000);
const MANY = inForm(2, 20);
const PRESSES = inForm(2, 100);

describe('Slack misbehaves', () => {
  let world: FaultWorld;
  beforeAll(async () => {
    world = await startFaultWorld();
  });
  afterEach(() => world.recover());
  afterAll(() => world.close());

  const ask = (environment: string, label: string) =>
    runClient(world, environment, ['echo', label], { onAsked: ({ id }) => world.approve(id) });

  it(`wants to be left alone for ${RETRY_AFTER_SECONDS} s: nothing is dropped, and never more than a post a second`, async () => {
    const { slack } = world;
    slack.postsPerSecond = 1;
    slack.fail({ method: 'chat.postMessage', retryAfter: RETRY_AFTER_SECONDS, times: 2 });
    const before = slack.callsOf('chat.postMessage').length;
    const outcomes = await Promise.all(
      Array.from({ length: MANY }, (_, n) => ask('production', `limited-${n}`)),
    );
    expect(outcomes.filter(({ hasRun }) => !hasRun)).toEqual([]);
    const posts = slack
      .callsOf('chat.postMessage')
      .slice(before)
      .filter(({ body }) => body.channel === '#deploys');
    const refused = posts.filter(({ answer }) => answer !== 'reset' && answer.status === 429);
    await world.expectPromises();
    measured({
      case: 'S1',
      promise: `Slack answers 429, Retry-After ${RETRY_AFTER_SECONDS}, and takes a post a second: no card is lost`,
      runs: MANY,
      figures: {
        'posts refused': refused.length,
        'decided after at most, ms': largest(outcomes.map((o) => o.decidedMs)),
      },
    });
  });

  const TROUBLES: [what: string, fault: Omit<Fault, 'times' | 'method'>][] = [
    ['answers 500', { status: 500 }],
    ['takes the post and loses the answer', { when: 'after' }],
    ['takes the post and answers 500', { when: 'after', status: 500 }],
    [`is slow`, { delayMs: SLOW_MS }],
    ['cuts the connection', {}],
  ];

  it.each(TROUBLES)(
    '%s in one channel: one card each, and the other channel does not wait',
    async (what, fault) => {
      const { slack } = world;
      slack.fail({ method: 'chat.postMessage', channel: '#deploys', times: MANY, ...fault });
      const troubled = Array.from({ length: MANY }, (_, n) => ask('production', `trouble-${n}`));
      const fine = await ask('staging', 'fine');
      const outcomes = await Promise.all(troubled);
      expect([fine, ...outcomes].filter(({ hasRun }) => !hasRun)).toEqual([]);
      const cards = cardsIn(slack);
      expect(outcomes.filter(({ request }) => cards.get(request.id)?.length !== 1)).toEqual([]);
      const lag = Math.max(...(await Promise.all(world.servers.map(loopLagMs))));
      await world.expectPromises();
      measured({
        case: 'S2',
        promise: `Slack ${what} in one channel: one card each, the other channel goes on`,
        runs: MANY,
        figures: {
          'there at most, ms': largest(outcomes.map(({ decidedMs }) => decidedMs)),
          'elsewhere, ms': Math.round(fine.decidedMs),
          'event loop lag p99, ms': Math.round(lag),
        },
      });
    },
  );

  it(`brings the same press four times, to both servers, late and in any order: it counts once, ${PRESSES} times`, async () => {
    const { slack, servers } = world;
    for (let round = 0; round < PRESSES; round++) {
      const outcome = runClient(world, 'payments', ['echo', `again-${round}`], {
        onAsked: ({ id }) => void pressed(id),
      });
      const pressed = async (id: string) => {
        const card = await world.cardOf(id);
        slack.requestUrl = servers[0]?.slackUrl;
        const first = await slack.click('UANA', card, 'approve');
        // The very same bytes at the other server, which has not seen them, and the same press signed anew.
        slack.requestUrl = servers[1]?.slackUrl;
        const late = [
          slack.redeliver(first),
          slack.click('UANA', card, 'approve'),
          slack.click('UANA', card, 'approve'),
        ];
        expect((await Promise.all(late)).map(({ status }) => status)).toEqual([200, 200, 200]);
        await slack.click('UBEN', card, 'approve');
        // Out of order: what Ana pressed first comes once more after the end.
        expect((await slack.redeliver(first)).status).toBe(401);
      };
      expect((await outcome).request).toMatchObject({
        state: 'approved',
        decision: { people: { length: 2 } },
      });
    }
    const [votes] = await world.database.rows<{ n: number }>(sql`
      select count(*)::int as n from votes join requests on requests.id = request_id where environment = 'payments'`);
    expect(votes?.n).toBe(2 * PRESSES);
    await world.expectPromises();
    measured({
      case: 'S3',
      promise: 'the same press delivered four times, at both servers and out of order, counts once',
      runs: PRESSES,
      figures: { 'votes per person and request': 1 },
    });
  });

  it('is down until the deadline: whoever is on call is paged at once, and the deadline stands', async () => {
    const { slack, database, pager } = world;
    slack.down = true;
    const client = runClient(world, 'production', ['echo', 'slack-is-down'], { withoutHeartbeat: true });
    const from = performance.now();
    await until('an incident', () => pager.incidents.some(({ status }) => status === 'triggered'), 60_000);
    const pagedMs = performance.now() - from;
    await advance(database, '10 minutes');
    expect((await client).request.state).toBe('expired');
    slack.down = false;
    await world.expectPromises();
    measured({
      case: 'S6',
      promise:
        'Slack is down until the deadline: paged at once, denied in time, the card shows it afterwards',
      runs: 1,
      figures: { 'paged after, ms': Math.round(pagedMs) },
    });
  });
});

async function loopLagMs(server: { call(method: string, path: string): Promise<Response> }): Promise<number> {
  const text = await (await server.call('GET', '/metrics')).text();
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(text)?.[1] ?? 0) * 1000;
}
