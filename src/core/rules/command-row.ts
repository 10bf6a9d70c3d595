import type { SimpleCommand } from '../command/simple-command.ts';
import { furtherUnits } from './units.ts';

/** Stands in a row for a character that no row of a rule spells out, so that it equals none. */
const OTHER = 1;

/**
 * A simple command as one row of character codes: each word, assignment and redirection, with the hash of each, filled
 * up with 1 to 4 zeros so that the next begins at a whole number of four cells. One is made for an index and written
 * over by every search: a search makes no garbage.
 */
export class CommandRow {
  cells = new Uint8Array(1024);
  /** The same, four cells in one number. */
  numbers = new Int32Array(this.cells.buffer);
  length = 0;
  units = 0;
  /** As many as a command may have units: each takes two characters of its text, or is a word of an argv. */
  readonly hashes = new Int32Array(4096);
  readonly starts = new Int32Array(4096);
  readonly ends = new Int32Array(4096);
  private command: SimpleCommand | null = null;
  private further: readonly string[] = NONE;

  /** Writes a command; false when some value is not known before it runs. */
  read(command: SimpleCommand): boolean {
    const { words, assignments, redirections } = command;
    this.clear();
    this.command = command;
    for (let i = 0; i < words.length; i++) {
      const word = words[i];
      if (word === undefined || !word.static) return false;
      this.write(word.value);
    }
    if (assignments.length + redirections.length === 0) return true;
    const further = furtherUnits(command);
    if (further === null) return false;
    this.further = further;
    for (const unit of further) this.write(unit);
    return true;
  }

  clear(): void {
    this.length = 0;
    this.units = 0;
    this.further = NONE;
  }

  /** Writes one unit more. */
  write(text: string): void {
    const start = this.length;
    const end = start + text.length;
    if (end + 4 > this.cells.length) this.grow(end + 4);
    const { cells } = this;
    this.numbers[end >> 2] = 0;
    let hash = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      hash = (Math.imul(hash, 31) + code) | 0;
      cells[start + i] = code > 0xff || code === 0 ? OTHER : code;
    }
    this.starts[this.units] = start;
    this.ends[this.units] = end;
    this.hashes[this.units++] = hash;
    this.length = (end & ~3) + 4;
  }

  /** A unit of the command as text. */
  unit(position: number): string {
    const words = this.command?.words ?? NONE;
    const word = words[position];
    return word === undefined ? (this.further[position - words.length] ?? '') : word.static ? word.value : '';
  }

  /** The hash of some cells. */
  hash(start: number, end: number): number {
    const { cells } = this;
    let hash = 0;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (cells[at] as number)) | 0;
    return hash;
  }

  private grow(needed: number): void {
    const { cells } = this;
    this.cells = new Uint8Array((needed * 2 + 3) & ~3);
    this.cells.set(cells);
    this.numbers = new Int32Array(this.cells.buffer);
  }
}

const NONE: never[] = [];
