import type { Json } from './checks.ts';
import { mentions } from './mentions.ts';
import {
  bot,
  type Channel,
  canSee,
  directMessages,
  type Message,
  messagesIn,
  type Person,
  team,
  type Workspace,
} from './workspace.ts';

const newestShown = 300;

/** What one person's Slack shows: everything the page draws, and nothing that this person may not see. */
export function screenOf(workspace: Workspace, person: Person, commands: unknown[]): Json {
  directMessages(workspace, person.id);
  const channels = [...workspace.channels.values()].filter((channel) => canSee(channel, person.id));
  return {
    me: person.id,
    team: team.name,
    app: bot.user,
    commands,
    people: [...workspace.people.values()].map(shownPerson),
    userGroups: [...workspace.userGroups.values()].map(({ id, handle, users }) => ({
      id,
      handle,
      isMine: users.includes(person.id),
    })),
    channels: channels.map((channel) => shownChannel(workspace, channel, person.id)),
    messages: Object.fromEntries(
      channels.map((channel) => [channel.id, shownMessages(workspace, channel, person.id)]),
    ),
    views: (workspace.stacks.get(person.id) ?? []).map((id) => workspace.views.get(id)),
    home: workspace.homes.get(person.id) ?? null,
  };
}

const shownPerson = (person: Person): Json => ({
  id: person.id,
  name: person.name,
  realName: person.realName,
  title: person.title ?? '',
  isApp: person.id === bot.user,
  isGuest: Boolean(person.isGuest),
  isStranger: Boolean(person.isStranger),
  isAway: Boolean(person.away),
  canAct: !person.deleted && !person.isBot,
});

function shownChannel(workspace: Workspace, channel: Channel, person: string): Json {
  const since = workspace.read.get(readKey(person, channel.id)) ?? '';
  const unread = messagesIn(workspace, channel.id).filter(
    (message) => message.ts > since && message.user !== person && !message.deleted,
  );
  const called = unread.filter((message) => channel.with || mentions(workspace, message, person));
  return {
    id: channel.id,
    name: channel.name,
    topic: channel.topic ?? '',
    isPrivate: Boolean(channel.isPrivate),
    isArchived: Boolean(channel.archived),
    with: channel.with ? bot.user : undefined,
    memberCount: channel.members.length,
    isUnread: unread.some((message) => !message.thread_ts || message.broadcast),
    badge: called.length,
    readUpTo: since,
  };
}

function shownMessages(workspace: Workspace, channel: Channel, person: string): Json[] {
  const ephemerals = workspace.ephemerals.filter(
    (message) => message.channel === channel.id && message.onlyFor === person,
  );
  return [...messagesIn(workspace, channel.id), ...ephemerals]
    .toSorted((a, b) => (a.ts < b.ts ? -1 : 1))
    .slice(-newestShown)
    .map(shownMessage);
}

const shownMessage = ({ files, metadata: _, ...message }: Message): Json => ({
  ...message,
  files: files?.map(({ id, name, title, bytes }) => ({
    id,
    name,
    title,
    size: bytes.length,
    preview: bytes.toString('utf8', 0, 600),
  })),
});

export const readKey = (person: string, channel: string): string => `${person} ${channel}`;
