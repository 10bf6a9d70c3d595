import type { User } from '@slack/web-api/dist/types/response/UsersInfoResponse.js';
import type { Environment, Reviewers } from '../core/environment.ts';
import type { Voter } from '../core/request.ts';
import { patiently } from './directory.ts';
import { type Identity, isOurs } from './identity.ts';
import type { Slack } from './slack.ts';

/** Who clicked, as the signed payload says. */
export interface Clicker {
  userId: string;
  teamId: string | null;
  enterpriseId: string | null;
  name: string;
}

/**
 * What Slack says of a person at this moment: who they are, and whether they may decide in this environment.
 * Every doubt is against them; when Slack does not answer, `isReviewer` is null and the vote is not counted.
 */
export async function voterOf(slack: Slack, clicker: Clicker, environment: Environment): Promise<Voter> {
  let voter = unknownPerson(`slack:unknown:${clicker.userId}`, clicker);
  try {
    voter = await personBehind(slack, clicker);
    if (mayNeverDecide(voter)) return voter;
    return { ...voter, isReviewer: await isReviewer(slack, environment, clicker.userId) };
  } catch (error) {
    slack.deps.observe({ kind: 'fault', where: 'reading who clicked', error });
    return voter;
  }
}

export const mayNeverDecide = (voter: Voter): boolean =>
  voter.isOutsider || voter.isDeactivated || voter.isBot || voter.isGuest;

/** Who it is, without any right yet. Rejects when Slack does not say. */
export async function personBehind(slack: Slack, clicker: Clicker): Promise<Voter> {
  const identity = await slack.identity();
  const unknown = unknownPerson(subjectOf(identity, clicker.userId), clicker);
  if (clicker.teamId !== null && !isOurs(identity, clicker)) return { ...unknown, isOutsider: true };
  const { user } = await patiently(() => slack.client.users.info({ user: clicker.userId }));
  if (user?.id !== clicker.userId) throw new Error('users.info answered about somebody else');
  return { ...unknown, ...asKnown(identity, clicker, user) };
}

const unknownPerson = (subject: string, clicker: Clicker): Voter => ({
  subject,
  userId: clicker.userId,
  name: clicker.name,
  isBot: false,
  isGuest: false,
  isOutsider: false,
  isDeactivated: false,
  isReviewer: null,
});

/** A person is the same in every workspace of an organisation. */
const subjectOf = (identity: Identity, userId: string): string =>
  `slack:${identity.enterpriseId ?? identity.teamId}:${userId}`;

function asKnown(identity: Identity, clicker: Clicker, user: User) {
  const home = {
    teamId: user.team_id ?? clicker.teamId,
    enterpriseId: user.enterprise_user?.enterprise_id ?? null,
  };
  return {
    name: user.profile?.display_name || user.real_name || user.name || clicker.name,
    isBot: user.is_bot === true || user.id === 'USLACKBOT' || user.id === identity.botUserId,
    isGuest: user.is_restricted === true || user.is_ultra_restricted === true,
    isOutsider: (user as { is_stranger?: boolean }).is_stranger === true || !isOurs(identity, home),
    isDeactivated: user.deleted === true,
  };
}

/** May this person decide there? Rejects when Slack does not say. */
export async function isReviewer(slack: Slack, environment: Environment, userId: string): Promise<boolean> {
  const { reviewers } = environment;
  if (reviewers === 'channel') return isMember(slack, environment.channel, userId);
  return reviewers.users.includes(userId) || isInAnyGroup(slack, reviewers, userId);
}

async function isInAnyGroup(slack: Slack, { groups }: Exclude<Reviewers, 'channel'>, userId: string) {
  const lists = await Promise.all(groups.map((group) => slack.usersOf(group)));
  return lists.some((users) => users.has(userId));
}

/** Is this person in that channel now? Rejects when Slack does not say. */
export async function isMember(slack: Slack, channel: string, userId: string): Promise<boolean> {
  const id = await slack.channelId(channel);
  if (id === null) throw new Error(`the channel ${channel} is not known in Slack`);
  return (await slack.membersOf(id)).has(userId);
}
