import type { Word } from '../command/word.ts';
import { isEveryday } from './minimatch-lock.ts';
import { isFirst, isPlain } from './plain.ts';
import type { WordPattern } from './word-pattern.ts';

const END = '\0';
const STAR_AT_BOUNDARY = '\u0001';
const STAR_INSIDE = '\u0002';

/**
 * A rule whose words are spelled out or hold one `*`, written as one text: each word and a mark for its end, with
 * marks for the stars (S1 keeps these characters out of rules and commands). It is compared in one go, so a
 * search among very many rules reads one place of memory for each. Null for every other rule.
 */
export function rowOf(words: readonly WordPattern[]): string | null {
  const parts: string[] = [];
  for (const { literal, loneStar, prefix, suffix } of words) {
    if (literal !== null) {
      parts.push(literal, END);
    } else if (loneStar !== null && isEveryday(prefix) && isEveryday(suffix)) {
      parts.push(prefix, loneStar === 'boundary' ? STAR_AT_BOUNDARY : STAR_INSIDE, suffix, END);
    } else {
      return null;
    }
  }
  return parts.join('');
}

/** Whether the words of a command are those of a row: the same number, each by R3. */
export function rowMatches(row: string, words: readonly Word[]): boolean {
  let at = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (!word?.static) return false;
    const { value } = word;
    let place = 0;
    for (let code = row.charCodeAt(at++); code !== 0; code = row.charCodeAt(at++)) {
      if (!(code <= 2)) {
        // Past the end of the row the code is NaN, which equals nothing.
        if (value.charCodeAt(place++) !== code) return false;
        continue;
      }
      const end = value.length - (row.indexOf(END, at) - at);
      if (end < place || (code === 1 && !(place < end && isFirst(value, place)))) return false;
      while (place < end) if (!isPlain(value, place++)) return false;
    }
    if (place !== value.length) return false;
  }
  return at === row.length;
}
