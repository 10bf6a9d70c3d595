import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Measured } from './form.ts';
import { type Results, tableOf, tellInReadme } from './promises.ts';

const RESULTS = fileURLToPath(new URL('results.json', import.meta.url));
const CONFIG = fileURLToPath(new URL('vitest.config.ts', import.meta.url));

/**
 * The long form of the fault tests: `npm run test:faults -- [--seed N] [FILE …]`. Prints its seed first, and what was
 * measured as a table at the end; when all is green it writes that to results.json and into the README. Some files
 * replace what is there of them, with the same seed.
 */
function main(): number {
  const { values, positionals } = parseArgs({
    options: { seed: { type: 'string' } },
    allowPositionals: true,
  });
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  if (!Number.isSafeInteger(seed)) {
    console.error('error: --seed takes a whole number');
    return 2;
  }
  console.log(`seed ${seed}; the same again: npm run test:faults -- --seed ${seed}`);
  const directory = mkdtempSync(path.join(tmpdir(), 'gatehouse-faults-'));
  const file = path.join(directory, 'measured.jsonl');
  const { status } = spawnSync('npx', ['vitest', 'run', '--config', CONFIG, ...positionals], {
    stdio: 'inherit',
    env: { ...process.env, FAULTS_FORM: 'long', FAULTS_SEED: String(seed), FAULTS_MEASURED: file },
  });
  const measured = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(read) : [];
  rmSync(directory, { recursive: true, force: true });
  measured.sort(byCase);
  console.log(tableOf(measured));
  const others = positionals.length > 0 ? resultsBefore() : null;
  if (status === 0 && (!others || others.seed === seed)) {
    const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB`;
    const kept =
      others?.measured.filter((one) => !measured.some(({ promise }) => promise === one.promise)) ?? [];
    const results: Results = { seed, machine, measured: [...kept, ...measured].sort(byCase) };
    writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
    tellInReadme(results);
  }
  return status ?? 1;
}

const byCase = (a: Measured, b: Measured): number =>
  a.case.localeCompare(b.case, 'en', { numeric: true }) || a.promise.localeCompare(b.promise);

const resultsBefore = (): Results | null =>
  existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as Results) : null;

const read = (line: string): Measured => JSON.parse(line) as Measured;

process.exitCode = main();
