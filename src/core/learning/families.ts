import { createHash } from 'node:crypto';
import { parseShell } from '../command/parse.ts';
import { compileRule } from '../rules/compile.ts';
import { ruleWord } from '../rules/rule-text.ts';
import { isInterpreter, STDIN_EXECUTORS } from '../rules/tables.ts';
import { baseOf } from '../rules/wrappers.ts';
import { MOST_EXPANSIONS } from '../rules/expansions.ts';
import { canonical, occurrences, placesOf } from './canonical.ts';
import { spellPlace } from './open-place.ts';
import { takesAnyOrder } from './options.ts';
import { type Option, type Shape, type ShapedWord, shapeOf } from './shape.ts';
import type { Column, Sighting } from './sightings.ts';
import { isEvidence, isIndependent, join, type Tally } from './tally.ts';
import { findTargets, type Targets } from './targets.ts';

/** Rules that belong together, with the approved lines they come from. */
export interface Family {
  id: string;
  environment: string;
  project: string;
  /** `kubectl rollout status` */
  name: string;
  rules: string[];
  sightings: Sighting[];
  tally: Tally;
}

interface Seen {
  sighting: Sighting;
  shape: Shape;
  target: string | null;
}

const MOST_RULES = 120;
const MOST_ORDERED = 4;

/** Everything approved in one environment and project, as families of rules. Sightings come in one order. */
export function familiesOf(sightings: readonly Sighting[]): Family[] {
  const shaped = sightings.map((sighting) => ({ sighting, shaped: shapeOf(sighting) }));
  const plain = shaped.flatMap(({ sighting, shaped: s }) => (s.simple ? [{ sighting, shape: s.shape }] : []));
  const targets = findTargets(plain.map(({ shape }) => shape));
  const all: Seen[] = plain.map((each) => ({ ...each, target: targetOf(each.shape, targets) }));
  const known = trusted(all);
  const frames = new Map<string, Seen[]>();
  for (const seen of all) {
    const { shape, sighting } = seen;
    const key = `${canonical(shape, seen.target).text}\n${sighting.columns
      .map(({ kind }) => kind)
      .sort()
      .join(' ')}`;
    frames.set(key, [...(frames.get(key) ?? []), seen]);
  }
  const families = new Map<string, Family>();
  for (const frame of frames.values()) {
    const tally = join(frame.map(({ sighting }) => sighting.tally));
    if (!isEvidence(tally)) continue;
    const rules = rulesOf(frame, targets, known);
    const [first] = frame;
    if (rules.length > 0 && first) addTo(families, first, rules, frame, tally);
  }
  return [
    ...families.values(),
    ...exactFamilies(shaped.filter((s) => !s.shaped.simple).map((s) => s.sighting)),
  ];
}

function addTo(
  families: Map<string, Family>,
  first: Seen,
  rules: string[],
  frame: Seen[],
  tally: Tally,
): void {
  const { family: key } = canonical(first.shape, first.target);
  const { environment, project } = first.sighting;
  const known = families.get(key);
  const name = first.shape.verbs
    .filter((verb) => verb !== first.target)
    .slice(0, 4)
    .join(' ');
  const sightings = [...(known?.sightings ?? []), ...frame.map(({ sighting }) => sighting)];
  families.set(key, {
    id: familyId(environment, project, key),
    environment,
    project,
    name: known?.name ?? name,
    rules: [...new Set([...(known?.rules ?? []), ...rules])].sort().slice(0, MOST_RULES),
    sightings,
    tally: known ? join([known.tally, tally]) : tally,
  });
}

const familyId = (environment: string, project: string, key: string): string =>
  `fam_${createHash('sha256').update(`${environment}\n${project}\n${key}`).digest('hex').slice(0, 16)}`;

/** What cannot be taken apart stays as it is, word for word. */
function exactFamilies(sightings: Sighting[]): Family[] {
  return sightings.flatMap((sighting) => {
    const isOneText = sighting.columns.every(({ values, overflows }) => values.size === 1 && !overflows);
    const rule = `= ${sighting.text.trim()}`;
    if (!isOneText || !isEvidence(sighting.tally) || !compileRule(rule).valid || feedsExecutor(rule))
      return [];
    const { environment, project, tally } = sighting;
    const name = sighting.text.split(/\s+/).slice(0, 2).join(' ');
    return [
      {
        id: familyId(environment, project, rule),
        environment,
        project,
        name,
        rules: [rule],
        sightings: [sighting],
        tally,
      },
    ];
  });
}

/** A pipe into a program that executes or applies what it reads is looked at each time. */
function feedsExecutor(rule: string): boolean {
  const parsed = parseShell(rule.slice('= '.length));
  if (!parsed.analysable) return false;
  return parsed.commands.some(({ readsPipe, words: [name] }) => {
    const base = name?.static ? baseOf(name.value) : null;
    return readsPipe && (base === null || STDIN_EXECUTORS.has(base) || isInterpreter(base));
  });
}

/**
 * The one target a command names, when it names one: two different ones are only ever seen together. Of names inside
 * each other the longest, unless a part of it stands elsewhere too: `--name api-prod --key api/x` speaks of `api`.
 */
function targetOf(shape: Shape, targets: Targets): string | null {
  const named = [...targets.keys()].filter((name) => placesOf(shape, name).length > 0);
  const isWithin = (name: string, other: string): boolean => other !== name && occurrences(name).test(other);
  const [outer, ...others] = named.filter((name) => !named.some((other) => isWithin(name, other)));
  if (outer === undefined || others.length > 0) return null;
  if (!standsElsewhere(shape, outer)) return outer;
  const [inner, ...more] = named.filter((name) => !named.some((other) => isWithin(other, name)));
  return inner === undefined || more.length > 0 || standsElsewhere(shape, inner) ? null : inner;
}

/** Whether a part of a name is left once the name is taken out: then the one would change without the other. */
function standsElsewhere(shape: Shape, name: string): boolean {
  const pieces = name.split(/[-_]/).filter((piece) => piece !== name && piece.length > 1);
  if (pieces.length === 0) return false;
  const { text } = canonical(shape, name);
  return pieces.some((piece) => occurrences(piece).test(text));
}

/** Targets that more than one requester with one reviewer stands for. */
function trusted(all: readonly Seen[]): ReadonlySet<string> {
  const byTarget = new Map<string, Tally[]>();
  for (const { target, sighting } of all)
    if (target !== null) byTarget.set(target, [...(byTarget.get(target) ?? []), sighting.tally]);
  return new Set(
    [...byTarget].filter(([, tallies]) => isIndependent(join(tallies))).map(([target]) => target),
  );
}

function rulesOf(frame: Seen[], targets: Targets, known: ReadonlySet<string>): string[] {
  const [first] = frame as [Seen];
  const names = targetsFor(frame, targets).filter((name) => name === null || known.has(name));
  if (names.length === 0) return [];
  const order = canonical(first.shape, first.target).columns;
  const spelled = order.map((surroundings, k) =>
    spellPlace(
      frame.map(({ sighting, shape, target }) => {
        const at = canonical(shape, target).columns[k]?.column ?? 0;
        return sighting.columns[at] as Column;
      }),
      surroundings,
    ),
  );
  if (spelled.includes(null)) return [];
  const places = spelled as { texts: string[]; ways: number }[];
  const ways = places.reduce((product, place) => product * place.ways, 1);
  if (ways > MOST_EXPANSIONS) return [];
  const spellings = new Map<string, Seen>();
  for (const seen of frame) {
    for (const shape of ordersOf(seen.shape)) {
      const key = JSON.stringify([shape.verbs.map((v) => v === seen.target), written(shape, seen.target)]);
      if (!spellings.has(key)) spellings.set(key, { ...seen, shape });
    }
  }
  const groups = chunks(names, Math.max(1, Math.floor(MOST_EXPANSIONS / ways)));
  return [...spellings.values()].flatMap((seen) =>
    groups.flatMap((group) => variants(places).flatMap((texts) => valid(seen, texts, group))),
  );
}

/** Where each part of a spelling stands, values and target aside. */
const written = (shape: Shape, target: string | null) =>
  shape.items.map((item) => {
    const words = item.kind === 'operand' ? [item.word] : item.words;
    return words.map((word) =>
      word.map((part) =>
        'text' in part ? (target ? part.text.replace(occurrences(target), '\u0001') : part.text) : '\u0002',
      ),
    );
  });

/** All of the table where the frame has its own evidence; only those seen where the name says where it acts. */
function targetsFor(frame: Seen[], targets: Targets): (string | null)[] {
  const [first] = frame as [Seen];
  if (first.target === null) return [null];
  const seen = [...new Set(frame.map(({ target }) => target as string))].sort();
  const places = placesOf(first.shape, first.target);
  const onlySeen =
    places.some(({ where }) => where) || (places.some(({ wrapped }) => wrapped) && seen.length < 2);
  if (onlySeen || !isIndependent(join(frame.map(({ sighting }) => sighting.tally)))) return seen;
  return [...new Set([...seen, ...(targets.get(first.target) ?? [])])].sort();
}

/** The rule, or narrower ones where the language does not take it so open: one for each target, then each value. */
function valid(seen: Seen, texts: string[], names: (string | null)[]): string[] {
  const rule = ruleOf(seen, texts, names);
  if (compileRule(rule).valid) return [rule];
  if (names.length > 1) return names.flatMap((name) => valid(seen, texts, [name]));
  const at = texts.findIndex((text) => CHOICE.test(text));
  const values = texts[at]?.slice(1, -1).split(',') ?? [];
  return values.flatMap((value) => valid(seen, texts.with(at, value), names));
}

const CHOICE = /^\{[^{}]*,[^{}]*\}$/;

function ruleOf({ shape, target }: Seen, texts: string[], names: (string | null)[]): string {
  const order = canonical(shape, target).columns.map(({ column }) => column);
  const open = new Map(order.map((column, k) => [column, texts[k] as string]));
  let isNamed = false;
  const name = (): string => {
    if (names.length === 1) return ruleWord(names[0] as string);
    if (isNamed) return '{target}';
    isNamed = true;
    return `{target:${names.join(',')}}`;
  };
  const literal = (text: string): string => {
    if (target === null) return text === '' ? '' : ruleWord(text);
    const pieces = text.split(occurrences(target));
    return pieces
      .map((piece) => (piece === '' ? '' : ruleWord(piece)))
      .reduce((sum, piece) => sum + name() + piece);
  };
  const word = (parts: ShapedWord): string =>
    parts.map((part) => ('text' in part ? literal(part.text) : open.get(part.column))).join('') || "''";
  const words = [
    ...shape.verbs.map((verb) => literal(verb)),
    ...shape.items.flatMap((item) => (item.kind === 'operand' ? [word(item.word)] : item.words.map(word))),
  ];
  return words.join(' ');
}

/** Other orders of the options at the end, of programs that take them in any. */
function ordersOf(shape: Shape): Shape[] {
  let from = shape.items.length;
  while (from > 0 && shape.items[from - 1]?.kind === 'option') from -= 1;
  const options = shape.items.slice(from) as ({ kind: 'option' } & Option)[];
  const isRepeated = new Set(options.map(({ name }) => name)).size < options.length;
  const isShort = options.length > 1 && options.length <= MOST_ORDERED;
  if (!isShort || isRepeated || !takesAnyOrder(shape.verbs)) return [shape];
  return permutations(options).map((order) => ({
    ...shape,
    items: [...shape.items.slice(0, from), ...order],
  }));
}

function permutations<T>(list: T[]): T[][] {
  if (list.length < 2) return [list];
  return list.flatMap((item, i) => permutations(list.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

const MOST_VARIANTS = 8;

function variants(places: { texts: string[] }[]): string[][] {
  let all: string[][] = [[]];
  for (const { texts } of places) all = all.flatMap((way) => texts.map((text) => [...way, text]));
  return all.length > MOST_VARIANTS ? [] : all;
}

function chunks<T>(list: T[], size: number): T[][] {
  const all: T[][] = [];
  for (let at = 0; at < list.length; at += size) all.push(list.slice(at, at + size));
  return all;
}
