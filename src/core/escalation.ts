import type { Emergency } from './environment.ts';
import { isInside, type OfficeHours } from './office-hours.ts';
import type { Audience, Person } from './people.ts';
import { isAtLeast, type RiskLevel } from './risk/assessment.ts';

/** A step as configured: who is told or paged, how long after the request, and for which requests. */
export interface Step {
  afterSeconds: number;
  tell: Audience | null;
  page: string | null;
  /** Only for this level or higher; null: for every level. */
  risk: RiskLevel | null;
  /** Only when the step falls inside, or outside, the office hours; null: always. */
  officeHours: 'inside' | 'outside' | null;
}

/** How an environment goes after people who do not answer. */
export interface Escalation {
  steps: Step[];
  pageAtOnce: { risk: RiskLevel | null; outsideOfficeHours: boolean; page: string } | null;
}

/** One step of the ladder of one request. The first is the card itself: whom it reaches is found out at once. */
export interface Rung {
  kind: 'card' | 'tell' | 'page';
  audience: Audience | null;
  pager: string | null;
  afterSeconds: number;
}

/** What became of a rung when its time came. */
export interface Taken {
  /** Whom it told: names of people, addresses, a pager. */
  told: string[];
  /** Why there was nobody to tell; null: there was. */
  nobody: string | null;
  /** Why it was taken before its time; null: it was not. */
  early: string | null;
  /** Why it was not needed: somebody on call has it; null or missing: it was. */
  spared?: string | null;
}

/** A rung with everything that happened to it, for people. */
export interface RungView extends Rung {
  position: number;
  dueAt: Date;
  takenAt: Date | null;
  taken: Taken | null;
  /** Ways that did not work (yet), in words. */
  problems: string[];
  /** Of a page: where it stands, and who took it at the provider. */
  page: { state: 'open' | 'acknowledged' | 'closed'; by: string | null; isSent: boolean } | null;
}
export interface LadderView {
  rungs: RungView[];
  /** A question holds it up until then at most; null: nothing does. */
  pausedUntil: Date | null;
}

/**
 * The ladder of a request: the card, then the steps that are meant for it, in the order of their times. A step that
 * would come with the deadline or after it is left out. Office hours are asked at the moment a step falls due.
 */
export function ladderOf(input: {
  escalation: Escalation;
  level: RiskLevel;
  /** In an emergency everybody is told at once, and whoever is on call is paged; null: it is none. */
  emergency: Emergency | null;
  createdAt: Date;
  expiresInSeconds: number;
  officeHours: OfficeHours | null;
  timeZone: string;
}): Rung[] {
  const { escalation, level, createdAt } = input;
  const isOutside = (afterSeconds: number): boolean | null =>
    input.officeHours &&
    !isInside(input.officeHours, input.timeZone, new Date(createdAt.getTime() + afterSeconds * 1000));
  const atOnce = input.emergency?.page ?? pagedAtOnce(escalation, level, isOutside(0));
  const meant = escalation.steps.filter(
    (step) =>
      step.afterSeconds < input.expiresInSeconds &&
      (step.risk === null || isAtLeast(level, step.risk)) &&
      (step.officeHours === null || isOutside(step.afterSeconds) === (step.officeHours === 'outside')),
  );
  const usual = meant
    .toSorted((a, b) => a.afterSeconds - b.afterSeconds)
    .flatMap(rungsOf)
    .filter((rung) => rung.kind !== 'page' || rung.pager !== atOnce);
  const later = input.emergency ? usual.filter(({ kind }) => kind === 'page') : usual;
  return [
    { kind: 'card', audience: 'reviewers', pager: null, afterSeconds: 0 },
    ...(atOnce === null ? [] : [pageRung(atOnce, 0)]),
    ...(input.emergency ? toldAtOnce(escalation, input.emergency) : []),
    ...later,
  ];
}

/**
 * In an emergency nobody waits for their turn, and no step is for other risks or hours: first the people who may
 * approve it, then the reviewers and all backups.
 */
export function toldAtOnce({ steps }: Escalation, { reviewers }: Emergency): Rung[] {
  const audiences: Audience[] = [
    { users: reviewers.users, groups: reviewers.groups, emails: [] },
    'reviewers',
    ...steps.flatMap(({ tell }) => (tell === null ? [] : [tell])),
  ];
  const each = new Map(audiences.map((audience) => [JSON.stringify(audience), audience]));
  return [...each.values()].map((audience) => ({ kind: 'tell', audience, pager: null, afterSeconds: 0 }));
}

function pagedAtOnce({ pageAtOnce }: Escalation, level: RiskLevel, isOutside: boolean | null): string | null {
  if (!pageAtOnce) return null;
  if (pageAtOnce.risk && !isAtLeast(level, pageAtOnce.risk)) return null;
  return pageAtOnce.outsideOfficeHours && isOutside !== true ? null : pageAtOnce.page;
}

export const pageRung = (pager: string, afterSeconds: number): Rung => ({
  kind: 'page',
  audience: null,
  pager,
  afterSeconds,
});

const rungsOf = ({ tell, page, afterSeconds }: Step): Rung[] => [
  ...(tell === null ? [] : [{ kind: 'tell' as const, audience: tell, pager: null, afterSeconds }]),
  ...(page === null ? [] : [pageRung(page, afterSeconds)]),
];

/** Whom a rung tells, or why that is nobody. */
export type Told =
  | { people: Person[]; emails: string[]; nobody: null }
  | { people: []; emails: []; nobody: string };

/**
 * Whom a rung tells now. Whoever asked, has left, or wants quiet is not told; when nobody is left, the rung counts as
 * nobody and the next one is taken at once.
 * @param found everybody Slack knows of its audience; null: Slack did not answer, and then nothing is concluded
 */
export function whoIsTold(
  audience: Audience,
  found: readonly Person[] | null,
  { askedBy, isQuiet }: { askedBy: readonly string[]; isQuiet: (person: Person) => boolean },
): Told {
  const emails = audience === 'reviewers' ? [] : audience.emails;
  if (found === null) return { people: namedIn(audience), emails, nobody: null };
  const others = found.filter(({ userId }) => !askedBy.includes(userId));
  const here = others.filter(({ isGone }) => !isGone);
  const awake = here.filter((person) => !isQuiet(person));
  if (awake.length + emails.length > 0) return { people: awake, emails, nobody: null };
  const nobody = (why: string): Told => ({ people: [], emails: [], nobody: why });
  if (found.length === 0) return nobody('nobody is on it');
  if (others.length === 0) return nobody('only who asked is on it');
  return nobody(here.length === 0 ? 'everybody on it has left' : 'everybody on it has quiet hours');
}

/** The people who stand in the configuration by themselves: told also while Slack does not say who they are. */
const namedIn = (audience: Audience): Person[] =>
  audience === 'reviewers'
    ? []
    : audience.users.map((userId) => ({
        userId,
        name: userId,
        email: null,
        timeZone: null,
        isActive: null,
        isSnoozed: null,
        isGone: false,
      }));

/** May a reviewer move the deadline now? Only in the last third of the time, and not for ever. */
export function mayExtend(
  {
    createdAt,
    expiresAt,
    latestExpiresAt,
  }: { createdAt: Date; expiresAt: Date; latestExpiresAt: Date | null },
  now: Date,
): boolean {
  if (latestExpiresAt === null || latestExpiresAt <= expiresAt || now >= expiresAt) return false;
  return now >= lastThirdOf({ createdAt, expiresAt });
}

/** When the last third of the time to decide begins. */
export const lastThirdOf = ({ createdAt, expiresAt }: { createdAt: Date; expiresAt: Date }): Date =>
  new Date(expiresAt.getTime() - (expiresAt.getTime() - createdAt.getTime()) / 3);
