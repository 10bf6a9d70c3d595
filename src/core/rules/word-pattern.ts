import { isWild, type Token } from './token.ts';

/** A word of a rule, ready to be held against a word of a command. */
export interface WordPattern {
  /** Says the whole pattern; two words with one text are the same pattern. */
  text: string;
  tokens: readonly Token[];
  /** The whole value when there is nothing open in it, else null. */
  literal: string | null;
  /** Some of the text came from `{a,b}` or a named choice. */
  chosen: boolean;
  wildcards: number;
  slots: number;
  /** The literal text before the first open token, and after the last. */
  prefix: string;
  suffix: string;
  /** Set when the word is `prefix*suffix`: whether that `*` stands at a boundary. The quick way of matching. */
  loneStar: 'boundary' | 'inside' | null;
}

/** Makes a pattern of tokens; neighbouring literals become one, so that boundaries are seen. */
export function wordPattern(parts: readonly Token[], chosen: boolean): WordPattern {
  const first = parts[0];
  if (parts.length === 1 && first?.kind === 'literal') return literalWord(first.text, chosen);
  const tokens = merged(parts);
  const [head, tail] = [tokens[0], tokens[tokens.length - 1]];
  const only = tokens.length === 0 ? '' : tokens.length === 1 && head?.kind === 'literal' ? head.text : null;
  if (only !== null) return literalWord(only, chosen);
  const open = tokens.filter((token) => token.kind !== 'literal');
  const at = tokens.findIndex((token) => token.kind === 'star');
  return {
    text: textOf(tokens, chosen),
    tokens,
    literal: null,
    chosen,
    wildcards: open.filter(isWild).length,
    slots: open.length - open.filter(isWild).length,
    prefix: head?.kind === 'literal' ? head.text : '',
    suffix: tail?.kind === 'literal' ? tail.text : '',
    loneStar: open.length === 1 && at >= 0 ? (atBoundary(tokens, at) ? 'boundary' : 'inside') : null,
  };
}

const literalWord = (text: string, chosen: boolean): WordPattern => ({
  text: chosen ? `\0chosen\0${text}` : text,
  tokens: text === '' ? [] : [{ kind: 'literal', text }],
  literal: text,
  chosen,
  wildcards: 0,
  slots: 0,
  prefix: text,
  suffix: text,
  loneStar: null,
});

// NUL cannot be in a rule, so what is open is never taken for a literal.
const textOf = (tokens: readonly Token[], chosen: boolean): string =>
  tokens.map(tokenText).join('') + (chosen ? '\0chosen' : '');

const tokenText = (token: Token): string => {
  if (token.kind === 'literal') return token.text;
  return `\0${token.kind}${token.kind === 'slot' ? token.slot.text : token.kind === 'set' ? token.text : ''}\0`;
};

function merged(parts: readonly Token[]): Token[] {
  const tokens: Token[] = [];
  for (const part of parts) {
    const last = tokens[tokens.length - 1];
    if (part.kind !== 'literal') tokens.push(part);
    else if (last?.kind === 'literal')
      tokens[tokens.length - 1] = { kind: 'literal', text: last.text + part.text };
    else if (part.text !== '') tokens.push(part);
  }
  return tokens;
}

/** R3: whether a token stands at the start of a word or right after a literal `/ : , = @`. */
export function atBoundary(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  if (before === undefined) return true;
  return before.kind === 'literal' && '/:,=@'.includes(before.text.charAt(before.text.length - 1));
}

/** The value of a word that is spelled out and not the product of a choice, else null. */
export const plainLiteral = (word: WordPattern | undefined): string | null =>
  word === undefined || word.chosen ? null : word.literal;

/** A word that is spelled out. */
export const plainWord = (text: string): WordPattern => literalWord(text, false);
