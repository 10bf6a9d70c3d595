import type { SimpleCommand } from '../command/simple-command.ts';
import { furtherUnits } from './units.ts';

/** What closes a unit in a row. */
export const END = 0;

/**
 * A simple command as one row of character codes, a 0 after each word, assignment and redirection, with the hash
 * of each. One is made for an index and written over by every search: a search makes no garbage.
 */
export class CommandRow {
  cells = new Uint16Array(1024);
  length = 0;
  units = 0;
  /** As many as a command may have units: each takes two characters of its text, or is a word of an argv. */
  readonly hashes = new Int32Array(4096);
  private further: string[] = [];
  private command: SimpleCommand | null = null;

  /** Writes a command; false when some value is not known before it runs. */
  read(command: SimpleCommand): boolean {
    const { words, assignments, redirections } = command;
    this.length = 0;
    this.units = 0;
    this.command = command;
    this.further = NONE;
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

  /** A unit as text. */
  unit(position: number): string {
    const words = this.command?.words ?? [];
    const word = words[position];
    return (word?.static ? word.value : this.further[position - words.length]) ?? '';
  }

  private write(text: string): void {
    let at = this.length;
    if (at + text.length >= this.cells.length) this.grow(at + text.length + 1);
    const { cells } = this;
    let hash = text.length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      hash = (Math.imul(hash, 31) + code) | 0;
      cells[at++] = code;
    }
    cells[at++] = END;
    this.length = at;
    this.hashes[this.units++] = hash;
  }

  private grow(needed: number): void {
    const cells = new Uint16Array(needed * 2);
    cells.set(this.cells);
    this.cells = cells;
  }
}

const NONE: string[] = [];

/** The hash a row keeps of a unit; equal texts have equal hashes, and that is all that is relied on. */
export function hashOf(text: string): number {
  let hash = text.length;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

export const mix = (hash: number, next: number): number => {
  const mixed = Math.imul(hash ^ (next + 0x9e3779b9), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
};
