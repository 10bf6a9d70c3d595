import { type CommandRow, END } from './command-row.ts';
import { isEveryday } from './minimatch-lock.ts';
import { isFirstCode, isPlainCode } from './plain.ts';
import type { WordPattern } from './word-pattern.ts';

const STAR_AT_BOUNDARY = 1;
const STAR_INSIDE = 2;

/** Where the row of a rule stands. */
export interface Place {
  start: number;
  end: number;
}

/**
 * The rules of an index whose words are spelled out or hold one `*`, as rows of character codes in one array: a 0
 * closes a word, 1 and 2 are stars (S1 keeps these out of rules and commands). A command is compared with a rule in
 * one go over few places of memory.
 */
export class RuleRows {
  private cells = new Uint8Array(4096);
  private used = 0;

  /** Keeps the row of some units; null for rules that have no such form, or letters beyond Latin-1. */
  add(units: readonly WordPattern[]): Place | null {
    const codes: number[] = [];
    for (const { literal, loneStar, prefix, suffix } of units) {
      if (literal === null && (loneStar === null || !agreesWithLock(prefix, suffix))) return null;
      write(literal ?? prefix, codes);
      if (literal === null) {
        codes.push(loneStar === 'boundary' ? STAR_AT_BOUNDARY : STAR_INSIDE);
        write(suffix, codes);
      }
      codes.push(END);
    }
    if (codes.some((code) => code > 0xff)) return null;
    const place = { start: this.used, end: this.used + codes.length };
    if (place.end > this.cells.length) this.grow(place.end);
    this.cells.set(codes, place.start);
    this.used = place.end;
    return place;
  }

  /** Whether the units of a command are those of a row: the same number, each by R3. */
  matches(start: number, end: number, { cells: text, length }: CommandRow): boolean {
    const { cells } = this;
    let place = 0;
    for (let at = start; at < end; at++) {
      const code = cells[at] as number;
      if (code !== STAR_AT_BOUNDARY && code !== STAR_INSIDE) {
        if (place >= length || text[place++] !== code) return false;
        continue;
      }
      let suffix = 0;
      while (cells[at + 1 + suffix] !== END) suffix += 1;
      let stop = place;
      while (text[stop] !== END) stop += 1;
      stop -= suffix;
      if (
        stop < place ||
        (code === STAR_AT_BOUNDARY && !(place < stop && isFirstCode(text[place] as number)))
      ) {
        return false;
      }
      while (place < stop) if (!isPlainCode(text[place++] as number)) return false;
    }
    return place === length;
  }

  private grow(needed: number): void {
    const cells = new Uint8Array(needed * 2);
    cells.set(this.cells);
    this.cells = cells;
  }
}

/**
 * R10 is settled for `prefix*suffix` when minimatch reads both as themselves, and the path segment that holds the
 * `*` cannot become `.` or `..`, which minimatch never matches with a wildcard.
 */
const agreesWithLock = (prefix: string, suffix: string): boolean =>
  isEveryday(prefix) && isEveryday(suffix) && !/(?:^|\/)\.\.?$/.test(prefix);

function write(text: string, codes: number[]): void {
  for (let i = 0; i < text.length; i++) codes.push(text.charCodeAt(i));
}
