import type { AtomKind } from './atoms.ts';
import { isCapacity } from './options.ts';
import type { Column } from './sightings.ts';
import { isIndependent, join, type Tally } from './tally.ts';

const MOST_CHOICES = 24;
const MANY = 3;

/** What a rule says in one open place: texts of the rule language, each of which makes a rule of its own. */
export type Spelled = { texts: string[]; ways: number } | null;

/** Where a place stands. */
export interface Surroundings {
  /** The words before it, which tell a capacity from a number that names something. */
  context: string;
  /** It is the whole word or value. */
  alone: boolean;
  /** It says where the command acts: a number of a host or a region is never any number. */
  where: boolean;
  /** Whether more than one requester with one reviewer stands for a value; `tallies`: of it in this place. */
  isTrusted(value: string, tallies: Tally[]): boolean;
}

/**
 * The narrowest way to say what was seen in a place (least general generalisation). One value stays that value.
 * `siblings`: the same place in another environment, which lends versions and numbers of things, nothing else.
 * null: what was seen there cannot be said in a rule that is narrow enough.
 */
export function spellPlace(
  own: readonly Column[],
  siblings: readonly Column[],
  { context, alone, where, isTrusted }: Surroundings,
): Spelled {
  const kind = (own[0] as Column).kind;
  const slot = SLOTS[kind];
  const isLent = slot !== undefined || kind === 'tail' || (kind === 'int' && !where && !isCapacity(context));
  const columns = isLent ? [...own, ...siblings] : own;
  const values = [...new Set(columns.flatMap((column) => [...column.values.keys()]))].sort();
  const overflows = columns.some((column) => column.overflows);
  const trusted = values.filter((value) => isTrusted(value, talliesOf(columns, value)));
  const [only] = values;
  if (values.length === 1 && only !== undefined && !overflows) return { texts: [only], ways: 1 };
  const lengths = [...new Set(columns.flatMap((column) => [...column.lengths]))].sort((a, b) => a - b);
  if (slot) return { texts: slot(lengths), ways: 1 };
  if (kind === 'int' && !where)
    return number(columns, { values, trusted, overflows, lengths }, context, alone);
  if (kind === 'tail') return tail(columns, { values, trusted, overflows, lengths });
  return choice(trusted, overflows);
}

/** What stood in a place; `trusted`: not only of one requester with one reviewer. */
interface Stood {
  values: string[];
  trusted: string[];
  overflows: boolean;
  lengths: number[];
}

const SLOTS: Partial<Record<AtomKind, (lengths: number[]) => string[]>> = {
  sha: (lengths) => lengths.map((length) => `{sha:${length}}`),
  semver: () => ['{semver}'],
  date: () => ['{date}'],
  uuid: () => ['{uuid}'],
  ulid: () => ['{ulid}'],
  digest: () => ['{digest}'],
};

/** Capacities stay as seen. Numbers that name something become their digits after three values. */
function number(
  columns: readonly Column[],
  { values, trusted, overflows, lengths }: Stood,
  context: string,
  alone: boolean,
): Spelled {
  if (isCapacity(context)) return choice(trusted, overflows);
  // Ids this long never come back, and no capacity is so large.
  const isId = (lengths[0] ?? 0) >= 8;
  if (values.length < MANY && !isId) return choice(trusted, overflows);
  const isLong = (lengths[0] ?? 0) >= 4;
  if (!alone || isLong) return { texts: lengths.filter((n) => n <= 18).map((n) => `{int:${n}}`), ways: 1 };
  if (overflows || values.some((value) => /^0\d/.test(value))) return choice(trusted, overflows);
  if (isNearUnique(columns, values)) return growing(columns, values) ?? choice(trusted, overflows);
  const sorted = trusted.map(Number).sort((a, b) => a - b);
  const [from, to] = [sorted[0], sorted[sorted.length - 1]];
  return from === to ? choice(trusted, overflows) : { texts: [`{int:${from}-${to}}`], ways: 1 };
}

const talliesOf = (columns: readonly Column[], value: string): Tally[] =>
  columns.flatMap((column) => column.values.get(value) ?? []);

/** Values that hardly ever come twice, on more than one day: they number something that grows. */
function isNearUnique(columns: readonly Column[], values: readonly string[]): boolean {
  const tally = join(values.flatMap((value) => talliesOf(columns, value)));
  return values.length >= 4 && tally.days.length >= 2 && tally.approvals / values.length <= 1.6;
}

/** A number that grows: of as many digits as more than one requester with one reviewer stand for. */
function growing(columns: readonly Column[], values: readonly string[]): Spelled {
  const lengths = [...new Set(values.map(({ length }) => length))].filter((length) => {
    const ofThem = values.filter((value) => value.length === length);
    return length > 1 && isIndependent(join(ofThem.flatMap((value) => talliesOf(columns, value))));
  });
  return lengths.length === 0
    ? null
    : { texts: lengths.sort((a, b) => a - b).map((length) => `{int:${length}}`), ways: 1 };
}

/** Names that hardly ever come twice, after a number: `0202_split_orders`. */
const tail = (columns: readonly Column[], { values, trusted, overflows }: Stood): Spelled =>
  isNearUnique(columns, values) ? { texts: ['{slug}'], ways: 1 } : choice(trusted, overflows);

const choice = (values: string[], overflows: boolean): Spelled => {
  const [only] = values;
  if (only === undefined) return null;
  if (values.length === 1) return { texts: [only], ways: 1 };
  if (
    overflows ||
    values.length > MOST_CHOICES ||
    !values.every((value) => /^[A-Za-z0-9_.:/=@+-]+$/.test(value))
  )
    return null;
  return { texts: [`{${values.join(',')}}`], ways: values.length };
};
