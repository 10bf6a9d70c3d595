const DAY_MS = 86_400_000;

/** Who approved what, when: enough to tell whether it is evidence. The same in any order. */
export interface Tally {
  approvals: number;
  requesters: string[];
  reviewers: string[];
  /** Days since 1970, UTC. */
  days: number[];
  first: number;
  last: number;
}

/** One approval, as far as it is counted. Its lists are of one each, and may be shared: they are never changed. */
export interface Approval {
  at: number;
  requesters: string[];
  reviewers: string[];
  days: number[];
}

export const dayOf = (at: number): number => Math.floor(at / DAY_MS);

export const newTally = (): Tally => ({
  approvals: 0,
  requesters: [],
  reviewers: [],
  days: [],
  first: Number.POSITIVE_INFINITY,
  last: Number.NEGATIVE_INFINITY,
});

export const tallyOf = ({ at, requesters, reviewers, days }: Approval): Tally => ({
  approvals: 1,
  requesters,
  reviewers,
  days,
  first: at,
  last: at,
});

/** Counts one approval. */
export function count(tally: Tally, { at, requesters, reviewers, days }: Approval): void {
  tally.approvals += 1;
  tally.requesters = including(tally.requesters, requesters);
  tally.reviewers = including(tally.reviewers, reviewers);
  tally.days = including(tally.days, days);
  if (at < tally.first) tally.first = at;
  if (at > tally.last) tally.last = at;
}

function including<T>(list: T[], one: T[]): T[] {
  const value = one[0] as T;
  // Most come in the order of their days.
  return list[list.length - 1] === value || list.includes(value) ? list : [...list, value];
}

export function join(tallies: Iterable<Tally>): Tally {
  const all = newTally();
  const sets = [new Set<string>(), new Set<string>(), new Set<number>()] as const;
  for (const tally of tallies) {
    all.approvals += tally.approvals;
    for (const requester of tally.requesters) sets[0].add(requester);
    for (const reviewer of tally.reviewers) sets[1].add(reviewer);
    for (const day of tally.days) sets[2].add(day);
    all.first = Math.min(all.first, tally.first);
    all.last = Math.max(all.last, tally.last);
  }
  all.requesters = [...sets[0]].sort();
  all.reviewers = [...sets[1]].sort();
  all.days = [...sets[2]].sort((a, b) => a - b);
  return all;
}

/** More than one requester with one and the same reviewer: two who work together cannot open anything alone. */
export const isIndependent = ({ requesters, reviewers }: Tally): boolean =>
  requesters.length > 1 || reviewers.length > 1;

/** At least two approvals, on two days or of two people's requests: an afternoon's burst is one event. */
export const isEvidence = (tally: Tally): boolean =>
  tally.approvals >= 2 && (tally.days.length >= 2 || tally.requesters.length >= 2) && isIndependent(tally);
