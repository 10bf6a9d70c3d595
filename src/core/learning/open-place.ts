import type { AtomKind } from './atoms.ts';
import { isCapacity } from './options.ts';
import type { Column } from './sightings.ts';

const MOST_CHOICES = 24;
const MANY = 3;

/** What a rule says in one open place: texts of the rule language, each of which makes a rule of its own. */
export type Spelled = { texts: string[]; ways: number } | null;

/**
 * The narrowest way to say what was seen in a place (least general generalisation). One value stays that value.
 * null: what was seen there cannot be said in a rule that is narrow enough.
 * @param context the words before it, which tell a capacity from a number that names something
 * @param alone it is the whole word or value
 */
export function spellPlace(columns: readonly Column[], context: string, alone: boolean): Spelled {
  const kind = (columns[0] as Column).kind;
  const values = [...new Set(columns.flatMap((column) => [...column.values.keys()]))].sort();
  const overflows = columns.some((column) => column.overflows);
  const [only] = values;
  if (values.length === 1 && only !== undefined && !overflows) return { texts: [only], ways: 1 };
  const lengths = [...new Set(columns.flatMap((column) => [...column.lengths]))].sort((a, b) => a - b);
  const slot = SLOTS[kind];
  if (slot) return { texts: slot(lengths), ways: 1 };
  if (kind === 'int') return number(values, overflows, lengths, context, alone);
  if (kind === 'tail') return tail(columns, values, overflows);
  return choice(values, overflows);
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
  values: string[],
  overflows: boolean,
  lengths: number[],
  context: string,
  alone: boolean,
): Spelled {
  if (isCapacity(context)) return choice(values, overflows);
  // Ids this long never come back, and no capacity is so large.
  const isId = (lengths[0] ?? 0) >= 8;
  if (values.length < MANY && !isId) return choice(values, overflows);
  const isLong = (lengths[0] ?? 0) >= 4;
  if (!alone || isLong) return { texts: lengths.filter((n) => n <= 18).map((n) => `{int:${n}}`), ways: 1 };
  if (overflows || values.some((value) => /^0\d/.test(value))) return choice(values, overflows);
  const sorted = values.map(Number).sort((a, b) => a - b);
  return { texts: [`{int:${sorted[0]}-${sorted[sorted.length - 1]}}`], ways: 1 };
}

/** Names that hardly ever come twice, after a number: `0202_split_orders`. */
function tail(columns: readonly Column[], values: string[], overflows: boolean): Spelled {
  const tallies = columns.flatMap((column) => [...column.values.values()]);
  const uses = tallies.reduce((sum, { approvals }) => sum + approvals, 0);
  const days = new Set(tallies.flatMap((tally) => tally.days)).size;
  if (values.length >= 4 && days >= 2 && uses / values.length <= 1.6) return { texts: ['{slug}'], ways: 1 };
  return choice(values, overflows);
}

const choice = (values: string[], overflows: boolean): Spelled => {
  if (
    overflows ||
    values.length > MOST_CHOICES ||
    !values.every((value) => /^[A-Za-z0-9_.:/=@+-]+$/.test(value))
  )
    return null;
  return { texts: [`{${values.join(',')}}`], ways: values.length };
};
