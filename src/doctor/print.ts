import { terminalSafe } from '../core/command/visible.ts';
import type { Check, Finding, Status } from './finding.ts';

const MARK: Record<Status, { live: string; plain: string }> = {
  ok: { live: '\x1b[32m✓\x1b[0m', plain: 'ok   ' },
  note: { live: '\x1b[33m!\x1b[0m', plain: 'note ' },
  fault: { live: '\x1b[31m✗\x1b[0m', plain: 'fault' },
};

export interface Printer {
  /** Shows what is looked at, until it is known. */
  waitingFor(name: string): void;
  print(finding: Finding): void;
  end(): void;
}

/** One aligned line a finding and one below it for its mend; with marks and colours on a terminal, in words elsewhere. */
export function printer(
  out: { write(text: string): unknown },
  { checks, isLive }: { checks: readonly Pick<Check, 'name'>[]; isLive: boolean },
): Printer {
  const width = Math.max(...checks.map(({ name }) => name.length), 0);
  const clear = isLive ? '\r\x1b[K' : '';
  return {
    waitingFor: (name) => {
      if (isLive) out.write(`${clear}\x1b[2m… ${terminalSafe(name)}\x1b[0m`);
    },
    print: ({ name, status, says, mend }) => {
      const mark = isLive ? MARK[status].live : MARK[status].plain;
      const indent = ' '.repeat((isLive ? 1 : MARK[status].plain.length) + width + 4);
      out.write(`${clear}${mark}  ${terminalSafe(name).padEnd(width)}  ${terminalSafe(says)}\n`);
      if (mend) out.write(`${indent}→ ${terminalSafe(mend)}\n`);
    },
    end: () => void out.write(clear),
  };
}

/** `Everything is well.`, or how much is not. */
export function summary(findings: readonly Pick<Finding, 'status'>[]): string {
  const count = (status: Status) => findings.filter((one) => one.status === status).length;
  const [faults, notes] = [count('fault'), count('note')];
  const words = (n: number, noun: string) => (n === 0 ? [] : [`${n} ${noun}${n === 1 ? '' : 's'}`]);
  const all = [...words(faults, 'fault'), ...words(notes, 'note')];
  if (faults > 0) return `${all.join(', ')}: mend what stands behind → and call gate doctor again.`;
  return notes > 0 ? `No faults, ${all.join('')}.` : 'Everything is well.';
}
