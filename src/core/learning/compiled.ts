import type { CompiledRule } from '../rules/compiled-rule.ts';
import { compileRules } from '../rules/rule-set.ts';
import { sampleOf } from '../rules/sample.ts';
import type { KnownRule } from './suggestion.ts';

/** The single rules of a text that may hold several, one a line. */
export const linesOf = ({ rule }: KnownRule): string[] =>
  rule.startsWith('= ') ? [rule] : rule.split('\n').filter((line) => line.trim() !== '');

/** What of a text is valid. */
export function compiled(text: string): CompiledRule[] {
  return compileRules(text).flatMap(({ compilation }) => (compilation.valid ? [compilation.rule] : []));
}

/** The one command that a rule without open places is for; null: it is for more. */
export function literalOf(rule: CompiledRule): string | null {
  if (rule.kind === 'exact') return rule.command;
  const [shape, ...others] = rule.shapes;
  const isLiteral =
    others.length === 0 && !shape?.rest && shape?.words.every(({ literal }) => literal !== null);
  return isLiteral ? sampleOf(rule) : null;
}
