import { inadmissible } from '../command/admissible.ts';
import { type Command, commandText } from '../command/command.ts';
import { type Parsed, parse, parseShell } from '../command/parse.ts';
import { firstDynamic, type SimpleCommand } from '../command/simple-command.ts';
import type { Word } from '../command/word.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { trimmed } from './exact.ts';
import { ruleMatches } from './shape-matches.ts';

/**
 * Whether rules cover a command. Covered: one exact rule, or for every simple command, in order, one pattern
 * rule. Not covered: what stood in the way; `explain` turns it into words.
 */
export type Coverage<T> =
  | { covered: true; by: 'exact' | 'pattern'; rules: T[] }
  | { covered: false; because: Obstacle };

export type Obstacle =
  | { kind: 'unreadable'; why: string; place?: number }
  | { kind: 'dynamic'; word: Word & { static: false } }
  | { kind: 'uncovered'; command: SimpleCommand; position: number; of: number };

/** Finds the rules that may be used; the index and the plain scan are two ways to do it. */
export interface Finder<T> {
  exact: (text: string) => T | undefined;
  pattern: (command: SimpleCommand) => T | undefined;
}

/** R9: an exact rule equal to the text, or a pattern rule for every simple command. Every doubt is false. */
export function coverage<T>(finder: Finder<T>, command: Command): Coverage<T> {
  return coverageOf(finder, command, parse(command));
}

/** The same for a command that was parsed before. */
export function coverageOf<T>(finder: Finder<T>, command: Command, parsed: Parsed): Coverage<T> {
  const exact = coveredExactly(finder, command, parsed);
  if (exact !== undefined) return { covered: true, by: 'exact', rules: [exact] };
  if (!parsed.analysable) {
    return { covered: false, because: { kind: 'unreadable', why: parsed.why, place: parsed.place } };
  }
  const { commands } = parsed;
  const dynamic = firstDynamic(commands);
  if (dynamic) return { covered: false, because: { kind: 'dynamic', word: dynamic } };
  const rules: T[] = [];
  for (const [position, simple] of commands.entries()) {
    const rule = finder.pattern(simple);
    if (rule === undefined) {
      return {
        covered: false,
        because: { kind: 'uncovered', command: simple, position, of: commands.length },
      };
    }
    rules.push(rule);
  }
  return { covered: true, by: 'pattern', rules };
}

/** R1: unit for unit, once outer blanks are gone. An argv only where bash would read the same words. */
function coveredExactly<T>(finder: Finder<T>, command: Command, parsed: Parsed): T | undefined {
  if (command.kind === 'action') return undefined;
  const text = commandText(command);
  if (command.kind === 'shell') return inadmissible(text) ? undefined : finder.exact(trimmed(text));
  if (!parsed.analysable) return undefined;
  const rule = finder.exact(text);
  return rule !== undefined && readsAs(text, command.argv) ? rule : undefined;
}

function readsAs(text: string, argv: readonly string[]): boolean {
  const parsed = parseShell(text);
  const only = parsed.analysable && parsed.commands.length === 1 ? parsed.commands[0] : undefined;
  return (
    only !== undefined &&
    only.assignments.length + only.redirections.length === 0 &&
    only.words.length === argv.length &&
    only.words.every((word, i) => word.static && word.value === argv[i])
  );
}

/** The plain scan over some rules: the first that covers. */
export const scanOf = (rules: readonly CompiledRule[]): Finder<CompiledRule> => ({
  exact: (text) => rules.find((rule) => rule.kind === 'exact' && rule.command === text),
  pattern: (command) => rules.find((rule) => rule.kind === 'pattern' && ruleMatches(rule, command)),
});

/** Whether some rules cover a command, and which ones. */
export const covers = (rules: readonly CompiledRule[], command: Command): Coverage<CompiledRule> =>
  coverage(scanOf(rules), command);
