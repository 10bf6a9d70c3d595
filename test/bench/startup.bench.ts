/**
 * How long `gate run` and the action take to their first byte, and how much memory, beside `node -e 0` (which sends
 * nothing) and the least that a program of Node can do to send one. Every program in turns with all others. `gate` is
 * measured as it is installed: the build, without the sources.
 *
 *   npx tsx test/bench/startup.bench.ts [ROUNDS]
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, goal, median, round } from './report.ts';
import { measureStart, measureUsage, refusingGate, type Starter } from './starts.ts';

const PART = 'startup';
const ROUNDS = Number(process.argv[2] ?? 21);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RUN = ['run', '--env', 'production', '--', 'true'];

const BARE = `
const [url, body] = [new URL('/api/v1/requests', process.env.GATE_URL), '{}'];
const ended = (answer) => answer.resume().on('end', () => process.exit(0));`;
const BARE_HTTP = `${BARE} require('node:http').request(url, { method: 'POST' }, ended).end(body);`;
/** The grant's digest and signature cannot be checked without it. */
const BARE_CRYPTO = `require('node:crypto').createHash('sha256').update('').digest(); ${BARE_HTTP}`;
const BARE_FETCH = `${BARE} fetch(url, { method: 'POST', body }).then((a) => a.text()).then(() => process.exit(0));`;

/** Builds, and copies what `npm pack` would take for the client. */
function install(directory: string): string {
  const built = spawnSync(process.execPath, ['src/cli/build.mjs', '--if-changed'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(built.stderr);
  mkdirSync(path.join(directory, 'src/cli'), { recursive: true });
  for (const file of ['dist', 'package.json', 'src/cli/gate.cjs', 'src/cli/is-built.cjs'])
    cpSync(path.join(ROOT, file), path.join(directory, file), { recursive: true });
  return path.join(directory, 'src/cli/gate.cjs');
}

function starters(directory: string, url: string): Starter[] {
  const gate = {
    HOME: directory,
    GATE_URL: url,
    GATE_TOKEN: 'gate_bench',
    GATE_PUBLIC_KEY: Buffer.alloc(32, 1).toString('base64'),
  };
  const action = {
    HOME: directory,
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: directory,
    ...Object.fromEntries(
      ['OUTPUT', 'STATE', 'STEP_SUMMARY'].map((name) => [`GITHUB_${name}`, path.join(directory, name)]),
    ),
    INPUT_COMMAND: 'true',
    INPUT_ENVIRONMENT: 'production',
    INPUT_URL: url,
    INPUT_TOKEN: 'gate_bench',
    INPUT_SHELL: 'bash',
    'INPUT_PUBLIC-KEY': gate.GATE_PUBLIC_KEY,
  };
  const starter = (name: string, args: string[], env: Record<string, string> = gate): Starter => ({
    name,
    args,
    env,
    ms: [],
    cpuMs: [],
    megabytes: [],
  });
  return [
    starter('node -e 0', ['-e', '0']),
    starter('bare node:http', ['-e', BARE_HTTP]),
    starter('bare node:http and node:crypto', ['-e', BARE_CRYPTO]),
    starter('bare fetch', ['-e', BARE_FETCH]),
    starter('gate run', [install(directory), ...RUN]),
    starter('action', [path.join(ROOT, 'action/dist/index.mjs')], action),
    starter('gate run, from sources', ['--import', 'tsx', path.join(ROOT, 'src/cli/gate.ts'), ...RUN]),
  ];
}

const ratioOf = (values: number[], yardstick: number[]): number =>
  median(values.map((value, i) => value / (yardstick[i] ?? Number.NaN)));

function report(all: readonly Starter[]): void {
  const find = (name: string): Starter => {
    const found = all.find((one) => one.name === name);
    if (!found) throw new Error(`nothing measured for ${name}`);
    return found;
  };
  const nothing = find('node -e 0');
  for (const one of all) {
    const tell = (words: string, of: 'ms' | 'cpuMs' | 'megabytes', unit: string) =>
      figure(PART, `${one.name}: ${words}`, median(one[of]), unit, {
        yardstick: nothing.name,
        yardstick_value: round(median(nothing[of])),
        ratio: round(ratioOf(one[of], nothing[of])),
      });
    tell('first byte', 'ms', 'ms');
    tell('processor time', 'cpuMs', 'ms');
    tell('most memory', 'megabytes', 'MB');
  }
  const bare = find('bare node:http and node:crypto');
  for (const name of ['gate run', 'action']) {
    const { ms, megabytes, cpuMs } = find(name);
    goal(`e1 ${name}: time / node -e 0`, ratioOf(ms, nothing.ms), { most: 1.1 });
    goal(`e1 ${name}: memory / node -e 0`, ratioOf(megabytes, nothing.megabytes), { most: 1.12 });
    // The bare program itself misses e1 where Node starts quickly: this is what is ours.
    goal(`${name}: processor time / bare program`, ratioOf(cpuMs, bare.cpuMs), { most: 1.5 });
  }
}

const directory = mkdtempSync(path.join(tmpdir(), 'gatehouse-bench-startup-'));
for (const name of ['OUTPUT', 'STATE', 'STEP_SUMMARY']) writeFileSync(path.join(directory, name), '');
const gate = await refusingGate();
try {
  const all = starters(directory, gate.url);
  for (let turn = 0; turn < ROUNDS + 1; turn++) {
    for (const starter of all) await measureStart(starter, gate.asked);
    for (const starter of all) await measureUsage(starter);
    // The first turn warms up.
    if (turn === 0)
      for (const { ms, cpuMs, megabytes } of all) ms.length = cpuMs.length = megabytes.length = 0;
  }
  report(all);
} finally {
  gate.close();
  rmSync(directory, { recursive: true, force: true });
}
