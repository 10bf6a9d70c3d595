import { Minimatch } from 'minimatch';
import type { Token } from './token.ts';
import type { WordPattern } from './word-pattern.ts';

/** R10: minimatch with every extension off, on single words only. */
export const LOCK_OPTIONS = {
  dot: false,
  nobrace: true,
  noext: true,
  nocomment: true,
  nonegate: true,
  nocase: false,
  matchBase: false,
  preserveMultipleSlashes: true,
  optimizationLevel: 0,
  platform: 'linux',
} as const;

const locks = new WeakMap<WordPattern, Minimatch>();

const EVERYDAY = /^[A-Za-z0-9_.+~:,=@%/-]*$/;

/** Whether a literal means itself to minimatch. */
export const isEveryday = (literal: string): boolean => EVERYDAY.test(literal);

/**
 * R10: the second opinion of a matcher we did not write. A typed slot counts as `*`, `{digest}` as `*:*`.
 * Made when first asked: most rules of a large set are never asked.
 */
export function lockAgrees(pattern: WordPattern, word: string): boolean {
  let lock = locks.get(pattern);
  if (!lock) {
    lock = new Minimatch(globOf(pattern.tokens), LOCK_OPTIONS);
    locks.set(pattern, lock);
  }
  return lock.match(word);
}

/** A word of a rule as minimatch reads it. Stars side by side are one: `**` would mean something else. */
export function globOf(tokens: readonly Token[]): string {
  let glob = '';
  let afterStar = false;
  for (const token of tokens) {
    const part = globPart(token);
    const isStar = token.kind === 'star' || token.kind === 'slot';
    glob += isStar && afterStar ? part.slice(1) : part;
    afterStar = isStar;
  }
  return glob;
}

function globPart(token: Token): string {
  switch (token.kind) {
    case 'literal':
      return token.text.replace(/[\\*?[\]{}()!+@|#]/g, '\\$&');
    case 'star':
      return '*';
    case 'one':
      return '?';
    case 'set':
      return token.text;
    case 'path':
      return '**';
    case 'slot':
      return token.slot.text === '{digest}' ? '*:*' : '*';
  }
}
