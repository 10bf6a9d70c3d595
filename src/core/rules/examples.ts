import type { Command } from '../command/command.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { covers } from './covers.ts';
import { why } from './explain.ts';

/** A4: commands a rule must cover, and must not cover, as shell text. */
export interface Examples {
  match?: readonly string[];
  notMatch?: readonly string[];
}

/** An example that the rule disagrees with. */
export interface Disagreement {
  command: string;
  expected: 'match' | 'notMatch';
  why: string;
}

/** A4: every example that a rule (or the rules of one text) disagrees with; saving fails unless there is none. */
export function disagreements(
  rules: readonly CompiledRule[],
  { match = [], notMatch = [] }: Examples,
): Disagreement[] {
  const held = (text: string) => covers(rules, { kind: 'shell', text } satisfies Command);
  const missing = match.map((command) => ({ command, expected: 'match' as const, coverage: held(command) }));
  const extra = notMatch.map((command) => ({
    command,
    expected: 'notMatch' as const,
    coverage: held(command),
  }));
  return [
    ...missing.filter(({ coverage }) => !coverage.covered),
    ...extra.filter(({ coverage }) => coverage.covered),
  ].map(({ command, expected, coverage }) => ({ command, expected, why: why(coverage, ({ text }) => text) }));
}
