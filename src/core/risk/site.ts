import { assess } from './assess.ts';
import type { RiskLevel } from './assessment.ts';
import type { Row } from './row.ts';

/** A row of a site's own, as its configuration has it. `args` is a pattern as in `row.ts`. */
export interface SiteRow {
  program: string;
  args?: string;
  points: number;
  why: string;
  /** A command that the row is about, and the level it must get. */
  example: string;
  level: RiskLevel;
}

export interface SiteRows {
  rows: Row[];
  /** One message for each row whose example does not come out as it says. */
  faults: string[];
}

function faultOf(row: SiteRow, index: number, rows: readonly Row[]): string | null {
  const at = `risk row ${index + 1} (${row.program}${row.args ? ` ${row.args}` : ''})`;
  if (!/^[\w.+|-]+$/.test(row.program))
    return `${at}: expected a program name such as "deployctl", got ${JSON.stringify(row.program)}`;
  if (!Number.isInteger(row.points) || row.points < 0 || row.points > 100)
    return `${at}: expected points from 0 to 100, got ${row.points}`;
  const { score, level, reasons } = assess({ command: { kind: 'shell', text: row.example }, site: rows });
  if (!reasons.some(({ why }) => why === row.why) && row.points > 0) {
    return `${at}: its example ${JSON.stringify(row.example)} does not match the row; change args or the example`;
  }
  if (level !== row.level) {
    return `${at}: expected its example ${JSON.stringify(row.example)} to be ${row.level}, got ${level} (score ${score}); change points or level`;
  }
  return null;
}

/** Checks the rows of a site, each against its own example with all of them in force. Only rows without a fault are returned. */
export function siteRows(given: readonly SiteRow[]): SiteRows {
  const rows = given.map((row): Row => [row.program, row.args ?? '', row.points, row.why]);
  const faults = given.map((row, i) => faultOf(row, i, rows));
  return {
    rows: rows.filter((_, i) => faults[i] === null),
    faults: faults.filter((fault) => fault !== null),
  };
}
