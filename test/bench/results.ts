import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Figure, Goal } from './report.ts';

const RESULTS = fileURLToPath(new URL('results.json', import.meta.url));
const PAGE = fileURLToPath(new URL('RESULTS.md', import.meta.url));

interface Kept {
  machine: { cores: number; cpu: string; gib: number; node: string };
  lines: (Figure | Goal)[];
}

/** Notes what a part has measured, in place of what was noted of it before, and writes the page anew. */
export function keep(part: string, kept: Kept): void {
  const before = existsSync(RESULTS)
    ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as Record<string, Kept>)
    : {};
  const results = { ...before, [part]: kept };
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(PAGE, pageOf(results));
}

const pageOf = (results: Record<string, Kept>): string =>
  [
    '# What `npm run bench` measured',
    'Written by `npm run bench -- --keep`. Load, servers and PostgreSQL share one machine, whose speed swings up to ' +
      'twofold between runs: compare what stands in one line, not lines of different parts.',
    ...Object.entries(results).map(sectionOf),
  ]
    .join('\n\n')
    .concat('\n');

function sectionOf([part, { machine, lines }]: [string, Kept]): string {
  const { cores, cpu, gib, node } = machine;
  const figures = lines.filter((line) => line.what === 'figure');
  const goals = lines.filter((line) => line.what === 'goal');
  return [
    `## ${part}`,
    `${cores} cores (${cpu}), ${gib} GB, Node ${node}.`,
    ...(figures.length > 0
      ? [
          tableOf(
            ['figure', 'value', 'beside', 'ratio'],
            figures.map(({ name, value, unit, yardstick, yardstick_value: beside, ratio }) => [
              name,
              `${value} ${unit}`,
              yardstick === undefined ? '' : `${yardstick}: ${beside} ${unit}`,
              ratio === undefined ? '' : `${ratio}x`,
            ]),
          ),
        ]
      : []),
    ...(goals.length > 0
      ? [
          tableOf(
            ['goal', 'value', 'wanted', ''],
            goals.map(({ id, value, goal, met }) => [
              id,
              String(value),
              String(goal),
              met ? 'met' : 'not met',
            ]),
          ),
        ]
      : []),
  ].join('\n\n');
}

const tableOf = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.trim()).join(' | ')} |`)
    .join('\n');
