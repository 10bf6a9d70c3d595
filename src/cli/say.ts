import { oneLine } from '../ask/words.ts';
import { Misconfigured, Refused, Unreachable } from '../client.ts';
import { terminalSafe } from '../core/command/visible.ts';
import { WrongUsage } from './arguments.ts';

/** What is wrong and what to do about it, on stderr. */
export function complain(error: string, hint: string | null): void {
  process.stderr.write(`error: ${terminalSafe(error)}\n${hint ? `hint: ${terminalSafe(hint)}\n` : ''}`);
}

/** A table with a heading, columns as wide as their widest cell. */
export function table(heading: string[], rows: string[][]): string {
  const all = [heading, ...rows].map((row) => row.map(oneLine));
  const widths = heading.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: string[]) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ');
  return `${all.map((row) => line(row).trimEnd()).join('\n')}\n`;
}

/** Prints what stopped a subcommand and gives its exit code: 2 for wrong usage, 1 for the rest. */
export function stoppedBy(error: unknown): number {
  if (error instanceof WrongUsage) {
    complain(error.message, error.hint);
    return 2;
  }
  if (error instanceof Misconfigured) complain(error.message, error.hint);
  else if (error instanceof Refused) complain(refusalWords(error), error.problem.hint);
  else if (error instanceof Unreachable)
    complain(`the gate cannot be reached: ${error.message}`, 'is GATE_URL right, and does the gate run?');
  else throw error;
  return 1;
}

function refusalWords({ problem }: Refused): string {
  const faults = (problem.errors ?? []).map((fault) => `${fault.path}: ${fault.message}`);
  return [problem.title, problem.detail, ...faults].filter(Boolean).join('; ');
}
