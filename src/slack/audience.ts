import type { Environment } from '../core/environment.ts';
import type { Audience, Person } from '../core/people.ts';
import type { Availability } from './availability.ts';
import { refusalCode } from './errors.ts';
import type { Identity } from './identity.ts';
import { inTime, readInTime } from './in-time.ts';
import { asKnown, channelMembers, membersNamed, readUser } from './people.ts';
import type { Workspace } from './slack.ts';

const MOST_LOOKED_UP = 100;
const LOOKED_UP_AT_ONCE = 10;
const MOST_PRESENCES = 20;
const PRESENCES_AT_ONCE = 5;

/** What is kept of a person, for words. */
export interface Profile extends Pick<Person, 'name' | 'email' | 'timeZone' | 'isGone'> {
  isBot: boolean;
}

export interface Reads {
  profile(userId: string): Promise<Profile>;
  availability: Availability;
  /** How long finding out may take, all in all. */
  budgetMs: number;
}

/** Of the time that is left when it is known who is in an audience: for who they are. */
const PROFILES_SHARE = 0.7;

/**
 * Everybody in an audience but bots. What Slack has not said in time is null; whoever was not looked up has their id
 * as name. null for all of it: Slack does not say who is in it.
 */
export async function readAudience(
  workspace: Workspace,
  reads: Reads,
  environment: Environment,
  audience: Audience,
): Promise<Person[] | null> {
  const { availability, budgetMs } = reads;
  const until = Date.now() + budgetMs;
  const ids = await idsIn(workspace, environment, audience, until);
  if (ids === null) return null;
  const profilesUntil = Date.now() + (until - Date.now()) * PROFILES_SHARE;
  const profiles = await readInTime(
    ids.slice(0, MOST_LOOKED_UP),
    { atOnce: LOOKED_UP_AT_ONCE, until: profilesUntil },
    reads.profile,
  );
  const isHere = (id: string) => {
    const profile = profiles.found.get(id);
    return profile !== undefined && !profile.isBot && !profile.isGone;
  };
  const here = ids.filter(isHere);
  const [presences, snoozed] = await Promise.all([
    readInTime(here.slice(0, MOST_PRESENCES), { atOnce: PRESENCES_AT_ONCE, until }, availability.isActive),
    inTime(availability.snoozed(here), until),
  ]);
  const failure = profiles.failure ?? presences.failure;
  if (failure)
    workspace.log.warn({ error: failure }, 'Slack did not say all about the people of an audience');
  return ids
    .filter((id) => !profiles.found.get(id)?.isBot)
    .map((id) => ({
      ...personOf(id, profiles.found.get(id)),
      isActive: presences.found.get(id) ?? null,
      isSnoozed: snoozed === 'late' ? null : (snoozed.get(id) ?? null),
    }));
}

const personOf = (userId: string, profile: Profile | undefined) => ({
  userId,
  name: profile?.name ?? userId,
  email: profile?.email ?? null,
  timeZone: profile?.timeZone ?? null,
  isGone: profile?.isGone ?? false,
});

async function idsIn(
  workspace: Workspace,
  environment: Environment,
  audience: Audience,
  until: number,
): Promise<string[] | null> {
  try {
    const read = Promise.all([members(workspace, environment, audience), workspace.identity()]);
    const answer = await inTime(read, until);
    if (answer === 'late') throw new Error('Slack did not answer in time');
    const [ids, identity] = answer;
    return [...ids].filter((id) => id !== identity.botUserId);
  } catch (error) {
    workspace.observe({ kind: 'fault', where: 'reading who is in an audience', error });
    return null;
  }
}

function members(
  workspace: Workspace,
  { channel, reviewers }: Environment,
  audience: Audience,
): Promise<Set<string>> {
  const list = audience === 'reviewers' ? reviewers : audience;
  return list === 'channel' ? channelMembers(workspace, channel) : membersNamed(workspace, list);
}

/** Who somebody is. Whom Slack does not know or does not show is gone; other doubts are passed on. */
export async function readProfile(workspace: Workspace, userId: string): Promise<Profile> {
  const identity = await workspace.identity();
  try {
    return profileOf(identity, userId, await readUser(workspace, userId));
  } catch (error) {
    const code = refusalCode(error);
    if (code !== 'user_not_found' && code !== 'user_not_visible') throw error;
    return { name: userId, email: null, timeZone: null, isBot: false, isGone: true };
  }
}

function profileOf(identity: Identity, userId: string, user: Parameters<typeof asKnown>[2]): Profile {
  const known = asKnown(identity, { userId, teamId: null, enterpriseId: null, name: userId }, user);
  return {
    name: known.name,
    email: user.profile?.email ?? null,
    timeZone: user.tz ?? null,
    isBot: known.isBot,
    isGone: known.isGuest || known.isOutsider || known.isDeactivated,
  };
}
