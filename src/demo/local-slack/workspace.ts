import { randomBytes } from 'node:crypto';
import type { Json } from './checks.ts';

/** Who and what stands in every local workspace. */
export const team = { id: 'T0LOCAL', name: 'Local Slack', domain: 'local' } as const;
export const bot = {
  app: 'A0GATEHOUSE',
  bot: 'B0GATEHOUSE',
  user: 'UGATEHOUSE',
  name: 'gatehouse',
  realName: 'Gatehouse',
} as const;
const partnerTeam = 'T0PARTNER';

export type Person = {
  id: string;
  name: string;
  realName: string;
  email?: string;
  title?: string;
  tz?: string;
  isGuest?: boolean;
  /** From another organisation, through Slack Connect. */
  isStranger?: boolean;
  isBot?: boolean;
  deleted?: boolean;
  away?: boolean;
  isEmailUnconfirmed?: boolean;
  /** Do not disturb, every day between two times of theirs, such as 22:00 and 08:00. */
  dnd?: { from: string; to: string };
  /** Notifications paused by hand, in milliseconds. */
  snooze?: { from: number; until: number };
};
export type Channel = {
  id: string;
  name: string;
  members: string[];
  isPrivate?: boolean;
  archived?: boolean;
  topic?: string;
  /** A direct message with the app: the person's id. */
  with?: string;
};
export type UserGroup = { id: string; handle: string; users: string[]; name?: string };

export type Block = Json & { type: string; block_id: string };
export type SharedFile = { id: string; name: string; title: string; bytes: Buffer; owner: string };
export type Message = {
  channel: string;
  ts: string;
  user: string;
  text: string;
  blocks?: Block[];
  thread_ts?: string;
  metadata?: Json;
  /** Posted by the app, not by a person. */
  byApp: boolean;
  edited?: boolean;
  broadcast?: boolean;
  deleted?: boolean;
  files?: SharedFile[];
  reactions?: Record<string, string[]>;
  /** Only this person sees it, until they reload Slack. */
  onlyFor?: string;
  /** How often it changed; the page redraws by it. */
  revision: number;
};

export type View = Json & {
  id: string;
  type: 'modal' | 'home';
  hash: string;
  blocks: Block[];
  state: { values: StateValues };
  root_view_id: string;
  previous_view_id: string | null;
};
export type StateValues = Record<string, Record<string, Json>>;
type Trigger = { at: number; person: string; used: boolean };
export type ResponseUrl = {
  at: number;
  uses: number;
  person: string;
  channel: string;
  message?: { ts: string; thread_ts?: string };
};

/** Everything the workspace remembers. Plain data; the rules about it stand beside it. */
export type Workspace = {
  people: Map<string, Person>;
  channels: Map<string, Channel>;
  userGroups: Map<string, UserGroup>;
  messages: Map<string, Message[]>;
  ephemerals: Message[];
  files: Map<string, SharedFile>;
  views: Map<string, View>;
  /** Each person's open modals, the top one last. */
  stacks: Map<string, string[]>;
  homes: Map<string, View>;
  triggers: Map<string, Trigger>;
  responseUrls: Map<string, ResponseUrl>;
  read: Map<string, string>;
  /** Scopes the app was installed without. */
  missingScopes: Set<string>;
  now: () => number;
  changed: () => void;
  lastTs: number;
};

export function createWorkspace(options: {
  people: Person[];
  channels: Channel[];
  userGroups: UserGroup[];
  now: () => number;
  changed: () => void;
}): Workspace {
  const app: Person = { id: bot.user, name: bot.name, realName: bot.realName, isBot: true };
  const people = options.people.some(({ id }) => id === bot.user) ? options.people : [...options.people, app];
  return {
    people: byId(people),
    channels: byId(options.channels),
    userGroups: byId(options.userGroups),
    messages: new Map(),
    ephemerals: [],
    files: new Map(),
    views: new Map(),
    stacks: new Map(),
    homes: new Map(),
    triggers: new Map(),
    responseUrls: new Map(),
    read: new Map(),
    missingScopes: new Set(),
    now: options.now,
    changed: options.changed,
    lastTs: 0,
  };
}

const byId = <T extends { id: string }>(all: T[]): Map<string, T> =>
  new Map(all.map((one) => [one.id, { ...one }]));

/** An id as Slack makes them: a letter and capitals. */
export const newId = (letter: string): string => letter + randomBytes(5).toString('hex').toUpperCase();

/** The next message timestamp: the clock's second, and always later than the one before. */
export function nextTs(workspace: Workspace): string {
  const micros = Math.max(workspace.now() * 1000, workspace.lastTs + 1);
  workspace.lastTs = micros;
  return `${Math.floor(micros / 1_000_000)}.${String(Math.floor(micros % 1_000_000)).padStart(6, '0')}`;
}

/** A channel by id, by `#name`, or the direct messages of a person by the person's id. */
export function findChannel(workspace: Workspace, reference: string): Channel | undefined {
  const byReference = workspace.channels.get(reference);
  if (byReference) return byReference;
  if (workspace.people.has(reference)) return directMessages(workspace, reference);
  const name = reference.replace(/^#/, '');
  return [...workspace.channels.values()].find((channel) => channel.name === name && !channel.with);
}

/** The direct messages between the app and a person, opened when they do not exist yet. */
export function directMessages(workspace: Workspace, person: string): Channel {
  const id = `D${person.slice(1)}`;
  const known = workspace.channels.get(id);
  if (known) return known;
  const channel: Channel = { id, name: 'directmessage', with: person, members: [person, bot.user] };
  workspace.channels.set(id, channel);
  return channel;
}

export const messagesIn = (workspace: Workspace, channel: string): Message[] =>
  workspace.messages.get(channel) ?? [];

export const findMessage = (workspace: Workspace, channel: string, ts: string): Message | undefined =>
  messagesIn(workspace, channel).find((message) => message.ts === ts && !message.deleted);

export const repliesTo = (workspace: Workspace, channel: string, ts: string): Message[] =>
  messagesIn(workspace, channel).filter((message) => message.thread_ts === ts && message.ts !== ts);

type NewMessage = Omit<Message, 'ts' | 'revision' | 'blocks'> & { blocks?: Json[] };

/** Puts a message into its channel, or before one person's eyes when it is only for them. */
export function post(workspace: Workspace, message: NewMessage): Message {
  const blocks = message.blocks?.length ? withIds(message.blocks) : undefined;
  const posted: Message = { ...message, blocks, ts: nextTs(workspace), revision: 0 };
  if (posted.onlyFor) workspace.ephemerals.push(posted);
  else workspace.messages.set(posted.channel, [...messagesIn(workspace, posted.channel), posted]);
  workspace.changed();
  return posted;
}

/** Changes a message in place, so that whoever holds it sees its newest state. */
export function edit(
  workspace: Workspace,
  message: Message,
  change: { text?: string; blocks?: Json[] },
): void {
  message.text = change.text ?? message.text;
  message.blocks = change.blocks?.length ? withIds(change.blocks) : undefined;
  message.edited = message.edited || !message.blocks;
  message.revision += 1;
  workspace.changed();
}

/** Takes a message away; one with replies leaves "This message was deleted." */
export function remove(workspace: Workspace, message: Message): void {
  workspace.ephemerals = workspace.ephemerals.filter((one) => one !== message);
  if (repliesTo(workspace, message.channel, message.ts).length > 0) {
    Object.assign(message, {
      deleted: true,
      blocks: undefined,
      files: undefined,
      text: 'This message was deleted.',
    });
    message.revision += 1;
  } else {
    const others = messagesIn(workspace, message.channel).filter((one) => one !== message);
    workspace.messages.set(message.channel, others);
  }
  workspace.changed();
}

const texts = { plain_text: { emoji: true }, mrkdwn: { verbatim: false } } as const;
const interactive = /^(button|overflow|checkboxes|radio_buttons|.*_select|.*_input|.*picker|.*_buttons?)$/;

/** Slack names what the app left unnamed, and fills in the defaults of texts; payloads show them so. */
export function withIds(blocks: Json[]): Block[] {
  return blocks.map((block) => ({
    block_id: randomBytes(3).toString('base64url'),
    ...filled(block),
  })) as Block[];
}

function filled(value: Json): Json {
  const defaults = texts[value.type as keyof typeof texts] ?? {};
  const entries = Object.entries(value).map(([name, entry]) => [name, filledAny(entry)]);
  const complete: Json = { ...defaults, ...Object.fromEntries(entries) };
  if (interactive.test(String(value.type)) && !value.action_id)
    complete.action_id = randomBytes(3).toString('base64url');
  return complete;
}

function filledAny(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(filledAny);
  return typeof value === 'object' && value !== null ? filled(value as Json) : value;
}

/** What a person's client may show: channels they are a member of, and their direct messages. */
export const canSee = (channel: Channel, person: string): boolean => channel.members.includes(person);

export const teamOf = (person: Person): string => (person.isStranger ? partnerTeam : team.id);

/** A trigger for one modal, good for three seconds. */
export function newTrigger(workspace: Workspace, person: string): string {
  const id = `${Math.floor(workspace.now())}.${Math.floor(Math.random() * 1e10)}.${randomBytes(16).toString('hex')}`;
  workspace.triggers.set(id, { at: workspace.now(), person, used: false });
  return id;
}
