import type { User } from '@slack/web-api/dist/types/response/UsersInfoResponse.js';
import type { Environment, Reviewers } from '../core/environment.ts';
import type { Voter } from '../core/request.ts';
import type { Someone } from '../gate/people.ts';
import { patiently } from './directory.ts';
import { type Identity, isOurs } from './identity.ts';
import type { Workspace } from './slack.ts';

/** Who clicked, as the signed payload says. */
export type Clicker = Someone;

/**
 * What Slack says of a person at this moment: who they are, and whether they may decide in this environment.
 * Every doubt is against them; when Slack does not answer, `isReviewer` is null and the vote is not counted.
 */
export async function voterOf(
  workspace: Workspace,
  clicker: Clicker,
  environment: Environment,
): Promise<Voter> {
  let voter = unknownPerson(`slack:unknown:${clicker.userId}`, clicker);
  try {
    voter = await personBehind(workspace, clicker);
    if (mayNeverDecide(voter)) return voter;
    const against = environment.reviewers;
    return { ...voter, isReviewer: await isReviewer(workspace, environment, clicker.userId), against };
  } catch (error) {
    workspace.observe({ kind: 'fault', where: 'reading who clicked', error });
    return voter;
  }
}

export const mayNeverDecide = (voter: Voter): boolean =>
  voter.isOutsider || voter.isDeactivated || voter.isBot || voter.isGuest;

/** Who it is, without any right yet. Rejects when Slack does not say. */
export async function personBehind(workspace: Workspace, clicker: Clicker): Promise<Voter> {
  const identity = await workspace.identity();
  const unknown = unknownPerson(subjectOf(identity, clicker.userId), clicker);
  if (clicker.teamId !== null && !isOurs(identity, clicker)) return { ...unknown, isOutsider: true };
  return { ...unknown, ...asKnown(identity, clicker, await readUser(workspace, clicker.userId)) };
}

/** What Slack says of a person at this moment. */
export async function readUser(workspace: Workspace, userId: string): Promise<User> {
  const { user } = await patiently(() => workspace.client.users.info({ user: userId }));
  if (user?.id !== userId) throw new Error('users.info answered about somebody else');
  return user;
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

/** Who it is, by what Slack says of them. */
export function asKnown(identity: Identity, clicker: Clicker, user: User) {
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

/**
 * May this person decide there: one of its reviewers, or of the backups that were told? The one place that says so.
 * Rejects when Slack does not say.
 */
export function isReviewer(workspace: Workspace, environment: Environment, userId: string): Promise<boolean> {
  const { channel, reviewers, backups } = environment;
  return anyOf([
    reviewers === 'channel' ? isMember(workspace, channel, userId) : isNamed(workspace, reviewers, userId),
    ...(backups ? [isNamed(workspace, backups, userId), hasOneOf(workspace, backups.emails, userId)] : []),
  ]);
}

/** Does somebody who is no guest see the requests there? Never rejects: not knowing is no. */
export function seesRequests(
  workspace: Workspace,
  environment: Environment,
  userId: string,
): Promise<boolean> {
  const { channel, reviewers, emergency } = environment;
  return anyOf([
    isReviewer(workspace, environment, userId),
    ...(reviewers === 'channel' ? [] : [isMember(workspace, channel, userId)]),
    ...(emergency ? [isNamed(workspace, emergency.reviewers, userId)] : []),
  ]).catch(() => false);
}

/** May they read the requests of this environment? Never rejects: every doubt is against them. */
export async function maySee(workspace: Workspace, who: Someone, environment: Environment): Promise<boolean> {
  try {
    const person = await personBehind(workspace, who);
    return !mayNeverDecide(person) && (await seesRequests(workspace, environment, who.userId));
  } catch (error) {
    workspace.observe({ kind: 'fault', where: 'reading who looks', error });
    return false;
  }
}

/** Is one of them so? What is not known counts only when none of the others is. */
async function anyOf(checks: Promise<boolean>[]): Promise<boolean> {
  const answers = await Promise.allSettled(checks);
  if (answers.some((answer) => answer.status === 'fulfilled' && answer.value)) return true;
  const unknown = answers.find((answer) => answer.status === 'rejected');
  if (unknown) throw unknown.reason;
  return false;
}

type Named = Exclude<Reviewers, 'channel'>;

const isNamed = async (workspace: Workspace, { users, groups }: Named, userId: string): Promise<boolean> =>
  users.includes(userId) || anyOf(groups.map(async (group) => (await workspace.usersOf(group)).has(userId)));

/** Everybody who is named, or in a named group. Rejects when Slack does not say. */
export async function membersNamed(workspace: Workspace, { users, groups }: Named): Promise<Set<string>> {
  const lists = await Promise.all(groups.map((group) => workspace.usersOf(group)));
  return new Set([...users, ...lists.flatMap((list) => [...list])]);
}

/** Is one of these addresses theirs, as Slack has it confirmed? */
async function hasOneOf(workspace: Workspace, emails: readonly string[], userId: string): Promise<boolean> {
  if (emails.length === 0) return false;
  const user = await readUser(workspace, userId);
  const own = user.profile?.email;
  if (!own || user.is_email_confirmed === false) return false;
  return emails.some((email) => lowered(email) === lowered(own));
}

/** In ASCII alone: U+212A, the Kelvin sign, would become a `k`. */
const lowered = (email: string): string => email.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** Is this person in that channel now? Rejects when Slack does not say. */
export const isMember = async (workspace: Workspace, channel: string, userId: string): Promise<boolean> =>
  (await channelMembers(workspace, channel)).has(userId);

/** Everybody in a channel now. Rejects when Slack does not say. */
export async function channelMembers(workspace: Workspace, channel: string): Promise<Set<string>> {
  const id = await workspace.channelId(channel);
  if (id === null) throw new Error(`the channel ${channel} is not known in Slack`);
  return workspace.membersOf(id);
}
