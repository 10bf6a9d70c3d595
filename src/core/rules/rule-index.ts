import type { SimpleCommand } from '../command/simple-command.ts';
import { Bucket, isSame, withEntry } from './bucket.ts';
import { CommandRow, hashOf, mix } from './command-row.ts';
import type { CompiledRule, PatternRule, Shape } from './compiled-rule.ts';
import type { Finder } from './covers.ts';
import { Entry, type Search } from './entry.ts';
import { IntTable } from './int-table.ts';
import { RuleRows } from './rule-rows.ts';
import { shapeUnits } from './units.ts';
import type { WordPattern } from './word-pattern.ts';

/** A rule and what the caller keeps with it: its row, its scope. */
export interface IndexEntry<T> {
  rule: CompiledRule;
  ref: T;
}

/** The plain rules with one name and one number of units, told apart by which units are literal. */
interface Arrangement {
  positions: readonly number[];
  salt: number;
}

/**
 * Finds the rules that cover a command, at a cost that does not grow with the number of rules: the literal
 * words of a rule are hashed, so a command is looked up once for each arrangement of literal and open words
 * that rules of its program have, and every find is held against the whole rule.
 */
export class RuleIndex<T> implements Finder<T> {
  private readonly exacts = new Map<string, T[]>();
  private readonly arrangements = new Map<number, Arrangement[]>();
  private readonly buckets = new IntTable<Entry<T> | Bucket<T>>();
  /** The numbers of leading words of rules that end in `**`. */
  private readonly restLengths: number[] = [];
  /** Each word of the rules once: a set of many rules repeats few words. */
  private readonly vocabulary = new Map<string, WordPattern>();
  private readonly rows = new RuleRows();
  private readonly row = new CommandRow();

  constructor(entries: Iterable<IndexEntry<T>> = []) {
    for (const { rule, ref } of entries) this.add(rule, ref);
  }

  add(rule: CompiledRule, ref: T): void {
    if (rule.kind === 'exact') {
      const refs = this.exacts.get(rule.command);
      if (refs) refs.push(ref);
      else this.exacts.set(rule.command, [ref]);
      return;
    }
    for (const shape of rule.shapes) this.addShape(rule, shape, ref);
  }

  /** Takes one rule out again; `ref` tells it from the same rule in another scope. */
  remove(rule: CompiledRule, ref: T): void {
    if (rule.kind === 'exact') {
      const refs = (this.exacts.get(rule.command) ?? []).filter((other) => other !== ref);
      if (refs.length > 0) this.exacts.set(rule.command, refs);
      else this.exacts.delete(rule.command);
      return;
    }
    for (const shape of rule.shapes) {
      const key = this.keyOf(shape);
      const held = this.buckets.get(key);
      if (held instanceof Bucket) held.remove(rule.text, shape, ref);
      else if (held && isSame(held, rule.text, ref)) this.buckets.set(key, new Bucket());
    }
  }

  /** The references of all pattern rules that cover a simple command. */
  lookup(command: SimpleCommand): T[] {
    const found = new Set<T>();
    this.search(command, (entry) => {
      if (entry.covers(command)) found.add(entry.ref);
      return false;
    });
    return [...found];
  }

  exact(text: string, accept: (ref: T) => boolean = always): T | undefined {
    return this.exacts.get(text)?.find(accept);
  }

  /** The first pattern rule found that covers a simple command and that the caller accepts. */
  pattern(command: SimpleCommand, accept: (ref: T) => boolean = always): T | undefined {
    // What the quick form found is confirmed by the full one: a fault in the index cannot cover a command.
    return this.search(command, (entry) => entry.covers(command) && accept(entry.ref))?.ref;
  }

  /** What `pattern` confirms: the first rule that covers a command by its quick form. */
  candidate(command: SimpleCommand): T | undefined {
    return this.search(command, always)?.ref;
  }

  /** This index with only the rules a caller accepts, for `coverage`. */
  within(accept: (ref: T) => boolean): Finder<T> {
    return {
      exact: (text) => this.exact(text, accept),
      pattern: (command) => this.pattern(command, accept),
    };
  }

  private search(command: SimpleCommand, accept: (entry: Entry<T>) => boolean): Entry<T> | undefined {
    const { row } = this;
    if (!row.read(command)) return undefined;
    const asked: Search<T> = { command, row, accept };
    const found = this.searchGroup(groupOf(row.hashes, row.units, false), asked);
    if (found !== undefined) return found;
    for (const length of this.restLengths) {
      if (length > command.words.length) continue;
      const rest = this.searchGroup(groupOf(row.hashes, length, true), asked);
      if (rest !== undefined) return rest;
    }
    return undefined;
  }

  private searchGroup(group: number, asked: Search<T>): Entry<T> | undefined {
    const arrangements = this.arrangements.get(group);
    if (arrangements === undefined) return undefined;
    for (let i = 0; i < arrangements.length; i++) {
      const held = this.buckets.get(literalKey(arrangements[i] as Arrangement, asked.row.hashes));
      if (held === undefined) continue;
      const found = held.search(asked);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private addShape(rule: PatternRule, written: Shape, ref: T): void {
    const shape = this.interned(written);
    const key = this.keyOf(shape);
    const place = shape.rest ? null : this.rows.add(shapeUnits(shape));
    const entry = new Entry(rule, shape, ref, { rows: this.rows, place });
    this.buckets.set(key, withEntry(this.buckets.get(key), entry));
  }

  /** Where a plain rule is kept. Its arrangement is noted, so that searches look there. */
  private keyOf(shape: Shape): number {
    const units = shapeUnits(shape);
    const hashes = units.map(({ literal }) => (literal === null ? 0 : hashOf(literal)));
    const group = groupOf(hashes, units.length, shape.rest);
    if (shape.rest && !this.restLengths.includes(units.length)) this.restLengths.push(units.length);
    const positions = units.flatMap(({ literal }, i) => (literal === null ? [] : [i]));
    let arrangements = this.arrangements.get(group);
    if (!arrangements) {
      arrangements = [];
      this.arrangements.set(group, arrangements);
    }
    let arrangement = arrangements.find((other) => sameNumbers(other.positions, positions));
    if (!arrangement) {
      arrangement = { positions, salt: mix(group, arrangements.length) };
      arrangements.push(arrangement);
    }
    return literalKey(arrangement, hashes);
  }

  private interned(shape: Shape): Shape {
    const words = shape.words.map((word) => {
      const known = this.vocabulary.get(word.text);
      if (known) return known;
      this.vocabulary.set(word.text, word);
      return word;
    });
    return { ...shape, words };
  }
}

const always = (): boolean => true;

const groupOf = (hashes: ArrayLike<number>, count: number, rest: boolean): number =>
  mix(hashes[0] as number, rest ? -1 - count : count) & 0x3fffffff;

function literalKey({ positions, salt }: Arrangement, hashes: ArrayLike<number>): number {
  let key = salt;
  for (let i = 0; i < positions.length; i++) key = mix(key, hashes[positions[i] as number] as number);
  return key;
}

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((number, i) => number === b[i]);
