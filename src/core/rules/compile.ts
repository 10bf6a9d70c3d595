import { type Fault, inadmissible } from '../command/admissible.ts';
import type { CompiledRule, PatternRule, Shape } from './compiled-rule.ts';
import { compileExact } from './exact.ts';
import { type Choices, choose, expansions } from './expansions.ts';
import { inFdOrder, isHarmlessGrant } from './redirections.ts';
import { type OpenRule, type OpenWord, readRuleWords } from './rule-words.ts';
import type { OpenToken } from './token.ts';
import { shapeFault } from './validity.ts';
import { type WordPattern, wordPattern } from './word-pattern.ts';

/** A rule ready to be matched, or why it can never be one, where, and what to write instead. */
export type Compilation = { valid: true; rule: CompiledRule } | ({ valid: false } & Fault);

/** Reads the text of one rule: exact (`= …`), pattern, or pattern for a piped command (`| …`). Never throws. */
export function compileRule(text: string): Compilation {
  const unreadable = inadmissible(text);
  if (unreadable) return { valid: false, ...unreadable };
  const rule = text.startsWith('= ') ? compileExact(text) : compilePattern(text);
  return 'why' in rule ? { valid: false, ...rule } : { valid: true, rule };
}

const MOST_WORDS = 128;

function compilePattern(text: string): PatternRule | Fault {
  const piped = /^[ \t]*\|[ \t]/.exec(text);
  const open = readRuleWords(text, piped?.[0].length ?? 0);
  if ('why' in open) return open;
  if (open.words.length > MOST_WORDS) return { why: `it has more than ${MOST_WORDS} words` };
  const misplaced = misplacedRest(open);
  if (misplaced) return misplaced;
  const ways = expansions(open);
  if ('why' in ways) return ways;
  const shapes: Shape[] = [];
  for (const way of ways) {
    const shape = shapeOf(open, way);
    const fault = shapeFault(shape, piped !== null);
    if (fault) return fault;
    shapes.push(shape);
  }
  return { kind: 'pattern', text, piped: piped !== null, shapes };
}

/** R4: `**` alone is the rest, as the last word only. */
function misplacedRest({ words, redirections }: OpenRule): Fault | null {
  const others = [...words.slice(0, -1), ...redirections.map(({ target }) => target)];
  const word = others.find(isRest);
  if (!word) return null;
  return {
    why: '`**` as a whole word may only be the last word of a rule',
    place: word.start,
    mend: 'write `*` for one word',
  };
}

const isRest = ({ tokens }: OpenWord): boolean => tokens.length === 1 && tokens[0]?.kind === 'path';

function shapeOf({ words, redirections }: OpenRule, way: Choices): Shape {
  const shape: Shape = { assignments: [], words: [], rest: false, redirections: [] };
  for (const word of words) {
    const [, name] = shape.words.length === 0 ? (ASSIGNMENT.exec(word.raw) ?? []) : [];
    if (name !== undefined) shape.assignments.push({ name, value: pattern(valueTokens(word, name), way) });
    else shape.words.push(pattern(word.tokens, way));
  }
  const last = words[words.length - 1];
  if (last && shape.words.length > 1 && isRest(last)) {
    shape.words.pop();
    shape.rest = true;
  }
  if (shape.assignments.length === 0) shape.assignments = NONE;
  const granted = redirections.map(({ fd, operator, target }) => ({
    fd,
    operator,
    target: pattern(target.tokens, way),
  }));
  shape.redirections =
    granted.length === 0 ? NONE : inFdOrder(granted.filter((grant) => !isHarmlessGrant(grant)));
  return shape;
}

// Shared, as most rules have neither.
const NONE: never[] = [];

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=/;

/** The tokens after `NAME=`, which the reader put one character each, or as one literal, at the front. */
function valueTokens({ tokens }: OpenWord, name: string): OpenToken[] {
  let left = name.length + 1;
  return tokens.flatMap((token): OpenToken[] => {
    if (left === 0 || token.kind !== 'literal') return [token];
    const cut = Math.min(left, token.text.length);
    left -= cut;
    return cut === token.text.length ? [] : [{ kind: 'literal', text: token.text.slice(cut) }];
  });
}

function pattern(tokens: readonly OpenToken[], way: Choices): WordPattern {
  const made = choose(tokens, way);
  return wordPattern(made.tokens, made.chosen);
}
