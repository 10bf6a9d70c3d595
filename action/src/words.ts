import { Misconfigured } from '../../src/client.ts';

const BLANK = /[ \t\n]/;
/** Whatever a shell would do something with. Without a shell there is nobody to do it. */
const NEEDS_SHELL = /[$`*?[\]{}()<>|&;#!~]/;

/**
 * The words of a command that is run without a shell: blanks part them, quotes and backslashes keep them together.
 * Anything that only a shell understands is a mistake, never a literal.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (BLANK.test(character)) {
      if (word !== null) words.push(word);
      word = null;
      continue;
    }
    const [value, end] = readPart(text, at);
    word = (word ?? '') + value;
    at = end;
  }
  if (word !== null) words.push(word);
  return words;
}

/** @returns the part's value, and where its last character stands */
function readPart(text: string, at: number): [value: string, end: number] {
  const character = text[at]!;
  if (character === "'") {
    const end = closing(text, at, "'");
    return [text.slice(at + 1, end), end];
  }
  if (character === '"') return readDoubleQuoted(text, at);
  if (character === '\\') {
    const next = text[at + 1];
    if (next === undefined || next === '\n') throw refusal('a backslash at the end of a line');
    return [next, at + 1];
  }
  if (NEEDS_SHELL.test(character)) throw refusal(character);
  return [character, at];
}

function readDoubleQuoted(text: string, from: number): [value: string, end: number] {
  let value = '';
  for (let at = from + 1; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') return [value, at];
    if (character === '$' || character === '`') throw refusal(character);
    const isEscape = character === '\\' && /[$`"\\]/.test(text[at + 1] ?? '');
    value += isEscape ? text[++at] : character;
  }
  throw refusal('an open quote');
}

function closing(text: string, from: number, quote: string): number {
  const end = text.indexOf(quote, from + 1);
  if (end < 0) throw refusal('an open quote');
  return end;
}

const refusal = (what: string): Misconfigured =>
  new Misconfigured(`without a shell the command cannot hold ${what}`, 'quote it, or use shell: bash');
