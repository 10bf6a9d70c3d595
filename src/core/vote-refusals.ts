import type { VoteRefusal } from './request.ts';

/** Why a vote did not count, and what to do now. What is not here needs to name who decides, or who did. */
export const NOT_COUNTED: Record<Exclude<VoteRefusal, 'already-decided' | 'not-a-reviewer'>, string> = {
  requester: 'You asked for this, so somebody else has to approve it. You can still deny it.',
  guest: 'Guests cannot decide. Ask a full member of the channel.',
  outsider: 'Only people of this workspace can decide. Ask one of them.',
  deactivated: 'Your Slack account is deactivated, so this did not count.',
  bot: 'Bots cannot decide. A person has to.',
  'unknown-membership':
    'Slack did not say whether you may decide, so this did not count. Try again in a minute.',
  'voted-before': 'You approved this already. Somebody else has to as well.',
};
