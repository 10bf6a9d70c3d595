import type { Escalation } from './escalation.ts';
import type { OfficeHours } from './office-hours.ts';

/** Who may decide: every full member of the channel, or named people and user groups (Slack ids). */
export type Reviewers = 'channel' | { users: string[]; groups: string[] };

export const ENVIRONMENT_COLORS = ['red', 'orange', 'yellow', 'green', 'blue', 'purple'] as const;
export type EnvironmentColor = (typeof ENVIRONMENT_COLORS)[number];

/** A named target of commands: where it asks, who decides there and how fast. */
export interface Environment {
  name: string;
  /** A mistake here hurts people outside the team. Adds risk to commands that change something. */
  production: boolean;
  color: EnvironmentColor;
  /** Slack channel: an id, or "#name". */
  channel: string;
  reviewers: Reviewers;
  /** Distinct people who must approve. */
  approvals: number;
  expiresAfterSeconds: number;
  /** An approval not used by then is void. */
  useWithinSeconds: number;
  timeZone: string;
  officeHours: OfficeHours | null;
  /** Whether rules marked so may let a LOW command run when nobody answers. */
  unansweredMayRun: boolean;
  /** Whom the gate goes after, and when, while nobody answers. */
  escalation: Escalation;
  /** By how much one press moves the deadline, and how often at most. */
  extend: { bySeconds: number; times: number };
  /** How long questions hold up the ladder of a request, in all. */
  questionPauseSeconds: number;
  /** Who may approve in an emergency; null: there are none here. */
  emergency: Emergency | null;
  /** Of one request: those its ladder has told since, who may decide it, too. */
  backups?: { users: string[]; groups: string[]; emails: string[] };
}

export interface Emergency {
  reviewers: { users: string[]; groups: string[] };
  /** One of them is enough, however many people the environment asks for otherwise. */
  alone: boolean;
  /** Who is paged; null: nobody is configured for it. */
  page: string | null;
}

export function areSameReviewers(one: Reviewers | null, other: Reviewers | null): boolean {
  if (one === null || other === null || one === 'channel' || other === 'channel') return one === other;
  return `${one.users} ${one.groups}` === `${other.users} ${other.groups}`;
}

/** Who may decide, for people. */
export function reviewersInWords(reviewers: Reviewers, channel: string): string {
  if (reviewers === 'channel') return `members of ${channel}`;
  const { users, groups } = reviewers;
  const count = (n: number, noun: string) => (n === 0 ? [] : [`${n} ${noun}${n === 1 ? '' : 's'}`]);
  return [...count(users.length, 'named reviewer'), ...count(groups.length, 'reviewer group')].join(' and ');
}
