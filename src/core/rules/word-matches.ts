import { lockAgrees } from './minimatch-lock.ts';
import { isFirst, isPlain } from './plain.ts';
import type { Token } from './token.ts';
import { atBoundary, type WordPattern } from './word-pattern.ts';

/** R10: a word matches when R3 and minimatch both say so. */
export const wordMatches = (pattern: WordPattern, word: string): boolean =>
  narrowlyMatches(pattern, word) && (pattern.literal !== null || lockAgrees(pattern, word));

/** R3 alone: our own, narrower meaning of the wildcards. Linear in the word for each token, so no ReDoS. */
export function narrowlyMatches(pattern: WordPattern, word: string): boolean {
  if (pattern.literal !== null) return pattern.literal === word;
  return pattern.loneStar === null ? tokensMatch(pattern.tokens, word) : starMatches(pattern, word);
}

/** `prefix*suffix`, the everyday pattern, without following several ways at once. */
function starMatches({ prefix, suffix, loneStar }: WordPattern, word: string): boolean {
  const end = word.length - suffix.length;
  if (end < prefix.length || !word.startsWith(prefix) || !word.endsWith(suffix)) return false;
  if (loneStar === 'boundary' && !(prefix.length < end && isFirst(word, prefix.length))) return false;
  for (let at = prefix.length; at < end; at++) if (!isPlain(word, at)) return false;
  return true;
}

/** Follows every way to match at once: the set of places reached after each token. */
export function tokensMatch(tokens: readonly Token[], word: string): boolean {
  let places = [0];
  for (let i = 0; i < tokens.length && places.length > 0; i++) {
    places = step(tokens[i] as Token, atBoundary(tokens, i), word, places);
  }
  return places.includes(word.length);
}

/** `places` is ascending and without doubles, and so is the answer. */
function step(token: Token, boundary: boolean, word: string, places: readonly number[]): number[] {
  switch (token.kind) {
    case 'literal':
      return places.filter((at) => word.startsWith(token.text, at)).map((at) => at + token.text.length);
    case 'one':
      return places.filter((at) => (boundary ? isFirst : isPlain)(word, at)).map((at) => at + 1);
    case 'set':
      return places
        .filter((at) => at < word.length && token.members.includes(word.charAt(at)))
        .filter((at) => !boundary || isFirst(word, at))
        .map((at) => at + 1);
    case 'star':
      return runs(word, places, boundary);
    case 'path':
      return ascending(places.flatMap((at) => pathEnds(word, at)));
    case 'slot':
      return ascending(
        places
          .flatMap((at) => token.slot.ends(word, at))
          .filter((end) => !/^[A-Za-z0-9]/.test(word.charAt(end))),
      );
  }
}

const ascending = (places: number[]): number[] =>
  places.length < 2 ? places : [...new Set(places)].sort((a, b) => a - b);

/** The places after a run of plain characters: none or more, at a boundary one or more. */
function runs(word: string, places: readonly number[], boundary: boolean): number[] {
  const reached: number[] = [];
  let last = -1;
  for (const start of places) {
    if (start <= last || (boundary && !isFirst(word, start))) continue;
    last = boundary ? start + 1 : start;
    reached.push(last);
    while (isPlain(word, last)) reached.push(++last);
  }
  return reached;
}

/** The ends of one or more segments `A-Za-z0-9_` + plain, joined by single `/`, that are whole segments. */
function pathEnds(word: string, start: number): number[] {
  const ends: number[] = [];
  for (let at = start; isFirst(word, at); at++) {
    while (isPlain(word, at)) at++;
    ends.push(at);
    if (word.charAt(at) !== '/') break;
  }
  return ends;
}

/** R4: whether a further word is a plain relative path, as the rest `**` takes. */
export const isPlainPath = (word: string): boolean => pathEnds(word, 0).includes(word.length);
