import type { SimpleCommand } from '../command/simple-command.ts';
import type { CommandRow } from './command-row.ts';
import { type StarLock, StarLocks } from './minimatch-lock.ts';
import { isFirstCode, isPlainCode } from './plain.ts';
import { wordMatches } from './word-matches.ts';
import type { WordPattern } from './word-pattern.ts';

// The kinds of pieces that a row is made of, in the lowest bits of the first number of each.
const LAST = 0;
/** Units that are spelled out: how many numbers they take, then these, as in the row of a command. */
const SPELLED = 1;
/** `prefix*suffix`: its lock; unit, lengths of prefix and suffix, their characters. */
const STAR_AT_BOUNDARY = 2;
const STAR_INSIDE = 3;
/** Any other: its pattern; unit. */
const OPEN = 4;
const KIND_BITS = 3;
const KIND = 7;

/** The numbers before the pieces: next row; how many words, with whether it takes a piped command. */
const HEAD = 2;
/** Rows begin at every eighth number. */
const STEP_BITS = 3;

/**
 * The rules of an index as rows of numbers in one array, so that a command is compared with a rule in one go over few
 * places of memory. No hash is trusted here: a command is compared with the words of the rule to the last character.
 * Rows have numbers above 0, which say where they begin, so these leave gaps; a row may be followed by another.
 */
export class RuleRows {
  private numbers = new Int32Array(1024);
  private cells = new Uint8Array(this.numbers.buffer);
  private used = 1 << STEP_BITS;
  private readonly stars = new StarLocks();
  private readonly patterns: WordPattern[] = [];

  /** Keeps the words of a rule in front of the row `next`, or 0; its number. A row of no words takes no command. */
  add(words: readonly WordPattern[], piped: boolean, next: number): number {
    const rule = (this.used + (1 << STEP_BITS) - 1) >> STEP_BITS;
    this.used = rule << STEP_BITS;
    this.push(next, words.length * 2 + (piped ? 1 : 0));
    let run = 0;
    for (const [position, word] of words.entries()) {
      if (word.literal === null || ODD.test(word.literal)) {
        run = 0;
        this.addOpen(word, position);
        continue;
      }
      if (run === 0) {
        run = this.used;
        this.push(SPELLED);
      }
      this.write(`${word.literal}\0`);
      this.numbers[run] = SPELLED | ((this.used - run - 1) << KIND_BITS);
    }
    this.push(LAST);
    return rule;
  }

  next(rule: number): number {
    return this.numbers[rule << STEP_BITS] as number;
  }

  /** Whether a command has the words of a row and nothing else: the same number, each by R10. */
  matches(rule: number, row: CommandRow, { words: { length }, readsPipe }: SimpleCommand): boolean {
    const { numbers } = this;
    const text = row.numbers;
    const place = rule << STEP_BITS;
    const words = numbers[place + 1] as number;
    if (words >> 1 !== length || row.units !== length || (readsPipe && (words & 1) === 0)) return false;
    let seen = 0;
    for (let at = place + HEAD; ; ) {
      const piece = numbers[at] as number;
      const kind = piece & KIND;
      if (kind === SPELLED) {
        const end = at + 1 + (piece >> KIND_BITS);
        while (++at < end) if (numbers[at] !== text[seen++]) return false;
        continue;
      }
      if (kind === LAST) return seen * 4 === row.length;
      const unit = numbers[at + 1] as number;
      if (seen * 4 !== row.starts[unit]) return false;
      if (kind === OPEN) {
        if (!wordMatches(this.patterns[piece >> KIND_BITS] as WordPattern, row.unit(unit))) return false;
        at += 2;
      } else {
        if (!this.starMatches(at, row)) return false;
        at += 4 + (((numbers[at + 2] as number) + (numbers[at + 3] as number) + 3) >> 2);
      }
      seen = ((row.ends[unit] as number) >> 2) + 1;
    }
  }

  /** R10: the prefix, the suffix, between them only what a `*` takes; and minimatch agrees. */
  private starMatches(place: number, row: CommandRow): boolean {
    const { numbers, cells } = this;
    const { cells: text, starts, ends } = row;
    const piece = numbers[place] as number;
    const unit = numbers[place + 1] as number;
    const prefix = numbers[place + 2] as number;
    const suffix = numbers[place + 3] as number;
    const [start, end] = [starts[unit] as number, ends[unit] as number];
    const [first, stop] = [start + prefix, end - suffix];
    if (stop < first) return false;
    let cell = (place + 4) * 4;
    for (let at = start; at < first; at++) if (cells[cell++] !== text[at]) return false;
    for (let at = stop; at < end; at++) if (cells[cell++] !== text[at]) return false;
    const boundary = (piece & KIND) === STAR_AT_BOUNDARY;
    if (boundary && !(first < stop && isFirstCode(text[first] as number))) return false;
    for (let at = first; at < stop; at++) if (!isPlainCode(text[at] as number)) return false;
    return (this.stars.locks[piece >> KIND_BITS] as StarLock).agrees(row.unit(unit), prefix, suffix);
  }

  private addOpen(word: WordPattern, position: number): void {
    const { loneStar, prefix, suffix } = word;
    const lock = this.stars.add(word);
    if (lock < 0) {
      this.push(OPEN | (this.patterns.length << KIND_BITS), position);
      this.patterns.push(word);
      return;
    }
    const kind = loneStar === 'boundary' ? STAR_AT_BOUNDARY : STAR_INSIDE;
    this.push(kind | (lock << KIND_BITS), position, prefix.length, suffix.length);
    this.write(prefix + suffix);
  }

  private push(...numbers: number[]): void {
    while (this.used + numbers.length > this.numbers.length) this.grow();
    for (const number of numbers) this.numbers[this.used++] = number;
  }

  /** The characters of a text, filled up with zeros. */
  private write(text: string): void {
    const start = this.used * 4;
    this.used += (text.length + 3) >> 2;
    while (this.used > this.numbers.length) this.grow();
    for (let i = 0; i < text.length; i++) this.cells[start + i] = text.charCodeAt(i);
  }

  private grow(): void {
    const { numbers } = this;
    this.numbers = new Int32Array(numbers.length * 2);
    this.numbers.set(numbers);
    this.cells = new Uint8Array(this.numbers.buffer);
  }
}

/** What the row of a command has another character for. */
const ODD = /[^\t-\xff]/;
