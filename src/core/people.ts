import type { Voter } from './request.ts';

/** A person who could decide or be told, as Slack and their own settings say at this moment. */
export interface Person {
  userId: string;
  name: string;
  email: string | null;
  /** IANA zone of their Slack profile; null: not known. */
  timeZone: string | null;
  /** Slack presence; null: not known. */
  isActive: boolean | null;
  /** Do not disturb is on now; null: not known. */
  isSnoozed: boolean | null;
  /** Left, a bot, a guest or an outsider: telling them is telling nobody. */
  isGone: boolean;
}

/** Whom a step of the ladder tells. */
export type Audience = 'reviewers' | { users: string[]; groups: string[]; emails: string[] };

export type { Voter };
