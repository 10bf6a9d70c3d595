/**
 * How long the server takes until it is ready, and how much memory, on the embedded database: its first start in an
 * empty directory, and again; beside the empty embedded database alone. As it is installed, without a Slack: its
 * packages are loaded only by who has one.
 *
 *   npx tsx test/bench/server.bench.ts [ROUNDS]
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { figure, goal, median, round } from './report.ts';

const PART = 'server';
const ROUNDS = Number(process.argv[2] ?? 5);
const LOOK_EVERY_MS = 5;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CONFIG = `
url: http://gate.example.com
environments: { production: { channel: "#deploys", reviewers: channel } }
`;
const DATABASE_ALONE = `
const { PGlite } = await import('@electric-sql/pglite');
const [directory, ready] = process.argv.slice(1);
await PGlite.create(directory, { startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'] });
const { writeFileSync } = await import('node:fs');
writeFileSync(ready, '');
setInterval(() => {}, 1000);`;

interface Measured {
  ms: number[];
  /** Resident when ready, and at most until then. */
  megabytes: number[];
  peak: number[];
}
const measured = (): Measured => ({ ms: [], megabytes: [], peak: [] });

/** What `npm pack` would take, beside the packages. */
function install(directory: string): void {
  const built = spawnSync(process.execPath, ['src/cli/build.mjs', '--if-changed'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(built.stderr);
  for (const file of ['dist', 'package.json', 'src', 'migrations', 'prompts'])
    cpSync(path.join(ROOT, file), path.join(directory, file), {
      recursive: true,
      filter: (name) => !/\/src\/.*\.tsx?$/.test(name),
    });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'));
  writeFileSync(path.join(directory, 'gatehouse.yaml'), CONFIG);
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });

/** Kilobytes, as the kernel counts them. */
function memoryOf(child: ChildProcess): { now: number; peak: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

async function measure(into: Measured, start: () => ChildProcess, isReady: () => Promise<boolean>) {
  const from = performance.now();
  const child = start();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error('a server of the benchmark ended');
    await sleep(LOOK_EVERY_MS);
  }
  into.ms.push(performance.now() - from);
  const { now, peak } = memoryOf(child);
  into.megabytes.push(now / 1024);
  into.peak.push(peak / 1024);
  child.kill('SIGTERM');
  await ended;
}

async function startServer(directory: string, data: string, into: Measured): Promise<void> {
  const port = await freePort();
  const env = { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), GATE_DATA: data };
  const launcher = path.join(directory, 'src/cli/gate.cjs');
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
  const start = () => spawn(process.execPath, [launcher, 'serve'], { cwd: directory, env, stdio: 'ignore' });
  await measure(into, start, answers);
}

async function startDatabase(data: string, into: Measured): Promise<void> {
  const ready = `${data}.ready`;
  const start = () =>
    spawn(process.execPath, ['--input-type=module', '--eval', DATABASE_ALONE, data, ready], {
      cwd: ROOT,
      stdio: 'ignore',
    });
  const isThere = async () => {
    try {
      readFileSync(ready);
      return true;
    } catch {
      return false;
    }
  };
  await measure(into, start, isThere);
  rmSync(ready);
}

function report(name: string, own: Measured, alone: Measured): void {
  const tell = (words: string, of: keyof Measured, unit: string) =>
    figure(PART, `${name}: ${words}`, median(own[of]), unit, {
      yardstick: 'PGlite alone',
      yardstick_value: round(median(alone[of])),
      ratio: round(median(own[of].map((value, i) => value / (alone[of][i] ?? Number.NaN)))),
    });
  tell('ready', 'ms', 'ms');
  tell('memory when ready', 'megabytes', 'MB');
  tell('most memory', 'peak', 'MB');
}

const directory = mkdtempSync(path.join(tmpdir(), 'gatehouse-bench-start-'));
try {
  install(directory);
  const [first, again, databaseFirst, databaseAgain] = [measured(), measured(), measured(), measured()];
  for (let turn = 0; turn < ROUNDS; turn++) {
    const [data, alone] = [path.join(directory, `data-${turn}`), path.join(directory, `alone-${turn}`)];
    await startDatabase(alone, databaseFirst);
    await startServer(directory, data, first);
    await startDatabase(alone, databaseAgain);
    await startServer(directory, data, again);
    for (const made of [data, alone]) rmSync(made, { recursive: true, force: true });
  }
  report('first start', first, databaseFirst);
  report('started again', again, databaseAgain);
  goal('server: first start / PGlite alone', median(first.ms) / median(databaseFirst.ms), { most: 1 });
  goal('server: most MB of a first start', median(first.peak), { most: 450 });
  goal('server: MB over PGlite alone, started again', median(again.peak) - median(databaseAgain.peak), {
    most: 130,
  });
} finally {
  rmSync(directory, { recursive: true, force: true });
}
