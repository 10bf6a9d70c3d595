import { type Command, commandText } from '../command/command.ts';
import { parse } from '../command/parse.ts';
import { firstDynamic, type SimpleCommand } from '../command/simple-command.ts';
import { compileRule } from './compile.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { trimmed } from './exact.ts';
import { generalisations } from './generalise.ts';
import { opaqueName } from './opaque-wrappers.ts';
import { type Preview, preview } from './preview.ts';
import { compileRules } from './rule-set.ts';
import { ruleText } from './rule-text.ts';
import { isInterpreter } from './tables.ts';
import { plainWord } from './word-pattern.ts';
import { baseOf } from './wrappers.ts';

/** A rule that may be offered after an approval, with commands that show how far it reaches. */
export interface Proposal extends Preview {
  kind: 'exact' | 'literal' | 'pattern';
  /** One rule, or one a line for a compound command. */
  text: string;
}

export interface Approved {
  command: Command;
  /** Other commands that people approved in the same place. */
  similar?: readonly Command[];
  risk?: 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
}

/**
 * A3: the rules to offer after an approval, the narrowest first: this exact text, the literal words, and the
 * narrowest pattern that another approved command supports. Every one is valid and covers the command.
 */
export function propose({ command, similar = [], risk = 'LOW' }: Approved): Proposal[] {
  if (risk === 'CRITICAL' || command.kind === 'action') return [];
  const exact = `= ${trimmed(commandText(command))}`;
  const parsed = parse(command);
  const offered: Omit<Proposal, keyof Preview>[] = [{ kind: 'exact', text: exact }];
  if (parsed.analysable && !firstDynamic(parsed.commands)) {
    const literal = parsed.commands.map((simple) => ruleText(simple));
    if (!literal.includes(null)) offered.push({ kind: 'literal', text: [...new Set(literal)].join('\n') });
    const pattern =
      parsed.commands.length === 1 ? patternFor(parsed.commands[0] as SimpleCommand, similar, risk) : null;
    if (pattern !== null) offered.push({ kind: 'pattern', text: pattern });
  }
  return offered.flatMap((proposal) => {
    const rules = compiledOf(proposal);
    const shown = rules && preview(rules, command, similar);
    return shown ? [{ ...proposal, ...shown }] : [];
  });
}

/** The rules of a proposal; null when one is not valid (V2, V9). An exact rule is one rule, line ends and all. */
function compiledOf({ kind, text }: Pick<Proposal, 'kind' | 'text'>): CompiledRule[] | null {
  const compilations =
    kind === 'exact' ? [compileRule(text)] : compileRules(text).map(({ compilation }) => compilation);
  const rules = compilations.flatMap((compilation) => (compilation.valid ? [compilation.rule] : []));
  return rules.length === compilations.length ? rules : null;
}

function patternFor(
  simple: SimpleCommand,
  similar: readonly Command[],
  risk: Approved['risk'],
): string | null {
  const slotsOnly = risk === 'HIGH' || hidesWhatRuns(simple);
  for (const other of similar) {
    const parsed = parse(other);
    const twin = parsed.analysable && parsed.commands.length === 1 ? parsed.commands[0] : undefined;
    const wide = twin && generalisations(simple, twin).filter(({ text }) => compileRule(text).valid);
    // A slug may be any word, `build` or `publish`: it is offered only where `*` would be valid, too.
    const starIsValid = wide?.some(({ open }) => open === '*');
    const narrowest = wide?.find(({ open }) =>
      open === '*' ? !slotsOnly : open !== '{slug}' || starIsValid,
    );
    if (narrowest) return narrowest.text;
  }
  return null;
}

/** A head of V5 or V6: its words may name code, so nothing wider than a typed slot is offered. */
function hidesWhatRuns({ words }: SimpleCommand): boolean {
  const values = words.map((word) => (word.static ? word.value : ''));
  const base = baseOf(values[0] ?? '');
  return isInterpreter(base) || opaqueName(values.map(plainWord), base) !== null;
}
