import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Measured } from './form.ts';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const HEADING = '## What it promises under faults';
/** The section stands before this one. */
const BEFORE = '## Check a proof';

/** What a whole green run of the long form has shown. */
export interface Results {
  seed: number;
  machine: string;
  measured: Measured[];
}

export const tableOf = (measured: readonly Measured[]): string =>
  [
    '| case | promise | runs | measured |',
    '|---|---|---|---|',
    ...measured.map(({ case: name, promise, runs, figures }) => {
      const shown = Object.entries(figures).map(([what, figure]) => `${what}: ${figure}`);
      return `| ${name} | ${promise} | ${runs} | ${shown.join('; ')} |`;
    }),
  ].join('\n');

export const sectionOf = ({ seed, machine, measured }: Results): string => `${HEADING}

Real servers over a real PostgreSQL are killed, frozen, flooded and lied to; after each test one check goes over
everything: every accepted request has one end and one record of it, the chain is whole, nothing ran without a signed
approval, no incident stays open, every card shows the end, nothing fired early, no secret is anywhere in clear. Measured
on ${machine}, seed ${seed}; the same again: \`npm run test:faults -- --seed ${seed}\`.

${tableOf(measured)}
`;

/** The README with this section: instead of the one it has, or before the proofs. */
export function withSection(readme: string, section: string): string {
  const from = readme.indexOf(`${HEADING}\n`);
  const rest = readme.indexOf(BEFORE);
  if (rest < 0) throw new Error(`the README has no "${BEFORE}" any more`);
  return `${readme.slice(0, from < 0 ? rest : from)}${section}\n${readme.slice(rest)}`;
}

export const tellInReadme = (results: Results): void =>
  writeFileSync(README, withSection(readFileSync(README, 'utf8'), sectionOf(results)));
