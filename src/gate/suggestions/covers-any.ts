import type { Command } from '../../core/command/command.ts';
import { covers } from '../../core/rules/covers.ts';
import { compileRules } from '../../core/rules/rule-set.ts';

/** The first of these commands that the rules cover; null when they cover none. */
export function coversAny(texts: readonly string[], commands: readonly Command[]): Command | null {
  const rules = texts
    .flatMap((text) => compileRules(text))
    .flatMap(({ compilation }) => (compilation.valid ? [compilation.rule] : []));
  return commands.find((command) => covers(rules, command).covered) ?? null;
}
