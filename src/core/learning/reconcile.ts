import type { Suggestion } from './suggestion.ts';

const DAY_MS = 86_400_000;
/** What was put off comes back after so many days, … */
const PUT_OFF_DAYS = 7;
/** … or when so many more approvals speak for it. What was refused needs these and something new. */
const MORE_APPROVALS = 5;
/** What a person narrowed waits so long for an answer. */
const NARROWED_DAYS = 30;

/** A suggestion of an earlier night, and what became of it. Times are milliseconds since 1970. */
export interface Earlier {
  id: string;
  state: 'open' | 'half' | 'accepted' | 'not-now' | 'never' | 'withdrawn' | 'superseded';
  body: Suggestion;
  /** Evidence at the last answer. */
  approvals: number;
  createdAt: number;
  answeredAt: number | null;
  isNarrowed: boolean;
}

export type Change =
  | { kind: 'insert'; body: Suggestion }
  /** It waits for an answer already: brought up to date. */
  | { kind: 'refresh'; id: string; body: Suggestion }
  | { kind: 'reopen'; id: string; body: Suggestion }
  | { kind: 'withdraw'; id: string; why: string }
  | { kind: 'supersede'; id: string };

/**
 * What this night's proposals change in those of earlier nights.
 * @param contradiction why people's denials speak against a suggestion that nobody proposes any more; null: they do not
 */
export function reconcile(given: {
  now: number;
  earlier: readonly Earlier[];
  proposed: readonly Suggestion[];
  contradiction(body: Suggestion): string | null;
}): Change[] {
  const { now, earlier, contradiction } = given;
  const known = new Map(earlier.map((each) => [each.id, each]));
  const answered = latestAnswers(earlier);
  const changes: Change[] = [];
  const proposed = new Set<string>();
  for (const body of given.proposed) {
    const last = answered.get(lineageOf(body));
    if (last && !mayComeBack(last, body, now)) continue;
    proposed.add(body.id);
    changes.push(...proposal(known.get(body.id), body));
  }
  for (const each of earlier) {
    if (proposed.has(each.id) || (each.state !== 'open' && each.state !== 'half')) continue;
    const why = each.body.kind === 'prune' ? null : contradiction(each.body);
    if (why !== null) changes.push({ kind: 'withdraw', id: each.id, why });
    else if (!each.isNarrowed || each.createdAt <= now - NARROWED_DAYS * DAY_MS)
      changes.push({ kind: 'supersede', id: each.id });
  }
  return changes;
}

/** A family, and apart from it what of it is to go. */
const lineageOf = ({ kind, family, environment, project, replaces }: Suggestion): string =>
  JSON.stringify([environment, project, ...(kind === 'prune' ? ['prune', ...replaces] : [family])]);

function latestAnswers(earlier: readonly Earlier[]): Map<string, Earlier> {
  const latest = new Map<string, Earlier>();
  for (const each of earlier) {
    if (each.state !== 'never' && each.state !== 'not-now') continue;
    const key = lineageOf(each.body);
    const other = latest.get(key);
    if (!other || (other.answeredAt ?? 0) < (each.answeredAt ?? 0)) latest.set(key, each);
  }
  return latest;
}

function mayComeBack(last: Earlier, body: Suggestion, now: number): boolean {
  if (last.state === 'not-now' && now - (last.answeredAt ?? 0) >= PUT_OFF_DAYS * DAY_MS) return true;
  if (body.kind === 'prune') return last.body.cause !== body.cause;
  const hasMore = body.evidence.approvals >= last.approvals + MORE_APPROVALS;
  return hasMore && (last.state === 'not-now' || holdsNew(last.body, body));
}

/** Somebody else asks for it, or for something that was not in it. */
function holdsNew(before: Suggestion, body: Suggestion): boolean {
  const seen = new Set(before.slots.flatMap((slot) => slot.seen));
  return (
    body.evidence.requesters.some((requester) => !before.evidence.requesters.includes(requester)) ||
    body.slots.some((slot) => slot.seen.some((value) => !seen.has(value))) ||
    body.rules.some((rule) => !before.rules.includes(rule))
  );
}

function proposal(row: Earlier | undefined, body: Suggestion): Change[] {
  if (!row) return [{ kind: 'insert', body }];
  if (row.state !== 'open' && row.state !== 'half') return [{ kind: 'reopen', id: row.id, body }];
  return isSame(row.body, body) ? [] : [{ kind: 'refresh', id: row.id, body }];
}

/** The database gives keys in another order. */
const isSame = (a: unknown, b: unknown): boolean => inOrder(a) === inOrder(b);

const inOrder = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([x], [y]) => (x < y ? -1 : 1)))
      : each,
  );
