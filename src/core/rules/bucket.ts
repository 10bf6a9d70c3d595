import type { SimpleCommand } from '../command/simple-command.ts';
import type { Shape } from './compiled-rule.ts';
import { type Cut, cutOf, cutOff } from './cut.ts';
import { shapeMatches } from './shape-matches.ts';
import { shapeUnits } from './units.ts';

/** One plain rule in an index; `text` is the rule it belongs to. */
export interface Entry<T> {
  shape: Shape;
  ref: T;
  piped: boolean;
  text: string;
}

/** Which part of which unit tells the rules of a full bucket apart. */
interface Split<T> {
  position: number;
  side: 'prefix' | 'suffix';
  cuts: Cut[];
  parts: Map<string, Bucket<T>>;
}

const FULL = 2;

/**
 * Rules whose literal words are the same. When they are many (`docker push registry/team/service:*`) they are
 * told apart by the literal beginning or end of an open word, so that a search stays short.
 */
export class Bucket<T> {
  /** Most buckets hold one rule: it is kept here, at hand. */
  private first: Entry<T> | null;
  private others: Entry<T>[] | null = null;
  private split: Split<T> | null = null;
  private splitAt = FULL;

  constructor(entry: Entry<T>) {
    this.first = entry;
  }

  add(entry: Entry<T>): void {
    if (this.split) {
      place(entry, this.split);
    } else if (this.first === null) {
      this.first = entry;
    } else {
      this.others ??= [];
      this.others.push(entry);
      if (this.others.length > this.splitAt) this.divide([this.first, ...this.others]);
    }
  }

  remove(entry: Entry<T>): void {
    this.split?.parts.get(affixOf(entry.shape, this.split))?.remove(entry);
    const isAnother = ({ text, ref }: Entry<T>) => ref !== entry.ref || text !== entry.text;
    this.others = this.others?.filter(isAnother) ?? null;
    if (this.first && !isAnother(this.first)) this.first = null;
  }

  /** The first entry that covers the command and is accepted. */
  search(units: readonly string[], command: SimpleCommand, accept: (ref: T) => boolean): T | undefined {
    const { first, others, split } = this;
    if (first !== null && shapeMatches(first, first.shape, command) && accept(first.ref)) return first.ref;
    if (others !== null) {
      for (const entry of others) {
        if (shapeMatches(entry, entry.shape, command) && accept(entry.ref)) return entry.ref;
      }
    }
    return split === null ? undefined : searchSplit(split, units, command, accept);
  }

  /** Splits by the affix that makes most parts; where none helps, tries again when twice as full. */
  private divide(entries: readonly Entry<T>[]): void {
    const units = shapeUnits((entries[0] as Entry<T>).shape);
    let best: Split<T> | null = null;
    let most = 1;
    for (let position = 0; position < units.length; position++) {
      if (units[position]?.literal !== null) continue;
      for (const side of ['prefix', 'suffix'] as const) {
        const split: Split<T> = { position, side, cuts: [], parts: new Map() };
        const parts = new Set(entries.map(({ shape }) => affixOf(shape, split))).size;
        if (parts > most) [best, most] = [split, parts];
      }
    }
    this.splitAt = entries.length * 2;
    if (!best) return;
    for (const entry of entries) place(entry, best);
    this.split = best;
    this.first = null;
    this.others = null;
  }
}

function searchSplit<T>(
  { position, side, cuts, parts }: Split<T>,
  units: readonly string[],
  command: SimpleCommand,
  accept: (ref: T) => boolean,
): T | undefined {
  const unit = units[position] as string;
  for (let i = 0; i < cuts.length; i++) {
    const affix = cutOff(unit, side, cuts[i] as Cut);
    const found = affix === null ? undefined : parts.get(affix)?.search(units, command, accept);
    if (found !== undefined) return found;
  }
  return undefined;
}

function place<T>(entry: Entry<T>, split: Split<T>): void {
  const affix = affixOf(entry.shape, split);
  const part = split.parts.get(affix);
  if (part) {
    part.add(entry);
    return;
  }
  split.parts.set(affix, new Bucket(entry));
  const cut = cutOf(affix, split.side);
  if (!split.cuts.some(({ after, length }) => after === cut.after && length === cut.length))
    split.cuts.push(cut);
}

const affixOf = (shape: Shape, { position, side }: { position: number; side: 'prefix' | 'suffix' }): string =>
  shapeUnits(shape)[position]?.[side] ?? '';
