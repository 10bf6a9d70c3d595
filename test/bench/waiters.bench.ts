import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import type { CrowdAnswer, CrowdOrder } from './crowd.ts';
import { startPostgres } from './postgres.ts';
import { serve, startHelper } from './processes.ts';
import { figure, goal, percentile, round, say } from './report.ts';
import { askOnce, copyRequest, endRequests } from './requests.ts';

/** Thousands of long polls in one process, each for a request of its own: what each costs, and how soon all are answered. */
const COUNT = Number(process.env.BENCH_WAITERS ?? 10_000);
const ONES = 100;
const PART = 'waiters';

const database = await startPostgres();
const url = await database.fresh();
const server = await serve('gatehouse', { BENCH_SERVER: 'gatehouse', BENCH_DATABASE: url, BENCH_RULES: '0' });
const sql = postgres(url, { max: 1, onnotice: () => {} });
const crowd = startHelper<CrowdOrder, CrowdAnswer>('./crowd.ts');
const overflows = (): number => {
  const [names, values] = readFileSync('/proc/net/netstat', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('TcpExt:'))
    .map((line) => line.split(' '));
  return Number(values?.[names?.indexOf('ListenOverflows') ?? -1] ?? Number.NaN);
};
/** What is measured beside it: the same clients at a bare node:http server that only keeps them. */
const settled = async (): Promise<{ rss: number; heap: number }> => {
  let before = await server.memory();
  for (;;) {
    await sleep(1500);
    const now = await server.memory();
    if (Math.abs(now.rss - before.rss) < 2 ** 20) return now;
    before = now;
  }
};

const first = await askOnce(server, 0);
const ids = await copyRequest(sql, first, COUNT);
await sql`analyze`;
// Once without measuring, so that the memory of what every server needs is not counted for the first waiters.
const few = ids.slice(0, 500);
await crowd.ask({ what: 'connect', port: server.port, token: server.token, ids: few });
await settled();
await crowd.ask({ what: 'leave' });
const empty = await settled();

const before = overflows();
const { connectedMs = Number.NaN } = await crowd.ask({
  what: 'connect',
  port: server.port,
  token: server.token,
  ids,
});
const full = await settled();
const each = (full.rss - empty.rss) / COUNT / 1024;
figure(PART, `memory of each of ${COUNT} long polls`, each, 'KiB', {
  yardstick: 'its V8 heap',
  yardstick_value: round((full.heap - empty.heap) / COUNT / 1024),
});
figure(PART, `until ${COUNT} are connected and have asked`, connectedMs / 1000, 's');

// They leave and come back at once, as after a restart of something between.
await crowd.ask({ what: 'leave' });
await settled();
const again = await crowd.ask({ what: 'connect', port: server.port, token: server.token, ids });
figure(PART, `until ${COUNT} are back`, (again.connectedMs ?? Number.NaN) / 1000, 's');
figure(PART, 'connections the kernel had no room for', overflows() - before, '');
await settled();

const single: number[] = [];
for (const [i, id] of ids.slice(0, ONES).entries()) {
  const start = performance.timeOrigin + performance.now();
  await endRequests(sql, [id]);
  const { times } = await crowd.ask({ what: 'answered', count: i + 1 });
  single.push((times[i] ?? Number.NaN) - start);
}
figure(PART, `one of ${COUNT} is answered, p50`, percentile(single, 0.5), 'ms');
figure(PART, `one of ${COUNT} is answered, p99`, percentile(single, 0.99), 'ms');

const start = performance.timeOrigin + performance.now();
await endRequests(sql, ids.slice(ONES));
const { times, lost } = await crowd.ask({ what: 'answered', count: COUNT });
const all = times.slice(ONES).map((time) => time - start);
figure(PART, `all ${COUNT} are answered, p50`, percentile(all, 0.5) / 1000, 's');
figure(PART, `all ${COUNT} are answered, the last`, Math.max(...all) / 1000, 's');
say({ what: 'waiters', count: COUNT, answered: times.length, lost });
goal('c1 KiB each', each, { most: 11 });
goal('c1 lost', COUNT - times.length, { most: 0 });
goal('c3 overflows', overflows() - before, { most: 0 });

crowd.stop();
await sql.end();
await server.stop();
await database.stop();
