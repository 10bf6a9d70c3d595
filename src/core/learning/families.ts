import { redactText } from '../command/redact.ts';
import { assess } from '../risk/assess.ts';
import type { RiskLevel } from '../risk/assessment.ts';
import { MOST_EXPANSIONS } from '../rules/expansions.ts';
import { canonical, placesOf } from './canonical.ts';
import { exactFamilies } from './exact-families.ts';
import { type Family, familyId } from './family.ts';
import { type Spelled, spellPlace } from './open-place.ts';
import { type Scope, type Seen, scopeOf } from './scope.ts';
import { shapeOf } from './shape.ts';
import type { Column, Sighting } from './sightings.ts';
import { spellingsOf } from './spellings.ts';
import type { SlotValues } from './suggestion.ts';
import { isEvidence, isIndependent, join, type Tally } from './tally.ts';
import { findTargets, targetOf } from './targets.ts';
import { writeRules } from './write-rule.ts';

/** More cannot be shown whole on a card. */
const MOST_RULES = 60;
const MOST_VARIANTS = 8;
const MOST_SEEN = 12;

/** Lines of one environment that are the same but for values, targets and spelling. */
interface Frame {
  environment: string;
  all: Seen[];
  /** The same kind of command in the other environments of the project. */
  siblings: Seen[];
}

/** Everything approved in the environments of one project, as families of rules. Sightings come in one order. */
export function familiesOf(sightings: readonly Sighting[]): Family[] {
  const shaped = sightings.map((sighting) => ({ sighting, shaped: shapeOf(sighting) }));
  const plain = shaped.flatMap(({ sighting, shaped: s }) => (s.simple ? [{ sighting, shape: s.shape }] : []));
  const targets = findTargets(plain.map(({ shape }) => shape));
  const environments = [...new Set(sightings.map(({ environment }) => environment))];
  const all: Seen[] = plain.map(({ sighting, shape }) => {
    const target = targetOf(shape, targets);
    return { sighting, shape, target, form: canonical(shape, target, environments) };
  });
  const scopes = new Map(
    environments.map((environment) => [
      environment,
      scopeOf(
        all.filter(({ sighting }) => sighting.environment === environment),
        targets,
      ),
    ]),
  );
  const families = new Map<string, Family>();
  for (const frame of framesOf(all)) {
    const learned = learn(frame, scopes.get(frame.environment) as Scope);
    if (learned && learned.rules.length > 0) addTo(families, frame, learned);
  }
  return [
    ...families.values(),
    ...exactFamilies(shaped.flatMap(({ sighting, shaped: s }) => (s.simple ? [] : [sighting]))),
  ];
}

function framesOf(all: readonly Seen[]): Frame[] {
  const frames = new Map<string, Frame>();
  const anywhere = new Map<string, Seen[]>();
  for (const seen of all) {
    const { environment, columns } = seen.sighting;
    const kinds = columns
      .map(({ kind }) => kind)
      .sort()
      .join(' ');
    const key = `${environment}\n${seen.form.text}\n${kinds}`;
    const frame = frames.get(key) ?? { environment, all: [], siblings: [] };
    frames.set(key, frame);
    frame.all.push(seen);
    const wide = `${seen.form.anywhere}\n${kinds}`;
    const others = anywhere.get(wide);
    if (others) others.push(seen);
    else anywhere.set(wide, [seen]);
    if (frame.all.length === 1) frame.siblings = anywhere.get(wide) as Seen[];
  }
  return [...frames.values()].map(({ environment, all: own, siblings }) => ({
    environment,
    all: own,
    siblings: siblings.filter(({ sighting }) => sighting.environment !== environment),
  }));
}

interface Learned {
  rules: string[];
  /** Approvals in other environments that it takes. */
  elsewhere: Tally;
  slots: SlotValues[];
}

/** What is risky is opened for versions and the like, and stays with the targets it was approved for. */
const isHigh = (all: readonly Seen[]): boolean =>
  all.some(({ sighting: { text, environment } }) =>
    isHighRisk(assess({ command: { kind: 'shell', text }, environment: { name: environment } }).level),
  );
const isHighRisk = (level: RiskLevel): boolean => level === 'HIGH' || level === 'CRITICAL';

const tallyOf = (all: readonly Seen[]) => join(all.map(({ sighting }) => sighting.tally));

/**
 * A kind of command with evidence of its own; or approved at least once, when it has evidence in another environment
 * and whatever differs here is vouched for by other commands here.
 */
function learn(frame: Frame, scope: Scope): Learned | null {
  if (isEvidence(tallyOf(frame.all))) return rulesOf(frame.all, [], scope);
  const isSeconded =
    !isHigh(frame.all) &&
    isEvidence(tallyOf(frame.siblings)) &&
    isEvidence(tallyOf([...frame.all, ...frame.siblings])) &&
    frame.all[0]?.form.locals.every((local) => scope.isLocal(local));
  return isSeconded ? rulesOf(frame.all, frame.siblings, scope) : null;
}

function addTo(families: Map<string, Family>, { all }: Frame, learned: Learned): void {
  const { rules, slots, elsewhere } = learned;
  const [{ form, shape, target, sighting }] = all as [Seen];
  const { environment, project } = sighting;
  const key = `${environment}\n${form.family}`;
  const known = families.get(key);
  const name = shape.verbs
    .filter((verb) => verb !== target)
    .slice(0, 4)
    .join(' ');
  const tally = tallyOf(all);
  families.set(key, {
    id: familyId(environment, project, form.family),
    environment,
    project,
    name: known?.name ?? name,
    rules: [...new Set([...(known?.rules ?? []), ...rules])].slice(0, MOST_RULES).sort(),
    sightings: [...(known?.sightings ?? []), ...all.map((seen) => seen.sighting)],
    tally: known ? join([known.tally, tally]) : tally,
    elsewhere: known ? join([known.elsewhere, elsewhere]) : elsewhere,
    slots: [...(known?.slots ?? []), ...slots],
  });
}

/** @param siblings lend what changes with every deploy, and never what says where a command acts, or how much */
function rulesOf(own: readonly Seen[], siblings: readonly Seen[], scope: Scope): Learned | null {
  const [first] = own as [Seen];
  const names = targetsFor(own, siblings, scope).filter((name) => name === null || scope.isTarget(name));
  if (names.length === 0) return null;
  const columnsOf = (all: readonly Seen[], k: number): Column[] =>
    all.flatMap(({ sighting, form }) => sighting.columns[form.columns[k]?.column ?? -1] ?? []);
  const spelled: Spelled[] = first.form.columns.map(({ context, alone, where, keyOf }, k) =>
    spellPlace(columnsOf(own, k), columnsOf(siblings, k), {
      context,
      alone,
      where,
      isTrusted: (value, tallies) => isIndependent(join(tallies)) || scope.isValue(keyOf(value)),
    }),
  );
  const places = spelled.filter((place) => place !== null);
  const ways = places.reduce((product, place) => product * place.ways, 1);
  if (places.length < spelled.length || ways > MOST_EXPANSIONS) return null;
  const groups = chunks(names, Math.max(1, Math.floor(MOST_EXPANSIONS / ways)));
  const shapes = new Map(own.map((seen) => [JSON.stringify([seen.shape, seen.target]), seen]));
  const ruled = [...shapes.values()].flatMap(({ shape, target }) =>
    spellingsOf(shape, scope.styles).flatMap((spelling, rank) =>
      groups.flatMap((group) =>
        variants(places).flatMap((texts) =>
          writeRules({ shape: spelling, target, texts, names: group }).map((rule) => ({ rule, rank })),
        ),
      ),
    ),
  );
  // What was seen comes first, should there be too many.
  const rules = ruled.sort((a, b) => a.rank - b.rank).map(({ rule }) => rule);
  return {
    rules,
    elsewhere: tallyOf(siblings),
    slots: [...targetSlot(own, names), ...openSlots(places, (k) => columnsOf(own, k))],
  };
}

/** All of the table where there is evidence for it; only those seen where the name says where the command acts. */
function targetsFor(
  own: readonly Seen[],
  siblings: readonly Seen[],
  { targets, isWrapper }: Scope,
): (string | null)[] {
  const [first] = own as [Seen];
  if (first.target === null) return [null];
  const seen = [...new Set(own.map(({ target }) => target as string))].sort();
  const onlySeen = placesOf(first.shape, first.target).some(
    ({ where, wrapped }) => where || (wrapped !== null && seen.length < 2 && !isWrapper(wrapped)),
  );
  if (onlySeen || isHigh(own) || !isIndependent(tallyOf([...own, ...siblings]))) return seen;
  return [...new Set([...seen, ...(targets.get(first.target) ?? [])])].sort();
}

function targetSlot(own: readonly Seen[], names: (string | null)[]): SlotValues[] {
  if (names.length < 2) return [];
  const uses = new Map<string, number>();
  for (const { target, sighting } of own)
    if (target !== null) uses.set(target, (uses.get(target) ?? 0) + sighting.tally.approvals);
  return [slotOf(`{target:${names.join(',')}}`, uses)];
}

const openSlots = (
  places: readonly { texts: string[] }[],
  columnsOf: (k: number) => Column[],
): SlotValues[] =>
  places.flatMap(({ texts }, k) => {
    const [text = ''] = texts;
    if (!text.startsWith('{')) return [];
    const uses = new Map<string, number>();
    for (const { values } of columnsOf(k))
      for (const [value, { approvals }] of values) uses.set(value, (uses.get(value) ?? 0) + approvals);
    return [slotOf(texts.join(' or '), uses)];
  });

function slotOf(slot: string, uses: ReadonlyMap<string, number>): SlotValues {
  const most = [...uses].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([value]) => value);
  return { slot, seen: most.slice(0, MOST_SEEN).map(redactText), count: uses.size };
}

function variants(places: readonly { texts: string[] }[]): string[][] {
  let all: string[][] = [[]];
  for (const { texts } of places) all = all.flatMap((way) => texts.map((text) => [...way, text]));
  return all.length > MOST_VARIANTS ? [] : all;
}

function chunks<T>(list: T[], size: number): T[][] {
  const all: T[][] = [];
  for (let at = 0; at < list.length; at += size) all.push(list.slice(at, at + size));
  return all;
}
