import type { Measured } from './load.ts';
import { startPostgres } from './postgres.ts';
import { type Served, serve, startLoader } from './processes.ts';
import { figure, goal, median, round, say } from './report.ts';
import { makeQuestions, makeRules } from './rules-workload.ts';

/**
 * The allowed-at-once path: `POST /api/v1/requests` of a covered command, its records durable before the answer. All
 * servers live at the same time and are measured in turns; ratios are taken within a round.
 */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 2);
const WARM_SECONDS = Number(process.env.BENCH_WARM_SECONDS ?? 6);
const CONNECTIONS = [1, 16, 64];
const PART = 'http';

const postgres = await startPostgres();
const start = async (name: string, kind: string, isEmbedded = false): Promise<Served> =>
  serve(name, { BENCH_SERVER: kind, BENCH_DATABASE: isEmbedded ? '' : await postgres.fresh() });
const servers = [
  await start('gatehouse, postgres', 'gatehouse'),
  await start('the same server without the write', 'no-write'),
  await start('the same server, one small insert each', 'one-each'),
  await start('the same server, the same rows each by itself', 'each-alone'),
  await start('bare handler, one insert, postgres', 'insert'),
  await start('bare handler', 'echo'),
  await start('bare handler that decides', 'decide'),
  await start('gatehouse, embedded', 'gatehouse', true),
  await start('bare handler, one insert, embedded', 'insert', true),
];
const loader = startLoader();
const bodies = makeQuestions(makeRules(10_000), 3000)
  .filter(({ covered }) => covered)
  .map(({ text }) =>
    JSON.stringify({
      environment: 'production',
      command: text,
      reason: 'release',
      context: { source: 'github-actions', repository: 'acme/shop', run_id: '42' },
    }),
  );

const run = async (server: Served, connections: number, seconds: number): Promise<Measured> => {
  const { port, token } = server;
  const measured = await loader.measure({
    port,
    token,
    connections,
    seconds,
    path: '/api/v1/requests',
    bodies,
  });
  const wrong = Object.entries(measured.statuses).filter(([status]) => status !== '200');
  if (wrong.length > 0) throw new Error(`${server.name} answered ${JSON.stringify(measured.statuses)}`);
  return measured;
};

const results = new Map<string, Measured[]>();
const key = (name: string, connections: number) => `${name}@${connections}`;
const of = (name: string, connections: number): Measured[] => results.get(key(name, connections)) ?? [];

for (const server of servers) await run(server, 64, WARM_SECONDS);
for (let round = 0; round < ROUNDS; round++) {
  for (const connections of CONNECTIONS) {
    for (const server of servers) {
      const measured = await run(server, connections, SECONDS);
      const at = key(server.name, connections);
      results.set(at, [...(results.get(at) ?? []), measured]);
    }
  }
}

const mid = (name: string, connections: number, what: 'perSecond' | 'p50' | 'p99'): number =>
  median(of(name, connections).map((one) => one[what]));
/** Taken within each round. */
const ratio = (name: string, other: string, connections: number): number =>
  median(
    of(name, connections).map(
      (one, i) => one.perSecond / (of(other, connections)[i]?.perSecond ?? Number.NaN),
    ),
  );

for (const { name } of servers) {
  for (const connections of CONNECTIONS) {
    say({
      what: 'speed',
      server: name,
      connections,
      per_second: Math.round(mid(name, connections, 'perSecond')),
      p50_ms: round(mid(name, connections, 'p50')),
      p99_ms: round(mid(name, connections, 'p99')),
    });
  }
}
const PRODUCT = 'gatehouse, postgres';
const beside = (name: string, other: string, connections: number) =>
  figure(PART, `${name}, ${connections} connections`, mid(name, connections, 'perSecond'), 'req/s', {
    yardstick: other,
    yardstick_value: round(mid(other, connections, 'perSecond')),
    ratio: round(ratio(name, other, connections)),
  });
for (const connections of CONNECTIONS) {
  for (const other of servers.slice(1, 6)) beside(PRODUCT, other.name, connections);
  beside('gatehouse, embedded', 'bare handler, one insert, embedded', connections);
  beside('gatehouse, embedded', 'bare handler', connections);
}
for (const name of [PRODUCT, 'gatehouse, embedded']) {
  for (const connections of CONNECTIONS) {
    figure(PART, `${name}, ${connections} connections, p50`, mid(name, connections, 'p50'), 'ms');
    figure(PART, `${name}, ${connections} connections, p99`, mid(name, connections, 'p99'), 'ms');
  }
}
goal('b1@64 of no write', ratio(PRODUCT, 'the same server without the write', 64), { least: 0.8 });
goal('b1@16 of no write', ratio(PRODUCT, 'the same server without the write', 16), { least: 0.55 });
for (const each of ['one small insert each', 'the same rows each by itself'])
  goal(`b2@64 of ${each}`, ratio(PRODUCT, `the same server, ${each}`, 64), { least: 1.5 });
const insertAlone = mid('bare handler, one insert, postgres', 1, 'p50') - mid('bare handler', 1, 'p50');
goal('b3 p50@1 of echo and insert', mid(PRODUCT, 1, 'p50') / (mid('bare handler', 1, 'p50') + insertAlone), {
  most: 2.5,
});
goal('b3 p99@16 of p50', mid(PRODUCT, 16, 'p99') / mid(PRODUCT, 16, 'p50'), { most: 4 });
goal('b4@64 deciding, of not deciding', ratio('bare handler that decides', 'bare handler', 64), {
  least: 0.9,
});
goal(
  'embedded@64 of one insert each',
  ratio('gatehouse, embedded', 'bare handler, one insert, embedded', 64),
  { least: 0.5 },
);
goal(
  'embedded@16 of one insert each',
  ratio('gatehouse, embedded', 'bare handler, one insert, embedded', 16),
  { least: 0.5 },
);

loader.stop();
for (const server of servers) await server.stop();
await postgres.stop();
