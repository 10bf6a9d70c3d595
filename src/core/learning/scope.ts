import { type Canonical, placesOf } from './canonical.ts';
import type { Shape } from './shape.ts';
import type { Sighting } from './sightings.ts';
import { type Styles, stylesOf } from './spellings.ts';
import { isIndependent, join, type Tally } from './tally.ts';
import type { Targets } from './targets.ts';

/** An approved kind of line that could be taken apart. */
export interface Seen {
  sighting: Sighting;
  shape: Shape;
  target: string | null;
  form: Canonical;
}

/**
 * What all commands of one environment tell of each other. Something is vouched for when more than one requester with
 * one reviewer stands for it, whatever they did with it.
 */
export interface Scope {
  targets: Targets;
  styles: Styles;
  isTarget(name: string): boolean;
  /** A value in its place: a host, a region, how many lines of a log. */
  isValue(key: string): boolean;
  /** Words that say where a command acts. */
  isLocal(text: string): boolean;
  /** A longer name with a target in it, seen with more than one: `shop-#-prod`. */
  isWrapper(text: string): boolean;
}

export function scopeOf(all: readonly Seen[], targets: Targets): Scope {
  const [names, values, locals] = [new Vouchers(), new Vouchers(), new Vouchers()];
  const wrappers = new Map<string, Set<string>>();
  for (const { target, shape, sighting, form } of all) {
    if (target !== null) {
      names.add(target, sighting.tally);
      for (const { wrapped } of placesOf(shape, target))
        if (wrapped !== null) wrappers.set(wrapped, (wrappers.get(wrapped) ?? new Set()).add(target));
    }
    for (const local of form.locals) locals.add(local, sighting.tally);
    for (const { column, keyOf } of form.columns)
      for (const [value, tally] of sighting.columns[column]?.values ?? []) values.add(keyOf(value), tally);
  }
  return {
    targets,
    styles: stylesOf(all.map(({ shape }) => shape)),
    isTarget: names.vouched(),
    isValue: values.vouched(),
    isLocal: locals.vouched(),
    isWrapper: (text) => (wrappers.get(text)?.size ?? 0) > 1,
  };
}

/** Who stands for what. */
class Vouchers {
  readonly #tallies = new Map<string, Tally[]>();

  add(key: string, tally: Tally): void {
    const known = this.#tallies.get(key);
    if (known) known.push(tally);
    else this.#tallies.set(key, [tally]);
  }

  vouched(): (key: string) => boolean {
    const keys = new Set<string>();
    for (const [key, tallies] of this.#tallies) if (isIndependent(join(tallies))) keys.add(key);
    return (key) => keys.has(key);
  }
}
