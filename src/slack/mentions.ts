import { type Inline, mention, text } from './blocks.ts';

const SLACK_USER = /^[UW][A-Z0-9]+$/;

/** Those of the people behind a request that are known by their Slack id. */
export const slackUsersOf = (people: readonly string[]): string[] =>
  people.filter((id) => SLACK_USER.test(id));

/** Mentions them, before what is said to them. */
export const mentions = (userIds: readonly string[]): Inline[] =>
  userIds.flatMap((id): Inline[] => [mention(id), text(' ')]);
