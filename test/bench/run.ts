import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Figure, type Goal, say } from './report.ts';
import { keep } from './results.ts';

/**
 * `npm run bench` measures every part, `npm run bench -- http waiters` some. Each part is a process of its own that
 * prints JSON lines; its figures and goals are the table at the end. With `--keep` what was measured goes into
 * results.json and RESULTS.md, too; the other parts stay there as they are.
 */
const PARTS = ['rules', 'http', 'pending', 'waiters', 'million', 'startup', 'server', 'learning'];
const fileOf = (part: string): string => fileURLToPath(new URL(`./${part}.bench.ts`, import.meta.url));

const KEEP = '--keep';
const asked = process.argv.slice(2).filter((word) => word !== KEEP);
const unknown = asked.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) {
  process.stderr.write(`error: no part ${unknown.join(', ')}\nhint: ${PARTS.join(', ')}\n`);
  process.exit(2);
}
const [cpu] = cpus();
const machine = {
  cores: cpus().length,
  cpu: cpu?.model ?? 'unknown',
  gib: Math.round(totalmem() / 2 ** 30),
  node: process.version,
};
say({ what: 'machine', ...machine });

const lines: (Figure | Goal)[] = [];
let failed = false;
for (const part of (asked.length > 0 ? asked : PARTS).filter((one) => existsSync(fileOf(one)))) {
  const own: (Figure | Goal)[] = [];
  const child = spawn(process.execPath, ['--import', 'tsx', fileOf(part)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    process.stdout.write(`${line}\n`);
    const read = line.startsWith('{') ? (JSON.parse(line) as Figure | Goal | { what: string }) : null;
    if (read?.what === 'figure' || read?.what === 'goal') own.push(read as Figure | Goal);
  }
  if (child.exitCode === null) await new Promise((resolve) => child.once('close', resolve));
  failed ||= child.exitCode !== 0;
  if (child.exitCode === 0 && process.argv.includes(KEEP)) keep(part, { machine, lines: own });
  lines.push(...own);
}
table(lines);
process.exitCode = failed ? 1 : 0;

function table(read: readonly (Figure | Goal)[]): void {
  const rows = read.map((line) =>
    line.what === 'figure'
      ? [
          `${line.part}: ${line.name}`,
          `${line.value} ${line.unit}`,
          line.yardstick ? `${line.yardstick}: ${line.yardstick_value} ${line.unit}` : '',
          line.ratio === undefined ? '' : `${line.ratio}x`,
        ]
      : [`goal ${line.id}`, String(line.value), `goal: ${line.goal}`, line.met ? 'met' : 'NOT MET'],
  );
  const widths = [0, 1, 2, 3].map((i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  process.stdout.write('\n');
  for (const row of rows)
    process.stdout.write(
      `${row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
}
