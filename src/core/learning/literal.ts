import type { CompiledRule } from '../rules/compiled-rule.ts';
import { compileRules } from '../rules/rule-set.ts';
import { sampleOf } from '../rules/sample.ts';

/** The valid rules of a text that may hold several, one a line. */
export const compiled = (text: string): CompiledRule[] =>
  compileRules(text).flatMap(({ compilation }) => (compilation.valid ? [compilation.rule] : []));

/** The one command that a rule without open places covers; null for every other rule. */
export function literalOf(rule: CompiledRule): string | null {
  if (rule.kind === 'exact') return rule.command;
  const [shape] = rule.shapes;
  const isLiteral =
    rule.shapes.length === 1 && !shape?.rest && shape?.words.every(({ literal }) => literal !== null);
  return isLiteral ? sampleOf(rule) : null;
}
