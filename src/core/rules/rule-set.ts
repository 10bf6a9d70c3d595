import { type Compilation, compileRule } from './compile.ts';

/** One rule of a text that may hold several, and the line it begins on (from 1). */
export interface WrittenRule {
  text: string;
  line: number;
}

/**
 * A rule set is one rule a line; a text that begins with `= ` is one exact rule as a whole, line ends included.
 * Empty lines are no rules.
 */
export function splitRules(text: string): WrittenRule[] {
  if (text.startsWith('= ')) return [{ text, line: 1 }];
  return text
    .split('\n')
    .map((line, i) => ({ text: line, line: i + 1 }))
    .filter(({ text: line }) => line.trim() !== '');
}

/** Compiles every rule of a text; an invalid one does not spoil the others. */
export const compileRules = (text: string): (WrittenRule & { compilation: Compilation })[] =>
  splitRules(text).map((rule) => ({ ...rule, compilation: compileRule(rule.text) }));
