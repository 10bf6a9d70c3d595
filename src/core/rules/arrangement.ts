import type { CommandRow } from './command-row.ts';
import type { WordPattern } from './word-pattern.ts';

/**
 * What some rules have spelled out: whole units, and parts of open ones. Commands are looked up by the hash of
 * these, once for each arrangement that rules of their program have.
 */
export interface Arrangement {
  readonly wholes: readonly number[];
  readonly parts: readonly Part[];
}

/**
 * - `boundaries`, `delimiters`: up to and with so many of `/ : , = @`, or of any that is no letter or digit
 * - `first`, `last`: so many characters
 */
interface Part {
  readonly position: number;
  readonly kind: 'boundaries' | 'delimiters' | 'first' | 'last';
  readonly count: number;
}

/**
 * The arrangement of a rule. Names of one kind (`registry/team/service:`) mostly have the same number of delimiters
 * and seldom the same length, so `exact`, which tells more rules apart, makes more arrangements to look for.
 */
export function arrange(units: readonly WordPattern[], exact: boolean): Arrangement {
  const wholes: number[] = [];
  const parts: Part[] = [];
  for (const [position, { literal, prefix, suffix }] of units.entries()) {
    if (literal !== null) {
      wholes.push(position);
    } else if (exact) {
      parts.push({ position, kind: 'first', count: prefix.length });
      parts.push({ position, kind: 'last', count: suffix.length });
    } else {
      const kind = isAtLeast(BOUNDARY, prefix.charCodeAt(prefix.length - 1)) ? 'boundaries' : 'delimiters';
      const count = Math.min(countOf(prefix, kind), MOST_DELIMITERS);
      if (count > 0) parts.push({ position, kind, count });
    }
  }
  return { wholes, parts };
}

/** So that long paths do not each make an arrangement of their own. */
const MOST_DELIMITERS = 16;
const DELIMITER = 1;
const BOUNDARY = 2;
const CLASS = new Uint8Array(128).fill(DELIMITER);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789') {
  CLASS[char.charCodeAt(0)] = 0;
}
for (const char of '/:,=@') CLASS[char.charCodeAt(0)] = BOUNDARY;

const isAtLeast = (least: number, code: number): boolean => code < 128 && (CLASS[code] as number) >= least;

function countOf(text: string, kind: 'boundaries' | 'delimiters'): number {
  const least = kind === 'boundaries' ? BOUNDARY : DELIMITER;
  let count = 0;
  for (let at = 0; at < text.length; at++) if (isAtLeast(least, text.charCodeAt(at))) count += 1;
  return count;
}

export const sameArrangement = (a: Arrangement, b: Arrangement): boolean =>
  a.wholes.length === b.wholes.length &&
  a.parts.length === b.parts.length &&
  a.wholes.every((position, i) => position === b.wholes[i]) &&
  a.parts.every(({ position, kind, count }, i) => {
    const other = b.parts[i];
    return other?.position === position && other.kind === kind && other.count === count;
  });

/** The hash of what an arrangement has spelled out, or -1 where a unit is too short for it. */
export function keyOf({ wholes, parts }: Arrangement, salt: number, row: CommandRow): number {
  let key = salt;
  for (let i = 0; i < wholes.length; i++) key = mix(key, row.hashes[wholes[i] as number] as number);
  for (let i = 0; i < parts.length; i++) {
    const end = endOf(parts[i] as Part, row);
    if (end < 0) return -1;
    const { kind, position, count } = parts[i] as Part;
    key = mix(key, row.hash(kind === 'last' ? end - count : (row.starts[position] as number), end));
  }
  return key & 0x7fffffff;
}

/** Where a part ends in a row, or -1. */
function endOf({ position, kind, count }: Part, { cells, starts, ends }: CommandRow): number {
  const start = starts[position] as number;
  const end = ends[position] as number;
  if (kind === 'first' || kind === 'last') {
    if (start + count > end) return -1;
    return kind === 'first' ? start + count : end;
  }
  const least = kind === 'boundaries' ? BOUNDARY : DELIMITER;
  let left = count;
  for (let at = start; at < end; at++) {
    if (isAtLeast(least, cells[at] as number) && --left === 0) return at + 1;
  }
  return -1;
}

export const mix = (hash: number, next: number): number => {
  const mixed = Math.imul(hash ^ (next + 0x9e3779b9), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
};
