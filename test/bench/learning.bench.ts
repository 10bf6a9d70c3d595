import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import postgres, { type Sql } from 'postgres';
import type { PastDecision } from '../../src/core/learning/suggestion.ts';
import type { Judged, Timed, Weighed } from './learning-run.ts';
import { END, makeHistory } from './learning-workload.ts';
import { startPostgres } from './postgres.ts';
import { serve } from './processes.ts';
import { figure, goal, median, percentile, round, say } from './report.ts';
import { makeQuestions, makeRules } from './rules-workload.ts';

/**
 * Learning from 10,000 to 1,000,000 past decisions: how long, and with how much memory, beside a grouping of the same
 * lines by their first two words and one by typed masks; what the suggestions are worth; and whether the server keeps
 * answering in the night. Every history is in a process of its own, in which all ways take turns at every piece of it.
 *
 *   npx tsx test/bench/learning.bench.ts [speed] [memory] [quality] [server]
 */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const SIZES = [10_000, 100_000, Number(process.env.BENCH_MANY ?? 1_000_000)];
const [FEW, SOME, MANY] = SIZES as [number, number, number];
const PART = 'learning';
/** Between two questions to the server. */
const EVERY_MS = 20;
/** Rows that are filled in at once. */
const STEP = 2000;
/** Drain3 with its example masks takes 1/40 of the lines that typed masks take, as measured once on one machine. */
const MASKS_BY_DRAIN3 = 39.5;

function run<T>(...given: (string | number)[]): Promise<T> {
  const file = fileURLToPath(new URL('./learning-run.ts', import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', file, ...given.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(text) as T);
      else reject(new Error(`learning-run.ts ${given.join(' ')} ended with ${code}`));
    });
  });
}

const SECTIONS = { speed, memory, quality, server };
for (const [name, section] of Object.entries(SECTIONS))
  if (process.argv.length < 3 || process.argv.includes(name)) await section();

async function speed(): Promise<void> {
  const rounds: Timed[][] = [];
  for (let turn = 0; turn < ROUNDS; turn++) {
    const sizes: Timed[] = [];
    for (const size of SIZES) sizes.push(await run<Timed>('time', size));
    rounds.push(sizes);
  }
  const mid = (at: number, of: (ms: Timed['ms']) => number): number =>
    median(rounds.map((sizes) => of((sizes[at] as Timed).ms)));
  const whole = (ms: Timed['ms']): number => ms.learner + ms.end;
  for (const [at, size] of SIZES.entries()) {
    for (const other of ['words', 'masks'] as const) {
      const tell = (words: string, of: (ms: Timed['ms']) => number) =>
        figure(PART, `${words}, ${size} decisions`, mid(at, of) / 1000, 's', {
          yardstick: other === 'words' ? 'first two words' : 'masks',
          yardstick_value: round(mid(at, (ms) => ms[other]) / 1000),
          ratio: round(mid(at, (ms) => of(ms) / ms[other])),
        });
      tell('learned', whole);
      tell('of it taking them', (ms) => ms.learner);
    }
    say({ what: 'learned', decisions: size, suggestions: rounds[0]?.[at]?.suggestions });
  }
  const exponent = (of: (ms: Timed['ms']) => number): number =>
    median(rounds.map((sizes) => Math.log(of((sizes[2] as Timed).ms) / of((sizes[0] as Timed).ms)))) /
    Math.log(MANY / FEW);
  for (const [name, of] of [
    ['learning', whole],
    ['taking', (ms: Timed['ms']) => ms.learner],
    ['masks', (ms: Timed['ms']) => ms.masks],
    ['first two words', (ms: Timed['ms']) => ms.words],
  ] as const)
    figure(PART, `seconds grow with the decisions to the power of, ${name}`, exponent(of), '');
  goal(
    `d1 of first two words@${MANY}`,
    mid(2, (ms) => whole(ms) / ms.words),
    { most: 10 },
  );
  goal('d1 growth exponent', exponent(whole), { most: 1.05 });
  goal(
    `learning, of masks@${MANY}`,
    mid(2, (ms) => whole(ms) / ms.masks),
    { most: 5 },
  );
  goal(
    `d2 taking, of Drain3 (masks / ${MASKS_BY_DRAIN3})@${SOME}`,
    mid(1, (ms) => (MASKS_BY_DRAIN3 * ms.masks) / ms.learner),
    {
      least: 25,
    },
  );
}

async function memory(): Promise<void> {
  const kept: number[] = [];
  for (const size of SIZES) {
    const nothing = await run<Weighed>('memory', size, 'nothing');
    const masks = await run<Weighed>('memory', size, 'masks');
    const learner = await run<Weighed>('memory', size, 'learner');
    kept.push(learner.heapMb);
    const beside = (name: string, of: 'peakMb' | 'heapMb', yardstick: string, value: number) =>
      figure(PART, `${name}, ${size} decisions`, learner[of], 'MB', {
        yardstick,
        yardstick_value: round(value),
      });
    beside('most memory', 'peakMb', 'the lines alone', nothing.peakMb);
    beside('heap kept', 'heapMb', 'masks', masks.heapMb);
    figure(PART, `kinds of lines, ${size} decisions`, learner.kinds, '');
    goal(`d4 heap MB for 10,000 kinds@${size}`, (learner.heapMb / learner.kinds) * 10_000, { most: 5 });
    if (size === MANY) goal(`d4 most MB@${size}`, learner.peakMb, { most: 250 });
  }
  const exponent = Math.log((kept[2] ?? 0) / (kept[0] ?? 0)) / Math.log(MANY / FEW);
  figure(PART, 'heap grows with the decisions to the power of', exponent, '');
}

async function quality(): Promise<void> {
  for (const values of ['seen', 'unseen']) {
    const { covered, exact, mixed, wrong, odd } = await run<Judged>('quality', SOME, values);
    figure(PART, `other lines that pass, values ${values}`, 100 * covered, '%');
    goal(`d3 exact, values ${values}`, exact, { least: 0.95 });
    goal(`d3 mixed, values ${values}`, mixed, { most: 0 });
    goal(`passed of ${odd} that nobody approved, values ${values}`, wrong, { most: 0 });
  }
}

/** A whole night over the database of a server that is asked for something covered, fifty times a second. */
async function server(): Promise<void> {
  const database = await startPostgres();
  const url = await database.fresh();
  const served = await serve('gatehouse', {
    BENCH_SERVER: 'gatehouse',
    BENCH_DATABASE: url,
    BENCH_RULES: '1000',
  });
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const bodies = makeQuestions(makeRules(1000), 500)
    .filter(({ covered }) => covered)
    .map(({ text }) =>
      JSON.stringify({ environment: 'production', command: text, context: { run_id: '42' } }),
    );
  const probe = prober(served, bodies);
  await probe(sleep(3000));
  // Tonight's is done already, as far as the server knows.
  await sql`insert into nights (id, due_at, attempts, done, finished_at)
    values ('9999-01-01', now(), 0, '[]', now())`;
  await fill(sql, SOME);
  const before = await probe(sleep(5000));
  const memoryBefore = await served.memory();
  await sql`delete from nights`;
  const isThere = async (what: string, pause: number): Promise<void> => {
    while ((await sql`select 1 from nights where ${what} = '' or done ? ${what}`).length === 0)
      await sleep(pause);
  };
  await isThere('', 10);
  const start = performance.now();
  const during = await probe(isThere('learn', 50));
  const seconds = (performance.now() - start) / 1000;
  const memoryAfter = await served.memory();
  figure(PART, `a night's learning over ${SOME} rows of the database`, seconds, 's');
  figure(PART, 'memory of the server after it', memoryAfter.rss / 2 ** 20, 'MB', {
    yardstick: 'before',
    yardstick_value: round(memoryBefore.rss / 2 ** 20),
  });
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
    ['slowest', 1],
  ] as const)
    figure(PART, `answer meanwhile, ${name}`, percentile(during, share), 'ms', {
      yardstick: 'before',
      yardstick_value: round(percentile(before, share)),
      ratio: round(percentile(during, share) / percentile(before, share)),
    });
  goal('ms of the slowest answer while it learns', Math.max(...during), { most: 250 });
  await sql.end();
  await served.stop();
  await database.stop();
}

/** Asks at fixed times, whether or not it was answered: a server that stands still makes every one of them wait. */
function prober({ port, token }: { port: number; token: string }, bodies: string[]) {
  const agent = new Agent({ keepAlive: true });
  let asked = 0;
  const ask = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const body = bodies[asked++ % bodies.length] as string;
      const sent = request(
        {
          agent,
          port,
          host: '127.0.0.1',
          path: '/api/v1/requests',
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          },
        },
        (answer) => {
          if (answer.statusCode !== 200) return reject(new Error(`answered ${answer.statusCode}`));
          answer.resume().once('end', resolve);
        },
      );
      sent.once('error', reject).end(body);
    });
  return async (until: Promise<unknown>): Promise<number[]> => {
    const times: number[] = [];
    const asks: Promise<void>[] = [];
    let isOver = false;
    const ended = until.finally(() => {
      isOver = true;
    });
    for (let due = performance.now(); !isOver; due += EVERY_MS) {
      await sleep(Math.max(0, due - performance.now()));
      asks.push(ask().then(() => void times.push(performance.now() - due)));
    }
    await Promise.all([ended, ...asks]);
    return times;
  };
}

/** Decided requests of the last 90 days, like the one that a rule let pass but for what a history says of them. */
async function fill(sql: Sql, count: number): Promise<void> {
  const [model] = await sql<{ id: string }[]>`select id from requests where state = 'approved' limit 1`;
  if (!model) throw new Error('nothing was allowed');
  const history = makeHistory(count);
  for (let at = 0; at < count; at += STEP) {
    const rows = history.take(Math.min(STEP, count - at)).map(({ past }, i) => rowOf(past, at + i));
    await sql`
      insert into requests
      select (jsonb_populate_record(r, one)).*
      from requests r, jsonb_array_elements(${JSON.stringify(rows)}::text::jsonb) as one where r.id = ${model.id}`;
  }
  await sql`analyze`;
}

function rowOf(
  { at, environment, project, requester, command, decision, decidedBy, exitCode }: PastDecision,
  n: number,
) {
  const moment = new Date(at - END + Date.now() - 86_400_000).toISOString();
  const people = [{ subject: `slack:T0:${decidedBy}`, name: decidedBy }];
  return {
    id: `req_past${String(n).padStart(22, '0')}`,
    idempotency_key: `past-${n}`,
    same_key: `past-${n}`,
    command: { kind: 'shell', text: command },
    environment,
    project,
    requester: { tokenId: 'tok_past', tokenName: 'past', kind: 'ci', actor: requester, people: [requester] },
    state: decision === 'denied' ? 'denied' : 'approved',
    decision: {
      by: decision === 'auto' ? 'rule' : 'people',
      reason: null,
      people: decision === 'auto' ? [] : people,
    },
    created_at: moment,
    decided_at: moment,
    outcome_at: decision === 'denied' ? null : moment,
    exit_code: decision === 'denied' ? null : exitCode,
    grant_envelope: null,
  };
}
