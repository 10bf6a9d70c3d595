import type { SimpleCommand } from '../command/simple-command.ts';
import { type Arrangement, arrange, keyOf, mix, sameArrangement } from './arrangement.ts';
import { CommandRow } from './command-row.ts';
import type { CompiledRule, Shape } from './compiled-rule.ts';
import type { Finder } from './covers.ts';
import { IntTable } from './int-table.ts';
import { RuleRows } from './rule-rows.ts';
import { shapeMatches } from './shape-matches.ts';
import { shapeUnits } from './units.ts';

/** A rule and what the caller keeps with it: its row, its scope. */
export interface IndexEntry<T> {
  rule: CompiledRule;
  ref: T;
}

/** So many rules may have one key before others with it are told apart more exactly. */
const FULL = 2;

/**
 * Finds the rules that cover a command, at a cost that does not grow with the number of rules: what a rule spells out
 * is hashed, so a command is looked up once for each arrangement of spelled-out and open words that rules of its
 * program have, and every find is compared with the whole rule.
 */
export class RuleIndex<T> implements Finder<T> {
  private readonly exacts = new Map<string, T[]>();
  /** The rules with one name and one number of units have a group. */
  private readonly groups = new Map<number, Arrangement[]>();
  /** From a key to the first rule that has it. */
  private readonly firsts = new IntTable();
  private readonly rows = new RuleRows();
  private readonly refs: T[] = [];
  /** Rules that are more than words: these have no row, and are compared as they are written. */
  private readonly others = new Map<number, { piped: boolean; shape: Shape }>();
  /** The numbers of words before the `**` of rules. */
  private readonly restLengths: number[] = [];
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
    for (const shape of rule.shapes) this.addShape(rule.piped, shape, ref);
  }

  exact(text: string, accept: (ref: T) => boolean = always): T | undefined {
    return this.exacts.get(text)?.find(accept);
  }

  /** The first pattern rule found that covers a simple command and that the caller accepts, without searching here. */
  pattern(command: SimpleCommand, accept: (ref: T) => boolean = always): T | undefined {
    const { row, restLengths } = this;
    if (!row.read(command)) return undefined;
    let found = this.search(command, row.units, false, accept);
    for (let i = 0; i < restLengths.length && found === undefined; i++) {
      const length = restLengths[i] as number;
      if (length <= command.words.length) found = this.search(command, length, true, accept);
    }
    return found;
  }

  /** This index with only the rules a caller accepts, for `coverage`. */
  within(accept: (ref: T) => boolean): Finder<T> {
    return {
      exact: (text) => this.exact(text, accept),
      pattern: (command) => this.pattern(command, accept),
    };
  }

  /** Among the rules of so many units, or so many words and `**`, that have the name of the command. */
  private search(
    command: SimpleCommand,
    units: number,
    rest: boolean,
    accept: (ref: T) => boolean,
  ): T | undefined {
    const { row, rows, refs } = this;
    const group = groupOf(row, units, rest);
    const arrangements = this.groups.get(group);
    if (arrangements === undefined) return undefined;
    for (let i = 0; i < arrangements.length; i++) {
      const key = keyOf(arrangements[i] as Arrangement, group + i, row);
      if (key < 0) continue;
      for (let rule = this.firsts.get(key); rule > 0; rule = rows.next(rule)) {
        // Read here, so that the processor fetches it together with the row.
        const ref = refs[rule] as T;
        if ((rows.matches(rule, row, command) || this.otherMatches(rule, command)) && accept(ref)) return ref;
      }
    }
    return undefined;
  }

  private otherMatches(rule: number, command: SimpleCommand): boolean {
    const other = this.others.size === 0 ? undefined : this.others.get(rule);
    return other !== undefined && shapeMatches(other, other.shape, command);
  }

  private addShape(piped: boolean, shape: Shape, ref: T): void {
    const { row, rows, firsts } = this;
    const units = shapeUnits(shape);
    row.clear();
    for (const { literal, prefix, suffix } of units) row.write(literal ?? prefix + suffix);
    const group = groupOf(row, units.length, shape.rest);
    let key = this.keyIn(group, arrange(units, false));
    if (this.isFull(key)) key = this.keyIn(group, arrange(units, true));
    const isOther = shape.rest || shape.assignments.length + shape.redirections.length > 0;
    const rule = rows.add(isOther ? [] : shape.words, piped, firsts.get(key));
    firsts.set(key, rule);
    this.refs[rule] = ref;
    if (isOther) this.others.set(rule, { piped, shape });
    if (shape.rest && !this.restLengths.includes(units.length)) this.restLengths.push(units.length);
  }

  /** The key of the rule that is in the row. Its arrangement is noted, so that searches look there. */
  private keyIn(group: number, arrangement: Arrangement): number {
    let known = this.groups.get(group);
    if (!known) {
      known = [];
      this.groups.set(group, known);
    }
    let at = known.findIndex((other) => sameArrangement(other, arrangement));
    if (at < 0) at = known.push(arrangement) - 1;
    return keyOf(arrangement, group + at, this.row);
  }

  private isFull(key: number): boolean {
    let held = 0;
    for (let rule = this.firsts.get(key); rule > 0 && held < FULL; rule = this.rows.next(rule)) held += 1;
    return held === FULL;
  }
}

const always = (): boolean => true;

const groupOf = (row: CommandRow, count: number, rest: boolean): number =>
  mix(row.hashes[0] as number, rest ? -1 - count : count) & 0x3fffffff;
