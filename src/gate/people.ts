import type { Environment } from '../core/environment.ts';
import type { Audience, Person } from '../core/people.ts';
import type { Voter } from '../core/request.ts';

/** Somebody as a surface knows them: from a signed click, or signed in with Slack. */
export interface Someone {
  userId: string;
  teamId: string | null;
  enterpriseId: string | null;
  name: string;
}

/** What is known of people at this moment. The Slack surface knows it; no call of it happens inside a transaction. */
export interface People {
  /**
   * Who somebody is, and whether they may decide there now: one of its reviewers, or of the backups that were told.
   * Never rejects: when Slack does not answer, `isReviewer` is null and nothing they do counts.
   */
  voter(who: Someone, environment: Environment): Promise<Voter>;
  /** May they read the requests of this environment: in its channel, or somebody it may ask? Not knowing is no. */
  maySee(who: Someone, environment: Environment): Promise<boolean>;
  /** Everybody in an audience, whoever they are; null: Slack did not answer. */
  audience(environment: Environment, audience: Audience): Promise<Person[] | null>;
}
