import type { SimpleCommand } from '../command/simple-command.ts';
import type { Shape } from './compiled-rule.ts';
import { redirectionsToGrant } from './redirections.ts';
import { plainWord, type WordPattern, wordPattern } from './word-pattern.ts';

/**
 * Writes what the index compares into `units`, in one row: the words, then assignments, then redirections that
 * need a grant; and their hashes. Only a first sieve: `shapeMatches` decides. Returns their number, or -1 when
 * some value is not known before the command runs.
 */
export function readUnits(command: SimpleCommand, units: string[], hashes: number[]): number {
  let count = 0;
  const { words, assignments, redirections } = command;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === undefined || !word.static) return -1;
    units[count] = word.value;
    hashes[count++] = hashOf(word.value);
  }
  if (assignments.length + redirections.length === 0) return count;
  for (const { text, value } of [
    ...assignments.map(({ name, value }) => ({ text: `${name}=`, value })),
    ...redirectionsToGrant(command).map(({ fd, operator, target }) => ({
      text: `${fd}${operator}`,
      value: target,
    })),
  ]) {
    if (!value.static) return -1;
    units[count] = text + value.value;
    hashes[count++] = hashOf(text + value.value);
  }
  return count;
}

/** The same row for a rule. A rule that ends in `**` is found by its words alone: what follows is not counted. */
export function shapeUnits({ words, assignments, redirections, rest }: Shape): readonly WordPattern[] {
  if (rest || assignments.length + redirections.length === 0) return words;
  return [
    ...words,
    ...assignments.map(({ name, value }) => after(`${name}=`, value)),
    ...redirections.map(({ fd, operator, target }) => after(`${fd}${operator}`, target)),
  ];
}

const after = (text: string, word: WordPattern): WordPattern =>
  word.literal !== null
    ? plainWord(text + word.literal)
    : wordPattern([{ kind: 'literal', text }, ...word.tokens], word.chosen);

/** A hash of a text; equal texts have equal hashes, and that is all that is relied on. */
export function hashOf(text: string): number {
  let hash = text.length;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

export const mix = (hash: number, next: number): number => {
  const mixed = Math.imul(hash ^ (next + 0x9e3779b9), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
};
