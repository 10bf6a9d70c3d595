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

const EVERYDAY = /^[A-Za-z0-9_.+~:,=@%/-]*$/;

/**
 * The same opinion on `prefix*suffix` with everyday literals. Minimatch compares those as they are, so once they are
 * known to be equal all it has to say is what the `*` may take, and that depends on the characters beside it in its
 * part of the path. One lock therefore serves many words, and does not grow cold in a large set of rules.
 */
export class StarLock {
  private readonly part: Part;
  private readonly before: number;
  private readonly after: number;

  constructor(part: Part, before: number, after: number) {
    this.part = part;
    this.before = before;
    this.after = after;
  }

  /** Whether minimatch lets a word pass that has a prefix and a suffix of these lengths. */
  agrees(word: string, prefix: number, suffix: number): boolean {
    const value = word.slice(prefix - this.before, word.length - suffix + this.after);
    return value !== '' && !value.includes('/') && this.part.testUnchecked(value);
  }
}

/** Minimatch's own matcher of one part of a path. */
type Part = Exclude<Minimatch['set'][number][number], string | symbol>;

/** The locks of `prefix*suffix`, each made once. */
export class StarLocks {
  readonly locks: StarLock[] = [];
  private readonly numbers = new Map<string, number>();

  /** The number of the lock of a word; -1 where only the lock of the whole word will do. */
  add({ loneStar, prefix, suffix }: WordPattern): number {
    if (loneStar === null || !EVERYDAY.test(prefix) || !EVERYDAY.test(suffix)) return -1;
    // Dots count together with the character beyond them: a part of dots alone, or one that begins so, is special.
    const before = /[^./]?\.*$/.exec(prefix)?.[0] ?? '';
    const after = /^\.*[^./]?/.exec(suffix)?.[0] ?? '';
    const glob = `${before}*${after}`;
    const known = this.numbers.get(glob);
    if (known !== undefined) return known;
    const part = new Minimatch(glob, LOCK_OPTIONS).set[0]?.[0];
    if (typeof part !== 'object') return -1;
    this.numbers.set(glob, this.locks.length);
    return this.locks.push(new StarLock(part, before.length, after.length)) - 1;
  }
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
