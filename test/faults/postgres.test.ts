import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { advance } from '../support/clock.ts';
import { type OwnPostgres, startOwnPostgres } from '../support/own-postgres.ts';
import { until } from '../support/until.ts';
import { type Outcome, runClient } from './client.ts';
import { inForm, isLong, largest, measured } from './form.ts';
import { coverEcho, type FaultWorld, startFaultWorld } from './world.ts';

vi.setConfig({ testTimeout: inForm(90_000, 300_000), hookTimeout: 180_000 });

const CRASHES = inForm(1, 5);
const HANGS = inForm(1, 3);
const HANG_MS = inForm(3000, 20_000);
/** A server answers that it cannot, rather than nothing, and is well again soon after its database is. */
const ANSWERS_WITHIN_MS = 15_000;
const WELL_WITHIN_MS = 10_000;

describe('PostgreSQL', () => {
  let postgres: OwnPostgres;
  let world: FaultWorld;
  beforeAll(async () => {
    postgres = await startOwnPostgres();
    world = await startFaultWorld({ databaseUrl: postgres.url });
    await coverEcho(world);
  });
  afterEach(async () => {
    postgres.thaw();
    if (!postgres.isRunning()) await postgres.start();
    await world.recover();
  });
  afterAll(async () => {
    await world?.close();
    await postgres?.close();
  });

  /** From now until a server takes a request. */
  async function untilWell(): Promise<number> {
    const from = performance.now();
    await until('every server to be ready', async () => {
      const answers = await Promise.all(
        world.servers.map((each) => each.call('GET', '/readyz').catch(() => null)),
      );
      return answers.every((answer) => answer?.status === 200);
    });
    return performance.now() - from;
  }

  /** Clients that ask for what a rule covers and for what people approve, until it is over. */
  function load(name: string): { end(): Promise<Outcome[]> } {
    const clients: Promise<Outcome>[] = [];
    const { signal } = world;
    let isOver = false;
    const running = (async () => {
      for (let n = 0; !isOver && !signal.aborted; n++) {
        clients.push(
          n % 5 === 0
            ? runClient(world, 'production', ['echo', name, `n${n}`], {
                withoutHeartbeat: !isLong,
                onAsked: ({ id }) => world.approve(id),
              })
            : runClient(world, 'staging', ['echo', 'covered', `${name}-${n}`]),
        );
        await sleep(50);
      }
    })();
    return {
      end: async () => {
        isOver = true;
        await running;
        return Promise.all(clients);
      },
    };
  }

  it(`crashes under load ${CRASHES} times: what was answered is there, and nothing is approved meanwhile`, async () => {
    const [recovered, asked]: [number[], Outcome[]] = [[], []];
    for (let run = 0; run < CRASHES; run++) {
      const clients = load(`crash-${run}`);
      await sleep(1000);
      await postgres.crash();
      expect((await askOnce(`down-${run}`)).status).toBe(503);
      await postgres.start();
      recovered.push(await untilWell());
      await sleep(500);
      // Whoever held a card when the database went holds it for half a minute: longer than there is to learn here.
      if (!isLong) await advance(world.database, '31 seconds');
      asked.push(...(await clients.end()));
    }
    expect(asked.filter(({ hasRun }) => !hasRun)).toEqual([]);
    expect(Math.max(...recovered)).toBeLessThan(WELL_WITHIN_MS);
    await world.expectPromises();
    measured({
      case: 'P1',
      promise: 'PostgreSQL crashes under load: what was answered is there, 503 until it is back',
      runs: CRASHES,
      figures: {
        'requests under way': asked.length,
        lost: 0,
        'well again after at most, ms': largest(recovered),
      },
    });
  });

  async function askOnce(label: string): Promise<{ status: number; ms: number }> {
    const from = performance.now();
    const body = { environment: 'staging', argv: ['echo', 'covered', label] };
    const answer = await world.a.call('POST', '/api/v1/requests', { token: world.token, body });
    return { status: answer.status, ms: performance.now() - from };
  }

  it('is down across a deadline: the request has expired, also for a press that comes before anything else', async () => {
    const client = runClient(world, 'production', ['echo', 'deadline'], {
      withoutHeartbeat: true,
      onAsked: ({ id }) => void world.cardOf(id).then(pressLate),
    });
    let pressed = (_: number) => {};
    const press = new Promise<number>((resolve) => {
      pressed = resolve;
    });
    const pressLate = async (card: { channel: string; ts: string }) => {
      await until('the card to be noted', async () => {
        const rows = await world.database.rows(
          sql`select id from cards where ts = ${card.ts} and lease_until is null`,
        );
        return rows.length === 1;
      });
      await postgres.stop();
      // Stopped where they stand, they cannot sweep before the press.
      for (const server of world.servers) server.freeze();
      await postgres.start();
      await advance(world.database, '10 minutes');
      const delivery = world.slack.click('UANA', card, 'approve');
      for (const server of world.servers) server.thaw();
      pressed((await delivery).status);
    };
    world.slack.requestUrl = world.a.slackUrl;
    await press;
    const { request, hasRun } = await client;
    expect({ state: request.state, hasRun }).toEqual({ state: 'expired', hasRun: false });
    const [late] = await world.database.rows<{ ms: number }>(sql`
      select (extract(epoch from decided_at - expires_at) * 1000)::float8 as ms from requests where id = ${request.id}`);
    await world.expectPromises();
    measured({
      case: 'P2',
      promise:
        'PostgreSQL is down across a deadline: expired, though somebody presses Approve before the sweep',
      runs: 1,
      figures: { 'ended after the deadline, ms': Math.round(late?.ms ?? 0) },
    });
  });

  it(`hangs ${HANGS} times: servers say so, and are well again soon after it`, async () => {
    const [answered, recovered]: [number[], number[]] = [[], []];
    for (let run = 0; run < HANGS; run++) {
      postgres.freeze();
      const end = sleep(HANG_MS);
      const asks = Array.from({ length: 30 }, (_, n) => askOnce(`hang-${run}-${n}`));
      const health = await Promise.all(world.servers.map((each) => each.call('GET', '/readyz')));
      expect(health.map(({ status }) => status)).toEqual(world.servers.map(() => 503));
      await end;
      postgres.thaw();
      recovered.push(await untilWell());
      const answers = await Promise.all(asks);
      // A short hang is waited for; a long one is not.
      if (isLong) expect(answers.filter(({ status }) => status !== 503)).toEqual([]);
      expect(answers.filter(({ status }) => status !== 503 && status !== 200)).toEqual([]);
      answered.push(...answers.map(({ ms }) => ms));
      const after = await runClient(world, 'staging', ['echo', 'covered', `after-hang-${run}`]);
      expect(after.hasRun).toBe(true);
    }
    expect(Math.max(...answered)).toBeLessThan(ANSWERS_WITHIN_MS);
    expect(Math.max(...recovered)).toBeLessThan(WELL_WITHIN_MS);
    await world.expectPromises();
    measured({
      case: 'P3',
      promise: 'PostgreSQL hangs for 20 s: 503 instead of silence, readyz says so, well again soon after',
      runs: HANGS,
      figures: {
        'answered 503 after at most, ms': largest(answered),
        'well again after at most, ms': largest(recovered),
      },
    });
  });
});
