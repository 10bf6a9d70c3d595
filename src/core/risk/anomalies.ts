import type { RiskReason } from './assessment.ts';
import { part } from './part.ts';

/** What is unusual about a request, known from the clock and from earlier requests. */
export interface AnomalyFacts {
  outsideOfficeHours?: boolean;
  /** No command of this family was ever approved in this environment. */
  neverSeenHere?: boolean;
  /** The requester never asked here before. */
  newRequester?: boolean;
  /** The same was deployed a few minutes ago. */
  doubleDeploy?: { minutesAgo: number };
  /** Many requests of one requester in a short time; more than `MOST_COUNTED` are not counted. */
  burst?: { count: number; minutes: number };
  /** The same command was denied before; `at` is a time as people read it. */
  retryOfDenied?: { at: string; reason: string | null };
}

/** Nobody needs to know how many more: counting them all would take longer the more there are. */
export const MOST_COUNTED = 100;

const minutes = (count: number): string => (count === 1 ? '1 minute' : `${count} minutes`);

/** The parts that anomalies add to a score: 5 to 20 points each. Alone they never make a harmless command HIGH. */
export function anomalyParts(facts: AnomalyFacts): RiskReason[] {
  const parts: RiskReason[] = [];
  const add = (id: string, points: number, why: string) => parts.push({ ...part(points, why), id });
  if (facts.outsideOfficeHours) add('outside-office-hours', 10, 'outside office hours');
  if (facts.neverSeenHere) add('never-seen-here', 10, 'never approved in this environment before');
  if (facts.newRequester) add('new-requester', 5, 'first request of this requester here');
  if (facts.doubleDeploy)
    add('double-deploy', 10, `the same was deployed ${minutes(facts.doubleDeploy.minutesAgo)} ago`);
  if (facts.burst) {
    const { count } = facts.burst;
    const many = count > MOST_COUNTED ? `more than ${MOST_COUNTED}` : count;
    add('burst', 10, `${many} requests in ${minutes(facts.burst.minutes)}`);
  }
  if (facts.retryOfDenied) {
    const { at, reason } = facts.retryOfDenied;
    add('retry-of-denied', 20, `denied before, at ${at}${reason ? `: ${reason}` : ''}`);
  }
  return parts;
}
