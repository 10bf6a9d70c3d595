import http from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RequestBody } from '../../src/api.ts';
import { advance } from '../support/clock.ts';
import { CONFIG } from '../support/gate.ts';
import { cardsIn } from '../support/invariants.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { startCable } from '../support/wire.ts';
import { runClient } from './client.ts';
import { inForm, isLong, largest, measured, quantile } from './form.ts';
import { coverEcho, type FaultWorld, startFaultWorld } from './world.ts';

vi.setConfig({ testTimeout: inForm(60_000, 300_000), hookTimeout: 120_000 });

const WAITERS = inForm(200, 5000);
const REQUESTS = inForm(5, 50);
const FLOOD = inForm(300, 2000);
const SLOW_SENDERS = inForm(50, 500);
const SECONDS_OF_MIX = 60;
const PER_SECOND = 100;
/** What a replica may use with all that wait at it. */
const MOST_MEGABYTES = 600;

describe('many at once', () => {
  let world: FaultWorld;
  beforeAll(async () => {
    world = await startFaultWorld();
    await coverEcho(world);
  });
  afterEach(() => world.recover());
  afterAll(() => world.close());

  it(`${WAITERS} clients wait, and all that they wait for ends in the same second: all are answered`, async () => {
    const { database, a, b, ledger } = world;
    const ids: string[] = [];
    for (let n = 0; n < REQUESTS; n++) ids.push((await world.ask(a, 'production', 'echo', `wait${n}`)).id);
    for (const id of ids) await world.cardOf(id);
    const before = (await socketsOf(a)) + (await socketsOf(b));
    const agent = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
    const polls = Array.from({ length: WAITERS }, (_, n) =>
      waitFor(agent, n % 2 ? a : b, { id: ids[n % REQUESTS] ?? '', token: world.token }),
    );
    const waiting = async () => (await socketsOf(a)) + (await socketsOf(b)) - before;
    // A few connections for other calls come and go.
    await until('all to wait', async () => (await waiting()) > WAITERS - 10, 50_000);
    const megabytes = Math.max(await memoryOf(a), await memoryOf(b));
    const from = performance.now();
    await advance(database, '10 minutes 1 second');
    const answers = await Promise.all(polls);
    const all = performance.now() - from;
    agent.destroy();
    expect(answers.map((request) => request?.state).filter((state) => state !== 'expired')).toEqual([]);
    expect(megabytes).toBeLessThan(MOST_MEGABYTES);
    for (const id of ids) ledger.accepted.add(id);
    await world.expectPromises();
    measured({
      case: 'C1',
      promise: `${WAITERS} clients wait, and what they wait for ends in the same second: all are answered`,
      runs: WAITERS,
      figures: { 'all answered after, ms': Math.round(all), 'a replica uses, MB': Math.round(megabytes) },
    });
  });

  it.runIf(isLong)(
    `takes ${PER_SECOND} requests a second, a third of them covered, for a minute`,
    async () => {
      const body = (n: number) =>
        n % 3 === 0
          ? { environment: 'staging', argv: ['echo', 'covered', `mix${n}`] }
          : { environment: 'production', argv: ['echo', `mix${n}`], context: { run_id: `mix${n}` } };
      const times: { ms: number; status: number }[] = [];
      const asks: Promise<unknown>[] = [];
      const from = performance.now();
      for (let n = 0; n < PER_SECOND * SECONDS_OF_MIX; n++) {
        await sleep(Math.max(0, from + (n * 1000) / PER_SECOND - performance.now()));
        asks.push(
          (async () => {
            const begun = performance.now();
            const answer = await world
              .living()
              .call('POST', '/api/v1/requests', { token: world.token, body: body(n) });
            times.push({ ms: performance.now() - begun, status: answer.status });
            world.ledger.accepted.add(((await answer.json()) as RequestBody).id);
          })(),
        );
      }
      await Promise.all(asks);
      expect(times.filter(({ status }) => status !== 200 && status !== 202)).toEqual([]);
      await advance(world.database, '10 minutes 1 second');
      const left = () => world.database.rows(sql`select id from requests where state = 'pending' limit 1`);
      await until('all to end', async () => (await left()).length === 0, 120_000);
      const ended = performance.now();
      const behind = () =>
        world.database.rows(sql`select id from cards where wanted_version > shown_version limit 1`);
      await until('every card to show it', async () => (await behind()).length === 0, 200_000);
      const took = (wanted: number) => times.filter(({ status }) => status === wanted).map(({ ms }) => ms);
      measured({
        case: 'C2',
        promise: `${PER_SECOND} requests a second for a minute, a third covered: every one answered`,
        runs: times.length,
        figures: {
          'allowed at once p50, ms': quantile(took(200), 0.5),
          'allowed at once p99, ms': quantile(took(200), 0.99),
          'taken p50, ms': quantile(took(202), 0.5),
          'taken p99, ms': quantile(took(202), 0.99),
          'last card shown after, s': Math.round((performance.now() - ended) / 1000),
        },
      });
    },
  );

  it(`${SLOW_SENDERS} connections send their headers one byte at a time: others are served, those are closed`, async () => {
    const { a } = world;
    const { port, hostname } = new URL(a.url);
    const sockets = Array.from({ length: SLOW_SENDERS }, () => net.connect(Number(port), hostname));
    let closed = 0;
    for (const socket of sockets) {
      socket.on('error', () => {});
      socket.on('close', () => {
        closed += 1;
      });
      socket.write('POST /api/v1/requests HTTP/1.1\r\nHost: gate\r\nX-Slow: ');
    }
    const drip = setInterval(() => {
      for (const socket of sockets) if (!socket.destroyed) socket.write('x');
    }, 1000);
    const fine = await runClient(world, 'staging', ['echo', 'covered', 'beside-the-slow'], { url: a.url });
    expect(fine.hasRun).toBe(true);
    const from = performance.now();
    // The server looks for them every half minute.
    if (isLong) await until('all to be closed', () => closed === SLOW_SENDERS, 90_000);
    clearInterval(drip);
    for (const socket of sockets) socket.destroy();
    if (isLong)
      measured({
        case: 'C5',
        promise: `${SLOW_SENDERS} slow senders: others are served meanwhile, and they are closed`,
        runs: SLOW_SENDERS,
        figures: {
          'served beside them after, ms': Math.round(fine.decidedMs),
          'closed after, ms': largest([performance.now() - from]),
        },
      });
  });

  it.runIf(isLong)(
    'a connection goes silent in both directions: the client asks again, the server lets it go',
    async () => {
      const cable = await startCable(world.a.url);
      const open = await socketsOf(world.a);
      const client = runClient(world, 'production', ['echo', 'half-open'], {
        url: cable.url,
        onAsked: ({ id }) => {
          void world.cardOf(id).then(() => {
            cable.freeze();
            world.approve(id);
          });
        },
      });
      const from = performance.now();
      await until(
        'the approval',
        async () => {
          const [row] = await world.database.rows(
            sql`select id from requests where state = 'approved' and command::text like '%half-open%'`,
          );
          return row !== undefined;
        },
        60_000,
      );
      // What is open stays silent; a new connection works.
      cable.thawNew();
      expect((await client).hasRun).toBe(true);
      const learned = performance.now() - from;
      expect(learned).toBeLessThan(45_000);
      await until(
        'the server to let the silent connection go',
        async () => (await socketsOf(world.a)) <= open + 2,
        150_000,
      );
      await cable.close();
      await world.expectPromises();
      measured({
        case: 'C4',
        promise: 'a connection goes silent: the client asks again on another, the server lets the old one go',
        runs: 1,
        figures: {
          'learnt the decision after, ms': Math.round(learned),
          'let go after, ms': Math.round(performance.now() - from),
        },
      });
    },
  );
});

describe('a flood from one token', () => {
  let replicas: Replicas;
  beforeAll(async () => {
    const config = CONFIG.replace(
      /^limits:.*$/m,
      'limits: { requests_per_second: 20, burst: 100, pending_per_token: 50 }',
    );
    replicas = await startReplicas('http', config, { count: 1 });
  });
  afterAll(() => replicas.close());

  it(`of ${FLOOD} requests is cut short with 429, and nobody else notices`, async () => {
    const { a, token, slack } = replicas;
    const other = await a.token();
    const body = (label: string) => ({
      environment: 'production',
      argv: ['echo', label],
      context: { run_id: label },
    });
    const ask = async (from: string, label: string) => {
      const begun = performance.now();
      const answer = await a.call('POST', '/api/v1/requests', { token: from, body: body(label) });
      return {
        status: answer.status,
        retryAfter: answer.headers.get('retry-after'),
        ms: performance.now() - begun,
      };
    };
    const flood = Promise.all(Array.from({ length: FLOOD }, (_, n) => ask(token, `flood${n}`)));
    const others: Awaited<ReturnType<typeof ask>>[] = [];
    for (let n = 0; n < 10; n++) others.push(await ask(other, `calm${n}`));
    const flooded = await flood;
    const count = (status: number) => flooded.filter((each) => each.status === status).length;
    expect(count(202) + count(429)).toBe(FLOOD);
    // Those that are counted at the same moment, one on each connection to the database, do not see each other.
    expect(count(202)).toBeLessThanOrEqual(50 + 10);
    expect(
      flooded.filter(({ status, retryAfter }) => status === 429 && retryAfter === null).length,
    ).toBeLessThan(FLOOD / 2);
    expect(others.map(({ status }) => status)).toEqual(Array(10).fill(202));
    await until('the calm ones to be shown', () => cardsIn(slack).size > 0);
    measured({
      case: 'C3',
      promise: `a flood of ${FLOOD} requests from one token: 429 beyond its limits, others are served`,
      runs: FLOOD,
      figures: {
        taken: count(202),
        refused: count(429),
        'others p99, ms': largest(others.map(({ ms }) => ms)),
      },
    });
  });
});

/** Polls as clients do, until it has ended. Null: a connection was lost. */
async function waitFor(
  agent: http.Agent,
  server: ServerProcess,
  asked: { id: string; token: string },
): Promise<RequestBody | null> {
  for (let version = 1; ; ) {
    const request = await poll(agent, server, { ...asked, version });
    if (request?.state !== 'pending') return request;
    version = request.version;
  }
}

function poll(
  agent: http.Agent,
  server: ServerProcess,
  { id, token, version }: { id: string; token: string; version: number },
): Promise<RequestBody | null> {
  const url = new URL(`/api/v1/requests/${id}?wait=55&version=${version}`, server.url);
  return new Promise((resolve) => {
    const sent = http.get(url, { agent, headers: { authorization: `Bearer ${token}` } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve(JSON.parse(text) as RequestBody));
    });
    sent.on('error', () => resolve(null));
  });
}

const figureOf = async (server: ServerProcess, name: RegExp): Promise<number> =>
  Number(name.exec(await (await server.call('GET', '/metrics')).text())?.[1] ?? 0);
const socketsOf = (server: ServerProcess) =>
  figureOf(server, /^nodejs_active_resources\{type="TCPSocketWrap"\} (\S+)/m);
const memoryOf = async (server: ServerProcess) =>
  (await figureOf(server, /^process_resident_memory_bytes (\S+)/m)) / 1024 / 1024;
