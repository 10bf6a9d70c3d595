import { EventEmitter } from 'node:events';
import { accessors } from './accessors.ts';
import { authorizeRoutes } from './authorize.ts';
import type { Json } from './checks.ts';
import type { Command, Context } from './context.ts';
import { type Bending, type Delivery, deliverAgain, type Sender } from './delivery.ts';
import { appHomeOpened, sendEvent, slackRetryDelaysMs, teamJoin, userChange } from './events.ts';
import { createRateLimit, type Fault } from './faults.ts';
import { limits } from './limits.ts';
import { closeView, type Submission, submit } from './modals.ts';
import { createOpenId, type OpenId, type OpenIdClient } from './open-id.ts';
import { pageRoutes } from './page.ts';
import { click, type PressOptions, select } from './press.ts';
import type { ButtonSeen } from './reading.ts';
import type { Target } from './seeing.ts';
import { type ApiCall, listen, routes } from './server.ts';
import { createSocketMode, type SocketMode } from './socket-mode.ts';
import type { GivenValues } from './state-values.ts';
import { say, slash } from './typing.ts';
import { createWaiting } from './waiting.ts';
import {
  type Channel,
  createWorkspace,
  type Message,
  type Person,
  type SharedFile,
  type UserGroup,
  type View,
} from './workspace.ts';

export type LocalSlackOptions = {
  port?: number;
  host?: string;
  signingSecret: string;
  botToken: string;
  appToken: string;
  /** Where signed requests go. Without it they go over the app's Socket Mode connections. */
  requestUrl?: string;
  people: Person[];
  channels: Channel[];
  userGroups?: UserGroup[];
  commands?: Command[];
  /** The app's credentials for Sign in with Slack. */
  client?: OpenIdClient;
  /** How many chat.postMessage a channel takes in a second; no limit unless set. */
  postsPerSecond?: number | null;
  now?: () => number;
  /** How long the app may take to acknowledge; three seconds, as on Slack. */
  ackMs?: number;
  eventRetryDelaysMs?: number[];
  log?: (line: string) => void;
};

/** A workspace on this machine: what the app talks to, what people see, and what a test does in their name. */
export type LocalSlack = {
  url: string;
  /** For `slackApiUrl`; ends in a slash. */
  apiUrl: string;
  requestUrl: string | undefined;
  postsPerSecond: number | null;
  /** Every call of the app's is reset and its sockets are cut, until this is false again. */
  down: boolean;
  /** Scopes the app was installed without: what needs them is refused. */
  missingScopes: Set<string>;
  /** Sign in with Slack: how the app is registered, and what its next id_tokens say wrongly. */
  openId: Pick<OpenId, 'client' | 'forgery'>;

  people: Map<string, Person>;
  channels: Map<string, Channel>;
  userGroups: Map<string, UserGroup>;
  files: Map<string, SharedFile>;
  calls: ApiCall[];
  deliveries: Delivery[];
  socketMode: Pick<SocketMode, 'disconnect' | 'cut' | 'connections'>;

  messages: (channel: string) => Message[];
  thread: (channel: string, ts: string) => Message[];
  message: (channel: string, ts: string) => Message | undefined;
  dm: (personId: string) => Message[];
  ephemeralsFor: (personId: string) => Message[];
  openViews: (personId: string) => View[];
  home: (personId: string) => View | undefined;
  callsOf: (method: string) => ApiCall[];
  /** All visible text of a message, a modal or a home tab, as a person reads it. */
  texts: (shown: Message | View, timeZone?: string) => string;
  buttons: (shown: Message | View) => ButtonSeen[];
  mentions: (message: Message) => string[];

  click: (person: string, target: Target, actionId: string, options?: PressOptions) => Promise<Delivery>;
  select: (
    person: string,
    target: Target,
    actionId: string,
    chosen: string | string[],
    options?: PressOptions,
  ) => Promise<Delivery>;
  submit: (person: string, viewId: string, values?: GivenValues, bending?: Bending) => Promise<Submission>;
  closeView: (person: string, viewId: string, bending?: Bending) => Promise<Delivery | undefined>;
  slash: (
    person: string,
    command: string,
    text: string,
    channel: string,
    bending?: Bending,
  ) => Promise<Delivery>;
  say: (person: string, channel: string, text: string, threadTs?: string) => { channel: string; ts: string };
  openHome: (person: string) => Promise<Delivery[]>;
  /** Sends the very same bytes again, as a thief who recorded them would. */
  redeliver: (earlier: Delivery) => Promise<Delivery>;
  event: (event: Json) => Promise<Delivery[]>;

  deactivate: (person: string) => Promise<Delivery[]>;
  join: (person: Person) => Promise<Delivery[]>;
  invite: (channel: string, person: string) => void;
  kick: (channel: string, person: string) => void;
  setPresence: (person: string, presence: 'active' | 'away') => void;
  /** Pauses a person's notifications from now on; null: no longer. */
  setSnooze: (person: string, minutes: number | null) => void;

  fail: (fault: Omit<Fault, 'times'> & { times?: number }) => void;
  /** Nothing is wrong with it any more. */
  workAgain: () => void;
  /** Resolves with the first truthy value of `find`, looked at whenever anything changed. */
  waitFor: <T>(
    find: () => T | undefined | null | false,
    options?: { timeoutMs?: number; what?: string },
  ) => Promise<T>;
  stop: () => Promise<void>;
};

/** Starts a local Slack. Everything it knows is in memory and ends with it. */
export async function startLocalSlack(options: LocalSlackOptions): Promise<LocalSlack> {
  const changes = new EventEmitter().setMaxListeners(0);
  const changed = (): void => void changes.emit('change');
  const now = options.now ?? Date.now;
  const workspace = createWorkspace({
    people: options.people,
    channels: options.channels,
    userGroups: options.userGroups ?? [],
    now,
    changed,
  });
  const socketMode = createSocketMode(changed);
  const faults: Fault[] = [];
  const calls: ApiCall[] = [];
  const deliveries: Delivery[] = [];
  const state = {
    url: '',
    requestUrl: options.requestUrl,
    postsPerSecond: options.postsPerSecond ?? null,
    down: false,
  };
  const sender: Sender = {
    signingSecret: options.signingSecret,
    requestUrl: () => state.requestUrl,
    socketMode,
    now,
    ackMs: options.ackMs ?? limits.ackMs,
    delivered(delivery) {
      deliveries.push(delivery);
      if (delivery.status !== 200) options.log?.(`${delivery.kind}: ${delivery.problem ?? delivery.status}`);
      changed();
    },
  };
  const context: Context = {
    workspace,
    sender,
    url: () => state.url,
    commands: options.commands ?? [{ name: '/gate', usage: 'help', description: 'Ask the gate' }],
  };
  const stopping = new AbortController();
  const retry = { delaysMs: options.eventRetryDelaysMs ?? slackRetryDelaysMs, signal: stopping.signal };
  const event = (about: Json): Promise<Delivery[]> => sendEvent(context, about, retry);

  const openId = createOpenId(workspace, () => state.url);
  openId.client = options.client ?? null;

  const limit = createRateLimit(now);
  const app = routes({
    api: () => ({
      workspace,
      url: state.url,
      tokens: { bot: options.botToken, app: options.appToken },
      openSocket: () => socketMode.ticketUrl(state.url),
    }),
    openId,
    faults,
    isDown: () => state.down,
    rateLimit: (channel) =>
      state.postsPerSecond === null ? undefined : limit(channel, state.postsPerSecond),
    record(call) {
      calls.push(call);
      changed();
    },
    signIn: authorizeRoutes(openId, workspace),
    page: pageRoutes({
      context,
      onChange(listener) {
        changes.on('change', listener);
        return () => changes.off('change', listener);
      },
      openHome: (person) => void event(appHomeOpened(context, person)),
    }),
  });
  const listening = await listen(app, options.port ?? 0, options.host ?? '127.0.0.1');
  state.url = listening.url;
  listening.server.on('upgrade', (request, socket, head) => {
    if (state.down) socket.destroy();
    else socketMode.upgrade(request, socket, head);
  });

  return {
    ...accessors(workspace),
    url: state.url,
    apiUrl: `${state.url}/api/`,
    get requestUrl() {
      return state.requestUrl;
    },
    set requestUrl(address) {
      state.requestUrl = address;
    },
    get postsPerSecond() {
      return state.postsPerSecond;
    },
    set postsPerSecond(rate) {
      state.postsPerSecond = rate;
    },
    get down() {
      return state.down;
    },
    set down(isDown) {
      state.down = isDown;
      if (isDown) socketMode.cut();
    },
    openId,
    missingScopes: workspace.missingScopes,
    calls,
    deliveries,
    socketMode,
    callsOf: (method) => calls.filter((call) => call.method === method),

    click: (...args) => click(context, ...args),
    select: (...args) => select(context, ...args),
    submit: (...args) => submit(context, ...args),
    closeView: (...args) => closeView(context, ...args),
    slash: (...args) => slash(context, ...args),
    say: (...args) => say(context, ...args),
    openHome: async (person) => event(appHomeOpened(context, person)),
    redeliver: (earlier) => deliverAgain(sender, earlier),
    event,

    async deactivate(id) {
      const person = existing(workspace.people, id);
      person.deleted = true;
      changed();
      return event(userChange(person));
    },
    async join(person) {
      workspace.people.set(person.id, person);
      changed();
      return event(teamJoin(person));
    },
    invite(channel, person) {
      const { members } = existing(workspace.channels, channel);
      if (!members.includes(person)) members.push(person);
      changed();
    },
    kick(id, person) {
      const channel = existing(workspace.channels, id);
      channel.members = channel.members.filter((member) => member !== person);
      changed();
    },
    setPresence(id, presence) {
      existing(workspace.people, id).away = presence === 'away';
      changed();
    },
    setSnooze(id, minutes) {
      const from = now();
      const snooze = minutes === null ? undefined : { from, until: from + minutes * 60_000 };
      existing(workspace.people, id).snooze = snooze;
      changed();
    },

    fail: (fault) => void faults.push({ times: 1, ...fault }),
    workAgain: () => void faults.splice(0),
    waitFor: createWaiting(changes),
    async stop() {
      stopping.abort();
      await socketMode.close();
      await listening.close();
    },
  };
}

function existing<T>(all: Map<string, T>, id: string): T {
  const found = all.get(id);
  if (!found) throw new Error(`there is no ${id} in this workspace`);
  return found;
}
