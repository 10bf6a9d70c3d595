import { plainLiteral, type WordPattern } from './word-pattern.ts';

/** What is known of a program's options: those that stand alone, and those whose value says nothing. */
export interface KnownOptions {
  flags: RegExp;
  values: RegExp;
}

const NOTHING_KNOWN: KnownOptions = { flags: /^(?!)/, values: /^(?!)/ };

/**
 * Whether the words from `from` to the first operand are all plain literals. Which word is the first operand is
 * not certain, as an unknown option may take the next word: every word that could be it counts.
 */
export function firstOperandIsLiteral(
  words: readonly WordPattern[],
  from: number,
  { flags, values }: KnownOptions = NOTHING_KNOWN,
): boolean {
  let afterOption = false;
  for (let i = from; i < words.length; i++) {
    const word = words[i] as WordPattern;
    const option = word.prefix.startsWith('-');
    const name = word.prefix.split('=', 1)[0] ?? '';
    if (option && values.test(name)) {
      if (word.prefix === name && word.literal !== null) i += 1;
      afterOption = false;
      continue;
    }
    const literal = plainLiteral(word);
    if (literal === null) return false;
    if (!option && !afterOption) return true;
    afterOption = option && literal !== '--' && !literal.includes('=') && !flags.test(literal);
  }
  return true;
}
