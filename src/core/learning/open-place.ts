import type { AtomKind } from './atoms.ts';
import { isCapacity } from './options.ts';
import type { Column } from './sightings.ts';
import { isIndependent, join } from './tally.ts';

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
}

/**
 * The narrowest way to say what was seen in a place (least general generalisation). One value stays that value.
 * null: what was seen there cannot be said in a rule that is narrow enough.
 */
export function spellPlace(columns: readonly Column[], { context, alone, where }: Surroundings): Spelled {
  const kind = (columns[0] as Column).kind;
  const values = [...new Set(columns.flatMap((column) => [...column.values.keys()]))].sort();
  const overflows = columns.some((column) => column.overflows);
  const trusted = values.filter((value) =>
    isIndependent(join(columns.flatMap((column) => column.values.get(value) ?? []))),
  );
  const [only] = values;
  if (values.length === 1 && only !== undefined && !overflows) return { texts: [only], ways: 1 };
  const lengths = [...new Set(columns.flatMap((column) => [...column.lengths]))].sort((a, b) => a - b);
  const slot = SLOTS[kind];
  if (slot) return { texts: slot(lengths), ways: 1 };
  if (kind === 'int' && !where) return number({ values, trusted, overflows, lengths }, context, alone);
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
function number({ values, trusted, overflows, lengths }: Stood, context: string, alone: boolean): Spelled {
  if (isCapacity(context)) return choice(trusted, overflows);
  // Ids this long never come back, and no capacity is so large.
  const isId = (lengths[0] ?? 0) >= 8;
  if (values.length < MANY && !isId) return choice(trusted, overflows);
  const isLong = (lengths[0] ?? 0) >= 4;
  if (!alone || isLong) return { texts: lengths.filter((n) => n <= 18).map((n) => `{int:${n}}`), ways: 1 };
  if (overflows || trusted.length < 2 || values.some((value) => /^0\d/.test(value)))
    return choice(trusted, overflows);
  const sorted = trusted.map(Number).sort((a, b) => a - b);
  return { texts: [`{int:${sorted[0]}-${sorted[sorted.length - 1]}}`], ways: 1 };
}

/** Names that hardly ever come twice, after a number: `0202_split_orders`. */
function tail(columns: readonly Column[], { values, trusted, overflows }: Stood): Spelled {
  const tallies = columns.flatMap((column) => [...column.values.values()]);
  const uses = tallies.reduce((sum, { approvals }) => sum + approvals, 0);
  const days = new Set(tallies.flatMap((tally) => tally.days)).size;
  if (values.length >= 4 && days >= 2 && uses / values.length <= 1.6) return { texts: ['{slug}'], ways: 1 };
  return choice(trusted, overflows);
}

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
