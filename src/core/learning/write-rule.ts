import { compileRule } from '../rules/compile.ts';
import { ruleWord } from '../rules/rule-text.ts';
import { canonical, occurrences } from './canonical.ts';
import type { Shape, ShapedWord } from './shape.ts';

/** A command to be written as rules. */
export interface Draft {
  shape: Shape;
  target: string | null;
  /** What the rule says in each open place, in the order of the canonical form. */
  texts: string[];
  /** What it may be done to; `[null]`: it names no target. */
  names: (string | null)[];
}

/** The rule, or narrower ones where the language does not take it so open: one for each target, then each value. */
export function writeRules(draft: Draft): string[] {
  const { texts, names } = draft;
  const rule = ruleOf(draft);
  if (compileRule(rule).valid) return [rule];
  if (names.length > 1) return names.flatMap((name) => writeRules({ ...draft, names: [name] }));
  const at = texts.findIndex((text) => CHOICE.test(text));
  const values = texts[at]?.slice(1, -1).split(',') ?? [];
  return values.flatMap((value) => writeRules({ ...draft, texts: texts.with(at, value) }));
}

const CHOICE = /^\{[^{}]*,[^{}]*\}$/;
const isOpen = (text: string): boolean => text.startsWith('{');

type Piece = { literal: string } | { open: string };

function ruleOf({ shape, target, texts, names }: Draft): string {
  const order = canonical(shape, target).columns.map(({ column }) => column);
  const inPlace = new Map(order.map((column, k) => [column, texts[k] ?? '']));
  let isNamed = false;
  const name = (): Piece => {
    if (names.length === 1) return { literal: names[0] ?? '' };
    const open = isNamed ? '{target}' : `{target:${names.join(',')}}`;
    isNamed = true;
    return { open };
  };
  const spelled = (text: string): Piece[] => {
    if (target === null) return [{ literal: text }];
    const [first = '', ...rest] = text.split(occurrences(target));
    return [{ literal: first }, ...rest.flatMap((piece) => [name(), { literal: piece }])];
  };
  const word = (parts: ShapedWord): string =>
    wordOf(
      parts.flatMap((part): Piece[] => {
        if ('text' in part) return spelled(part.text);
        const text = inPlace.get(part.column) ?? '';
        return [isOpen(text) ? { open: text } : { literal: text }];
      }),
    );
  const words = [
    ...shape.verbs.map((text) => word([{ text }])),
    ...shape.items.flatMap((item) => (item.kind === 'operand' ? [word(item.word)] : item.words.map(word))),
  ];
  return words.join(' ');
}

/** Literal text side by side is quoted as one. */
function wordOf(pieces: Piece[]): string {
  let [text, literal] = ['', ''];
  for (const piece of pieces) {
    if ('literal' in piece) literal += piece.literal;
    else {
      text += (literal === '' ? '' : ruleWord(literal)) + piece.open;
      literal = '';
    }
  }
  return text + (literal === '' ? '' : ruleWord(literal)) || "''";
}
