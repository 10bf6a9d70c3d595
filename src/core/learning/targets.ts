import { canBeTarget, saysWhere } from './options.ts';
import { canonical, type Place, placesOf } from './canonical.ts';
import type { Shape } from './shape.ts';

/** A context with more names is no closed table. */
const MOST_PEERS = 40;
const NAME = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/;

/** Names that stand for each other in several kinds of commands: services, apps, jobs. Each is its class's list. */
export type Targets = ReadonlyMap<string, readonly string[]>;

/**
 * Finds the closed tables of targets among approved commands of one environment and project. Two names belong
 * together when they take each other's place in at least two families of commands, and not only as bare words
 * after the program, where verbs stand.
 */
export function findTargets(shapes: readonly Shape[]): Targets {
  const contexts = new Map<string, { family: string; names: Map<string, boolean> }>();
  for (const shape of shapes) {
    for (const name of namesIn(shape)) {
      const places = placesOf(shape, name);
      if (places.some((place) => place.where)) continue;
      const { text, family } = canonical(shape, name);
      const context = contexts.get(text) ?? { family, names: new Map<string, boolean>() };
      contexts.set(text, context);
      context.names.set(name, places.some(isData));
    }
  }
  const pairs = new Map<string, { families: Set<string>; isData: boolean }>();
  for (const { family, names } of contexts.values()) {
    if (names.size < 2 || names.size > MOST_PEERS) continue;
    const sorted = [...names.keys()].sort();
    for (const [i, one] of sorted.entries()) {
      for (const other of sorted.slice(i + 1)) {
        const key = `${one} ${other}`;
        const pair = pairs.get(key) ?? { families: new Set(), isData: false };
        pairs.set(key, pair);
        pair.families.add(family);
        pair.isData ||= names.get(one) === true && names.get(other) === true;
      }
    }
  }
  return classesOf(
    [...pairs].filter(([, pair]) => pair.families.size >= 2 && pair.isData).map(([key]) => key.split(' ')),
  );
}

const isData = ({ bare }: Place): boolean => !bare;

function namesIn(shape: Shape): Set<string> {
  const names = new Set<string>();
  const see = (text: string) => {
    for (const name of text.split(/[^A-Za-z0-9_-]+/))
      if (NAME.test(name) && canBeTarget(name)) names.add(name);
  };
  for (const verb of shape.verbs.slice(1)) see(verb);
  for (const item of shape.items) {
    const word = item.kind === 'operand' ? item.word : item.value;
    if (item.kind === 'option' && saysWhere(item.name)) continue;
    for (const part of word ?? []) if ('text' in part) see(part.text);
  }
  return names;
}

function classesOf(pairs: string[][]): Targets {
  const parent = new Map<string, string>();
  const root = (name: string): string => {
    const up = parent.get(name) ?? name;
    return up === name ? name : root(up);
  };
  for (const [one = '', other = ''] of pairs) {
    const [a, b] = [root(one), root(other)].sort() as [string, string];
    parent.set(b, a);
    if (!parent.has(a)) parent.set(a, a);
  }
  const names = [...parent.keys()];
  const wrapped = wrappers(names);
  const classes = new Map<string, string[]>();
  for (const name of names.filter((each) => !wrapped.has(each)).sort()) {
    const key = root(name);
    classes.set(key, [...(classes.get(key) ?? []), name]);
  }
  return new Map(
    [...classes.values()]
      .filter((list) => list.length > 1)
      .flatMap((list) => list.map((name) => [name, list])),
  );
}

/** `orders-hook`, `billing-hook`: names made of other targets would break the link between their places. */
function wrappers(names: string[]): Set<string> {
  const byRest = new Map<string, { inner: Set<string>; outer: Set<string> }>();
  for (const outer of names) {
    for (const inner of names) {
      if (inner === outer || !`-${outer}-`.replaceAll('_', '-').includes(`-${inner.replaceAll('_', '-')}-`))
        continue;
      const rest = outer.replace(inner, '\0');
      const found = byRest.get(rest) ?? { inner: new Set(), outer: new Set() };
      byRest.set(rest, found);
      found.inner.add(inner);
      found.outer.add(outer);
    }
  }
  const many = [...byRest.values()].filter(({ inner }) => inner.size > 1);
  return new Set(many.flatMap(({ outer }) => [...outer]));
}
