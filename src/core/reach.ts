import type { LadderView } from './escalation.ts';
import type { Person } from './people.ts';
import { clockThere, isQuiet, type PersonSettings } from './quiet.ts';
import { comingRungs } from './rungs.ts';

/** A step of the ladder of a request, with whom it reaches. */
export interface ReachStep {
  at: Date;
  kind: 'reviewers' | 'people' | 'page';
  /** As it is said: `backups`, `pager`. */
  label: string;
  /** How many people are on it; null: not known, as behind a pager. */
  reachable: number | null;
}

/** Who can be reached for a request, as it was at one moment. Plain JSON: it is kept as it is. */
export interface Reach {
  /** null: Slack did not say. */
  reviewers: ReviewersReached | null;
  /** Those that are still to come, in their order; `at` is ISO 8601. */
  steps: (Omit<ReachStep, 'at'> & { at: string })[];
  /** Nobody at all can decide or be told. */
  nobody: boolean;
  /** When it ends unless somebody decides; ISO 8601. */
  expiresAt: string;
  whenUnanswered: 'deny' | 'allow';
}

/** Without who asked and without who has left. */
export interface ReviewersReached {
  of: number;
  /** `active` and `likely`. */
  reachable: number;
  /** Slack shows them active, and they do not want quiet. */
  active: number;
  /** Slack does not show it, but it is day where they are. */
  likely: number;
  /** Neither Slack nor the time where they are tells. */
  unknown: number;
}

export type Presence = 'active' | 'likely' | 'away' | 'unknown';

const [DAY_BEGINS, DAY_ENDS] = [8 * 60, 20 * 60];

/** Who can be reached for a request now, and who will be told later. */
export function reachOf(input: {
  /** null: Slack did not answer. */
  reviewers: readonly Person[] | null;
  /** Slack user ids of who asked: they cannot approve. */
  askedBy: readonly string[];
  /** By Slack user id. */
  settings?: ReadonlyMap<string, PersonSettings>;
  steps: readonly ReachStep[];
  at: Date;
  expiresAt: Date;
  whenUnanswered?: 'deny' | 'allow';
}): Reach {
  const { at, expiresAt, whenUnanswered = 'deny' } = input;
  const reviewers = input.reviewers && countReviewers(input.reviewers, input);
  const steps = input.steps
    .filter((step) => step.at > at && step.at < expiresAt)
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .map((step) => ({
      ...step,
      at: step.at.toISOString(),
      reachable: step.kind === 'reviewers' && reviewers?.of === 0 ? 0 : step.reachable,
    }));
  const nobody = reviewers?.of === 0 && steps.every(({ reachable }) => reachable === 0);
  return { reviewers, steps, nobody, expiresAt: expiresAt.toISOString(), whenUnanswered };
}

function countReviewers(
  people: readonly Person[],
  {
    askedBy,
    settings,
    at,
  }: { askedBy: readonly string[]; settings?: ReadonlyMap<string, PersonSettings>; at: Date },
): ReviewersReached {
  const others = new Map(people.map((person) => [person.userId, person]));
  const presences = [...others.values()]
    .filter(({ userId, isGone }) => !isGone && !askedBy.includes(userId))
    .map((person) => presenceOf(person, settings?.get(person.userId), at));
  const count = (presence: Presence) => presences.filter((one) => one === presence).length;
  const [active, likely, unknown] = [count('active'), count('likely'), count('unknown')];
  return { of: presences.length, reachable: active + likely, active, likely, unknown };
}

/**
 * Would this person see it now? Their own wish for quiet comes first, then what Slack shows. Somebody active whose
 * do-not-disturb is not known is likely; of whom Slack shows nothing, the time where they are tells.
 */
export function presenceOf(person: Person, settings: PersonSettings | undefined, at: Date): Presence {
  if (person.isGone || person.isSnoozed || isQuiet(settings, person, at)) return 'away';
  if (person.isActive !== null) {
    if (!person.isActive) return 'away';
    return person.isSnoozed === null ? 'likely' : 'active';
  }
  const clock = clockThere(person.timeZone, at) ?? clockThere(settings?.timeZone ?? null, at);
  if (!clock) return 'unknown';
  const isWeekday = clock.day >= 1 && clock.day <= 5;
  return isWeekday && clock.minute >= DAY_BEGINS && clock.minute < DAY_ENDS ? 'likely' : 'away';
}

/**
 * The reach as it is to be read now: its steps come when the ladder has them, which questions move; while one holds
 * the ladder up, nobody knows when.
 */
export function reachNow(reach: Reach, ladder: LadderView): Reach {
  const open = comingRungs(ladder);
  if (ladder.pausedUntil !== null || open.length !== reach.steps.length) return { ...reach, steps: [] };
  const steps = reach.steps.map((step, i) => ({
    ...step,
    at: (open[i]?.dueAt ?? new Date(step.at)).toISOString(),
  }));
  return { ...reach, steps };
}

/** `2 of 5 reviewers active, backups at 14:06, pager at 14:08`. */
export const reachInWords = (reach: Reach, time: (at: Date) => string): string =>
  reachParts(reach)
    .map((part) => (typeof part === 'string' ? part : time(part)))
    .join('');

/** As `reachInWords`, with the moments left for the surface to write. */
export function reachParts(reach: Reach): (string | Date)[] {
  const { reviewers, steps, expiresAt } = reach;
  const ending = reach.whenUnanswered === 'allow' ? 'may run unanswered' : 'will be denied';
  if (reach.nobody) return [`nobody can be reached: this ${ending} at `, new Date(expiresAt)];
  const isSomebodyThere = reviewers !== null && reviewers.reachable > 0;
  // That no reviewer is there is said before the steps.
  const next = steps
    .filter(({ kind, reachable }) => kind !== 'reviewers' || reachable !== 0)
    .map(({ at, label, reachable }) =>
      reachable === 0 ? [`nobody on ${label}`] : [`${label} at `, new Date(at)],
    );
  const isLast = steps.every(({ reachable }) => reachable === 0);
  if (isLast && !isSomebodyThere)
    next.push([`${ending} at `, new Date(expiresAt), ' unless somebody answers']);
  const joined = next.flatMap((parts, index) => (index === 0 ? parts : [', ', ...parts]));
  if (joined.length === 0) return [reviewersInWords(reviewers)];
  return [`${reviewersInWords(reviewers)}${isSomebodyThere ? ', ' : '; '}`, ...joined];
}

function reviewersInWords(reviewers: ReviewersReached | null): string {
  if (!reviewers) return 'Slack did not say who is active';
  const { of, reachable, active, likely, unknown } = reviewers;
  if (of === 0) return 'no reviewer besides who asked';
  if (unknown === of) return 'Slack did not say who is active';
  const all = of === 1 ? '1 reviewer' : `${of} reviewers`;
  if (reachable === 0) return `nobody of ${all} is ${unknown > 0 ? 'known to be active' : 'active now'}`;
  if (active === 0) return `${likely} of ${all} probably there`;
  return `${active} of ${all} active${likely > 0 ? `, ${likely} more probably there` : ''}`;
}
