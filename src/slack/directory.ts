import type { WebClient } from '@slack/web-api';
import type { Environment } from '../core/environment.ts';
import { namesOf } from '../core/wording.ts';
import { failureOf } from './errors.ts';
import { kept } from './kept.ts';

const NAMES_KEPT_MS = 10 * 60_000;
const LONGEST_WAIT_SECONDS = 5;

/** Makes a call; told to slow down, waits as long as Slack says, if that is short, and tries again. */
export async function patiently<T>(call: () => Promise<T>, tries = 3): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const failure = failureOf(error);
    if (tries <= 1 || failure.kind !== 'rate-limited' || failure.retryAfterSeconds > LONGEST_WAIT_SECONDS)
      throw error;
    await new Promise((resolve) => setTimeout(resolve, failure.retryAfterSeconds * 1000));
    return patiently(call, tries - 1);
  }
}

/**
 * Reads that start after they were asked for, shared by everybody who asked in the meantime: two hundred clicks at
 * once need two reads, and none of them sees a list older than its click.
 */
export function freshReads<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const running = new Map<string, Promise<T>>();
  const next = new Map<string, Promise<T>>();
  const begin = (key: string): Promise<T> => {
    const reading = read(key);
    running.set(key, reading);
    const done = () => running.get(key) === reading && running.delete(key);
    reading.then(done, done);
    return reading;
  };
  return (key) => {
    const waiting = next.get(key);
    if (waiting) return waiting;
    const current = running.get(key);
    if (!current) return begin(key);
    const after = () => {
      next.delete(key);
      return begin(key);
    };
    const queued = current.then(after, after);
    next.set(key, queued);
    return queued;
  };
}

export interface Directory {
  /** Slack's id of a channel configured by id or by "#name"; null when there is none. */
  channelId(channel: string): Promise<string | null>;
  /** The ids of everybody in a channel, read after this call. */
  membersOf(channelId: string): Promise<Set<string>>;
  /** The ids of everybody in a user group, read after this call. */
  usersOf(groupId: string): Promise<Set<string>>;
  /** Who may decide in an environment, in words. Never rejects. */
  decidersOf(environment: Environment): Promise<string>;
}

const CHANNEL_ID = /^[CGD][A-Z0-9]+$/;

/** What the workspace says of its channels, groups and people. */
export function openDirectory(client: WebClient): Directory {
  const channels = kept(() => readChannels(client), NAMES_KEPT_MS);
  const userName = kept((id) => readName(client, id), NAMES_KEPT_MS);
  const groups = kept(() => readGroups(client), NAMES_KEPT_MS);
  const namesIn = async (list: { users: string[]; groups: string[] }): Promise<{ name: string }[]> => {
    const users = list.users.map((id) => userName(id).catch(() => 'somebody'));
    const names = (await Promise.all(users)).map((name) => ({ name }));
    const handles =
      list.groups.length > 0 ? await groups('all').catch(() => new Map<string, string>()) : null;
    return [...list.groups.map((id) => ({ name: handles?.get(id) ?? 'a user group' })), ...names];
  };
  return {
    channelId: async (channel) => {
      if (CHANNEL_ID.test(channel)) return channel;
      return (await channels('all')).get(channel.replace(/^#/, '')) ?? null;
    },
    membersOf: freshReads((channel) => patiently(() => readMembers(client, channel))),
    usersOf: freshReads(async (usergroup) => {
      const answer = await patiently(() => client.usergroups.users.list({ usergroup }));
      return new Set(answer.users ?? []);
    }),
    decidersOf: async ({ reviewers, backups }) => {
      const told = backups ? await namesIn(backups) : [];
      const more = [...told, ...(backups?.emails ?? []).map((name) => ({ name }))];
      if (reviewers !== 'channel') return namesOf([...(await namesIn(reviewers)), ...more], 'or');
      const members = 'any full member of this channel';
      return more.length === 0 ? members : `${members}, or ${namesOf(more, 'or')}`;
    },
  };
}

async function readMembers(client: WebClient, channel: string): Promise<Set<string>> {
  const members = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await patiently(() => client.conversations.members({ channel, limit: 1000, cursor }));
    for (const id of page.members ?? []) members.add(id);
    cursor = page.response_metadata?.next_cursor || undefined;
  } while (cursor);
  return members;
}

/** Ids of channels by name, those the bot is in before others. */
async function readChannels(client: WebClient): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let cursor: string | undefined;
  do {
    const page = await patiently(() =>
      client.conversations.list({
        types: 'public_channel,private_channel',
        exclude_archived: true,
        limit: 1000,
        cursor,
      }),
    );
    for (const { id, name, is_member } of page.channels ?? []) {
      if (id && name && (is_member || !found.has(name))) found.set(name, id);
    }
    cursor = page.response_metadata?.next_cursor || undefined;
  } while (cursor);
  return found;
}

async function readName(client: WebClient, user: string): Promise<string> {
  const { user: found } = await patiently(() => client.users.info({ user }));
  return found?.profile?.display_name || found?.real_name || found?.name || 'somebody';
}

async function readGroups(client: WebClient): Promise<Map<string, string>> {
  const { usergroups } = await patiently(() => client.usergroups.list());
  return new Map(
    (usergroups ?? []).map((group) => [group.id ?? '', `@${group.handle ?? group.name ?? 'group'}`]),
  );
}
