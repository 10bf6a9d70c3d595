import postgres from 'postgres';
import { claimDueCards } from '../../src/store/cards.ts';
import { openPostgres } from '../../src/store/database.ts';
import { approvedLike, viewRequest } from '../../src/store/requests.ts';
import { claimDueTimers } from '../../src/store/timers.ts';
import { startPostgres } from './postgres.ts';
import { serve, startLoader } from './processes.ts';
import { figure, goal, median, percentile, round, say } from './report.ts';
import { askOnce } from './requests.ts';
import { makeQuestions, makeRules } from './rules-workload.ts';

/**
 * A million finished requests, with their records and timers: no figure may grow with them. Everything is measured
 * with a thousand first, then with a million, on the same server.
 */
const MANY = Number(process.env.BENCH_MANY ?? 1_000_000);
const FEW = 1000;
const PART = 'million';
/** What a clock and a busy machine may add to a figure of some milliseconds. */
const MAY_GROW = 1.5;

const database = await startPostgres();
const url = await database.fresh();
const server = await serve('gatehouse', {
  BENCH_SERVER: 'gatehouse',
  BENCH_DATABASE: url,
  BENCH_RULES: '1000',
});
const sql = postgres(url, { max: 1, onnotice: () => {} });
const store = await openPostgres(url, { connections: 2 });
const loader = startLoader();
const bodies = makeQuestions(makeRules(1000), 2000)
  .filter(({ covered }) => covered)
  .map(({ text }) => JSON.stringify({ environment: 'production', command: text, context: { run_id: '42' } }));
const load = (seconds: number, connections: number) =>
  loader.measure({
    port: server.port,
    token: server.token,
    connections,
    seconds,
    path: '/api/v1/requests',
    bodies,
  });
const get = async (path: string): Promise<number> => {
  const start = performance.now();
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    headers: { authorization: `Bearer ${server.token}` },
  });
  await answer.text();
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
  return performance.now() - start;
};
const timesOf = async (act: (i: number) => Promise<number>, count = 30): Promise<number> => {
  const times: number[] = [];
  for (let i = 0; i < count; i++) times.push(await act(i));
  return percentile(times, 0.5);
};
const timed = async (act: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await act();
  return performance.now() - start;
};
let asked = 0;
let latest = '';
const ask = async (): Promise<number> => {
  asked += 1;
  const start = performance.now();
  latest = await askOnce(server, asked);
  return performance.now() - start;
};

await load(6, 16);
const [allowed] = await sql<{ id: string }[]>`select id from requests where state = 'approved' limit 1`;
if (!allowed) throw new Error('nothing was allowed');
await finished(0, FEW);
const few = await measure();
const start = performance.now();
await finished(FEW, MANY);
say({ what: 'filled', requests: MANY, seconds: Math.round((performance.now() - start) / 1000) });
const many = await measure();

for (const [name, value] of Object.entries(many)) {
  const before = few[name as keyof typeof few];
  const growth = name.includes('req/s') ? before / value : value / before;
  figure(PART, name, value, name.includes('req/s') ? '' : 'ms', {
    yardstick: `with ${FEW}`,
    yardstick_value: round(before),
    ratio: round(growth),
  });
  goal(`${name} grows at most`, growth, { most: MAY_GROW });
}
loader.stop();
await store.close();
await sql.end();
await server.stop();
await database.stop();

async function measure() {
  // Plans made while the tables were small are not what is measured.
  await sql.unsafe('vacuum analyze');
  const rounds = [];
  for (let i = 0; i < 3; i++) rounds.push({ one: await load(2, 1), many: await load(2, 64) });
  return {
    'allowed at once, 64 connections, req/s': median(rounds.map(({ many }) => many.perSecond)),
    'allowed at once, 1 connection, p50': median(rounds.map(({ one }) => one.p50)),
    'asking people, p50': await timesOf(ask),
    'list of what waits, p50': await timesOf(() => get('/api/v1/requests?state=pending&limit=20')),
    'list of the latest, p50': await timesOf(() => get('/api/v1/requests')),
    'list of what was denied, p50': await timesOf(() => get('/api/v1/requests?state=denied')),
    'one request, p50': await timesOf(() => get(`/api/v1/requests/${allowed?.id}`)),
    'all that a card shows, p50': await timesOf(() => timed(() => viewRequest(store.db, latest))),
    'commands like one, p50': await timesOf(() =>
      timed(() =>
        approvedLike(store.db, {
          id: latest,
          family: 'kubectl set image',
          environment: 'production',
          project: 'shop',
        }),
      ),
    ),
    'timers that are due, p50': await timesOf(() =>
      timed(() => claimDueTimers(store, ['expire', 'lapse'], 8)),
    ),
    'cards that are due, p50': await timesOf(() => timed(() => claimDueCards(store, 10, 30))),
    'metrics, p50': await timesOf(() => get('/metrics')),
  };
}

/** Finished requests like the first that was allowed, over the last year, each with its records and its timer. */
async function finished(from: number, to: number): Promise<void> {
  const STEP = 50_000;
  const columns = (
    await sql<{ name: string }[]>`
      select column_name as name from information_schema.columns where table_name = 'requests' and table_schema = 'public'`
  ).map(({ name }) => name);
  for (let at = from; at < to; at += STEP) {
    const until = Math.min(to, at + STEP);
    await sql.unsafe(`
      insert into requests (${columns})
      select ${finishedAs(columns)} from requests r, generate_series(${at + 1}, ${until}) as n,
        lateral (select now() - n * interval '25 seconds' - interval '20 minutes' as at) as time
      where r.id = '${allowed?.id}'`);
    await sql`
      insert into records (seq, request_id, type, at, envelope, hash)
      select -n, 'req_done' || lpad(n::text, 22, '0'), r.type, r.at, '{}', r.hash
      from records r, generate_series(${at + 1}::int, ${until}::int) as n
      where r.request_id = ${allowed?.id ?? ''} and r.type = 'approved'`;
    await sql`
      insert into timers (kind, request_id, due_at, attempts, done_at)
      select 'lapse', 'req_done' || lpad(n::text, 22, '0'), now(), 0, now()
      from generate_series(${at + 1}::int, ${until}::int) as n`;
    await sql`
      insert into cards (request_id, channel, ts, wanted_version, shown_version, attempts, next_at, settled)
      select 'req_done' || lpad(n::text, 22, '0'), 'C0', n::text, 2, 2, 0, now(), true
      from generate_series(${at + 1}::int, ${until}::int) as n`;
  }
}

/** What is different about each; all else is as in the one they are made from. */
function finishedAs(columns: string[]): string {
  const own: Record<string, string> = {
    id: "'req_done' || lpad(n::text, 22, '0')",
    idempotency_key: "'done-' || n",
    same_key: 'case when n % 10 = 0 then r.same_key else md5(n::text) end',
    state: "(array['approved', 'approved', 'approved', 'denied', 'expired', 'withdrawn'])[1 + n % 6]",
    created_at: 'at',
    decided_at: 'at',
    expires_at: "at + interval '10 minutes'",
    use_by: "at + interval '15 minutes'",
    started_at: 'case when n % 6 < 3 then at end',
    outcome_at: 'case when n % 6 < 3 then at end',
    exit_code: 'case when n % 6 < 3 then n % 2 end',
    decision: `'{"by": "people", "reason": "because", "people": []}'::jsonb`,
    // Rows and indexes are what could slow it down, not the bytes of a million signatures.
    grant_envelope: 'null',
  };
  return columns.map((name) => own[name] ?? `r."${name}"`).join(', ');
}
