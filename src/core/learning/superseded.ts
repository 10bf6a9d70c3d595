import type { CompiledRule, Shape } from '../rules/compiled-rule.ts';
import type { Token } from '../rules/token.ts';
import type { WordPattern } from '../rules/word-pattern.ts';

/** Whether other rules say everything that a rule says: the same words, or the same with wider ranges of numbers. */
export function isSuperseded(rule: CompiledRule, by: readonly CompiledRule[]): boolean {
  if (rule.kind === 'exact') return by.some((other) => other.kind === 'exact' && other.text === rule.text);
  const shapes = by.flatMap((other) =>
    other.kind === 'pattern' && other.piped === rule.piped && other.text !== rule.text ? other.shapes : [],
  );
  return rule.shapes.every((shape) => shapes.some((wide) => saysAll(wide, shape)));
}

const isPlain = ({ assignments, redirections, rest }: Shape): boolean =>
  assignments.length === 0 && redirections.length === 0 && !rest;

const saysAll = (wide: Shape, narrow: Shape): boolean =>
  isPlain(wide) &&
  isPlain(narrow) &&
  wide.words.length === narrow.words.length &&
  wide.words.every((word, i) => takesAll(word, narrow.words[i] as WordPattern));

const takesAll = (wide: WordPattern, narrow: WordPattern): boolean =>
  wide.literal !== null || narrow.literal !== null
    ? wide.literal === narrow.literal
    : wide.tokens.length === narrow.tokens.length &&
      wide.tokens.every((token, i) => isWithin(narrow.tokens[i] as Token, token));

function isWithin(narrow: Token, wide: Token): boolean {
  if (narrow.kind === 'slot' && wide.kind === 'slot') {
    const [inner, outer] = [rangeOf(narrow.slot.text), rangeOf(wide.slot.text)];
    if (inner && outer) return outer.from <= inner.from && inner.to <= outer.to;
    return narrow.slot.text === wide.slot.text;
  }
  return JSON.stringify(narrow) === JSON.stringify(wide);
}

function rangeOf(text: string): { from: number; to: number } | null {
  const found = /^\{int:(\d+)-(\d+)\}$/.exec(text);
  return found && { from: Number(found[1]), to: Number(found[2]) };
}
