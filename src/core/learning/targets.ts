import { canonical, isPlace, occurrences, type Place, placesOf } from './canonical.ts';
import { canBeTarget } from './options.ts';
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

/**
 * The one target a command names, when it names one: two different ones are only ever seen together. Of names inside
 * each other the longest, unless a part of it stands elsewhere too: `--name api-prod --key api/x` speaks of `api`.
 */
export function targetOf(shape: Shape, targets: Targets): string | null {
  const whole = wholeText(shape);
  const named = [...targets.keys()].filter(
    (name) => whole.includes(name) && placesOf(shape, name).length > 0,
  );
  const isWithin = (name: string, other: string): boolean => other !== name && occurrences(name).test(other);
  const [outer, ...others] = named.filter((name) => !named.some((other) => isWithin(name, other)));
  if (outer === undefined || others.length > 0) return null;
  if (!standsElsewhere(shape, outer)) return outer;
  const [inner, ...more] = named.filter((name) => !named.some((other) => isWithin(other, name)));
  return inner === undefined || more.length > 0 || standsElsewhere(shape, inner) ? null : inner;
}

/** Everything that is spelled out in a command, to look quickly for what is not there. */
const wholeText = ({ verbs, items }: Shape): string =>
  [
    ...verbs,
    ...items
      .flatMap((item) => (item.kind === 'operand' ? item.word : (item.value ?? [])))
      .map((part) => ('text' in part ? part.text : '')),
  ].join('\n');

/** Whether a part of a name is left once the name is taken out: then the one would change without the other. */
function standsElsewhere(shape: Shape, name: string): boolean {
  const pieces = name.split(/[-_]/).filter((piece) => piece !== name && piece.length > 1);
  if (pieces.length === 0) return false;
  const { text } = canonical(shape, name);
  return pieces.some((piece) => occurrences(piece).test(text));
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
    if (item.kind === 'option' && isPlace(item)) continue;
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
  const unite = (one: string, other: string): void => {
    const [a, b] = [root(one), root(other)].sort() as [string, string];
    parent.set(b, a);
    if (!parent.has(a)) parent.set(a, a);
  };
  for (const [one = '', other = ''] of pairs) unite(one, other);
  const names = [...parent.keys()];
  const wrapped = new Set<string>();
  for (const { before, after, inner, outer } of wrappers(names)) {
    const roots = new Set(outer.map(root));
    for (const name of names.filter((each) => roots.has(root(each)))) {
      const core = coreOf(name, before, after);
      if (core === null) continue;
      wrapped.add(name);
      unite(core, inner);
    }
  }
  const classes = new Map<string, string[]>();
  for (const name of [...parent.keys()].filter((each) => !wrapped.has(each)).sort()) {
    const key = root(name);
    classes.set(key, [...(classes.get(key) ?? []), name]);
  }
  return new Map(
    [...classes.values()]
      .filter((list) => list.length > 1)
      .flatMap((list) => list.map((name) => [name, list])),
  );
}

/** What is left of `orders-hook` without `-hook`, when it is a name. */
function coreOf(name: string, before: string, after: string): string | null {
  if (name.length <= before.length + after.length || !name.startsWith(before) || !name.endsWith(after))
    return null;
  const core = name.slice(before.length, name.length - after.length);
  return NAME.test(core) && canBeTarget(core) ? core : null;
}

interface Wrapper {
  before: string;
  after: string;
  /** One of the names in it. */
  inner: string;
  outer: string[];
}

/**
 * What is put around several targets: `orders-hook`, `billing-hook`. Such names would break the link between the
 * places of a target; whatever else wears the same stands for a target, too.
 */
function wrappers(names: string[]): Wrapper[] {
  const found = new Map<string, Wrapper & { inners: Set<string> }>();
  for (const outer of names) {
    for (const inner of names) {
      const at = `-${outer}-`.replaceAll('_', '-').indexOf(`-${inner.replaceAll('_', '-')}-`);
      if (inner === outer || at < 0) continue;
      const [before, after] = [outer.slice(0, at), outer.slice(at + inner.length)];
      const key = `${before}\0${after}`;
      const known = found.get(key) ?? { before, after, inner, outer: [], inners: new Set() };
      found.set(key, known);
      known.inners.add(inner);
      known.outer.push(outer);
    }
  }
  return [...found.values()].filter(({ inners }) => inners.size > 1);
}
