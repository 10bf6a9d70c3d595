import type { Shape } from './compiled-rule.ts';
import { type Cut, cutOf, cutOff } from './cut.ts';
import { Entry, type Search } from './entry.ts';
import { shapeUnits } from './units.ts';

/** Which part of which unit tells the rules of a full bucket apart. */
interface Split<T> {
  position: number;
  side: 'prefix' | 'suffix';
  cuts: Cut[];
  parts: Map<string, Entry<T> | Bucket<T>>;
}

const FULL = 2;

/**
 * Rules whose literal words are the same. When they are many (`docker push registry/team/service:*`) they are
 * told apart by the literal beginning or end of an open word, so that a search stays short.
 */
export class Bucket<T> {
  private entries: Entry<T>[] = [];
  private split: Split<T> | null = null;
  private splitAt = FULL;

  add(entry: Entry<T>): void {
    if (this.split) {
      place(entry, this.split);
      return;
    }
    this.entries.push(entry);
    if (this.entries.length > this.splitAt) this.divide();
  }

  remove(text: string, shape: Shape, ref: T): void {
    const part = this.split?.parts.get(affixOf(shape, this.split));
    if (part instanceof Bucket) part.remove(text, shape, ref);
    else if (part && isSame(part, text, ref)) this.split?.parts.delete(affixOf(shape, this.split));
    this.entries = this.entries.filter((entry) => !isSame(entry, text, ref));
  }

  /** The first entry that covers the command and is accepted. */
  search(asked: Search<T>): Entry<T> | undefined {
    const { entries, split } = this;
    for (let i = 0; i < entries.length; i++) {
      const found = (entries[i] as Entry<T>).search(asked);
      if (found !== undefined) return found;
    }
    return split === null ? undefined : searchSplit(split, asked);
  }

  /** Splits by the affix that makes most parts; where none helps, tries again when twice as full. */
  private divide(): void {
    const { entries } = this;
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
    this.entries = [];
  }
}

function searchSplit<T>({ position, side, cuts, parts }: Split<T>, asked: Search<T>): Entry<T> | undefined {
  const unit = asked.row.unit(position);
  for (let i = 0; i < cuts.length; i++) {
    const affix = cutOff(unit, side, cuts[i] as Cut);
    const found = affix === null ? undefined : parts.get(affix)?.search(asked);
    if (found !== undefined) return found;
  }
  return undefined;
}

function place<T>(entry: Entry<T>, split: Split<T>): void {
  const affix = affixOf(entry.shape, split);
  const part = split.parts.get(affix);
  if (part) {
    split.parts.set(affix, withEntry(part, entry));
    return;
  }
  split.parts.set(affix, entry);
  const cut = cutOf(affix, split.side);
  if (!split.cuts.some(({ after, length }) => after === cut.after && length === cut.length))
    split.cuts.push(cut);
}

/** One entry more in a place of the index. */
export function withEntry<T>(held: Entry<T> | Bucket<T> | undefined, entry: Entry<T>): Entry<T> | Bucket<T> {
  if (held === undefined) return entry;
  const bucket = held instanceof Bucket ? held : new Bucket<T>();
  if (held instanceof Entry) bucket.add(held);
  bucket.add(entry);
  return bucket;
}

export const isSame = <T>(entry: Entry<T>, text: string, ref: T): boolean =>
  entry.ref === ref && entry.text === text;

const affixOf = (shape: Shape, { position, side }: { position: number; side: 'prefix' | 'suffix' }): string =>
  shapeUnits(shape)[position]?.[side] ?? '';
