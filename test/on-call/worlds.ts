import type { OnCallEntry } from '../../src/config/on-call-shape.ts';
import { type FakeGenie, startFakeGenie } from '../../src/demo/pagers/fake-genie.ts';
import { type HookTemplate, startFakeHook } from '../../src/demo/pagers/fake-hook.ts';
import { startFakePagerDuty } from '../../src/demo/pagers/fake-pagerduty.ts';
import type { Fault, PagerServer } from '../../src/demo/pagers/pager-server.ts';
import { again, delivered, refused } from '../../src/on-call/delivery.ts';
import { createMailer } from '../../src/on-call/mailer.ts';
import { makeOnCall, type Ways } from '../../src/on-call/make.ts';
import type { Delivery, OnCall } from '../../src/on-call/on-call.ts';
import type { DirectMessage } from '../../src/on-call/slack-dm.ts';
import { type SmtpTrouble, startMailHost } from './smtp.ts';

export type Trouble = 'down' | 'slow' | 'cut off' | 'busy' | 'broken' | 'answer lost' | 'refusing';

/** A provider and everything that the contract asks of its other side. */
export interface World {
  onCall: OnCall;
  /** The same provider, for which every silence is soon too long. */
  impatient: OnCall;
  /** What must never be repeated in a problem. */
  secrets: string[];
  /** How many incidents there ever were with this key. */
  opened(key: string): number;
  isOpen(key: string): boolean;
  /** Everything that reached it, decoded, as people or programs there read it. */
  received(): string;
  break(trouble: Trouble): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export const ROUTING_KEY = 'R0123456789abcdef0123456789ABCDE';
export const API_KEY = 'genie key 77';
export const HOOK_SECRET = 'hook secret 0123456789';
export const HOOK_TOKEN = 'hook token 1';
const PATH_SECRET = 'path.secret.12345';
const PASSWORD = 'right p@ss';

/** Long enough to fail no test on a busy machine. */
const TIMEOUT_MS = 20_000;
const IMPATIENT = { timeoutMs: 40 };

export function one(entry: OnCallEntry, ways: Partial<Ways> = {}): OnCall {
  const all = makeOnCall(
    { primary: entry },
    { mailer: null, sendDirect: null, timeoutMs: TIMEOUT_MS, ...ways },
  );
  return all.get('primary')!;
}

const httpFaults = (secrets: string[]): Record<Exclude<Trouble, 'down'>, Fault> => ({
  slow: { times: 99, hold: true },
  'cut off': { times: 99, reset: true },
  busy: { times: 99, status: 429, headers: { 'retry-after': '30' } },
  broken: { times: 99, status: 502, body: '<html>Bad gateway</html>' },
  'answer lost': { times: 1, reset: true, when: 'after' },
  // The worst that another side can say: everything it was told.
  refusing: { times: 99, status: 400, body: { message: `you sent ${secrets.join(' ')}` } },
});

const httpWorld = (server: PagerServer, secrets: string[]) => ({
  secrets,
  received: () => server.calls.map((call) => call.body).join('\n'),
  break: async (trouble: Trouble) => {
    if (trouble === 'down') await server.goDown();
    else server.faults.push(httpFaults(secrets)[trouble]);
  },
  mend: async () => {
    server.faults.length = 0;
    server.release();
    if (!(await isUp(server.url))) await server.comeBack();
  },
  close: () => server.close(),
});

const isUp = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

async function pagerDutyWorld(): Promise<World> {
  const fake = await startFakePagerDuty({ routingKeys: [ROUTING_KEY] });
  const make = (ways = {}) =>
    one({ kind: 'pagerduty', routing_key: ROUTING_KEY, base_url: fake.url, webhook_secrets: [] }, ways);
  return {
    ...httpWorld(fake, [ROUTING_KEY]),
    onCall: make(),
    impatient: make(IMPATIENT),
    opened: (key) => fake.incidents.filter((incident) => incident.key === key).length,
    isOpen: (key) => fake.openIncident(key) !== undefined,
  };
}

const genieWorld = (prefix: string) => async (): Promise<World> => {
  const fake: FakeGenie = await startFakeGenie({ apiKey: API_KEY });
  const make = (ways = {}) =>
    one({ kind: 'opsgenie', api_key: API_KEY, base_url: `${fake.url}${prefix}`, responders: [] }, ways);
  return {
    ...httpWorld(fake, [API_KEY]),
    onCall: make(),
    impatient: make(IMPATIENT),
    opened: (key) => fake.alerts.filter((alert) => alert.alias === key).length,
    isOpen: (key) => fake.openAlert(key) !== undefined,
  };
};

const hookWorld = (template: HookTemplate) => async (): Promise<World> => {
  const fake = await startFakeHook({ template, secret: HOOK_SECRET, token: HOOK_TOKEN });
  const url = `${fake.url}/hook/${PATH_SECRET}`;
  const make = (ways = {}) =>
    one({ kind: 'webhook', url, template, secret: HOOK_SECRET, token: HOOK_TOKEN }, ways);
  return {
    ...httpWorld(fake, [HOOK_SECRET, HOOK_TOKEN, PATH_SECRET]),
    onCall: make(),
    impatient: make(IMPATIENT),
    opened: (key) => fake.alerts.filter((alert) => alert.key === key).length,
    isOpen: (key) => fake.openAlert(key) !== undefined,
  };
};

const SMTP_TROUBLES: Record<Exclude<Trouble, 'down'>, SmtpTrouble> = {
  slow: { at: 'silence' },
  'cut off': { at: 'connect', code: 421 },
  busy: { at: 'rcpt', code: 451 },
  broken: { at: 'data', code: 452 },
  'answer lost': { at: 'lost answer' },
  refusing: { at: 'rcpt', code: 550 },
};

async function mailWorld(): Promise<World> {
  const host = await startMailHost();
  const smtp = `smtp://gate:${encodeURIComponent(PASSWORD)}@127.0.0.1:${host.port}`;
  const make = (timeouts?: { connectMs: number; greetingMs: number; socketMs: number }) => {
    const mailer = createMailer({ smtp, from: 'Gatehouse <gate@example.com>' }, timeouts);
    return one({ kind: 'email', to: ['oncall@example.com'] }, { mailer });
  };
  // A mailbox: what comes a second time under its Message-ID is not shown again.
  const first = () => host.mails.filter((mail) => !mail.headers.has('in-reply-to'));
  const ids = (mails: typeof host.mails) => new Set(mails.map((mail) => mail.headers.get('message-id')));
  const ended = () => new Set(host.mails.map((mail) => mail.headers.get('in-reply-to')));
  return {
    onCall: make(),
    impatient: make({ connectMs: 5000, greetingMs: 40, socketMs: 5000 }),
    secrets: [PASSWORD, Buffer.from(PASSWORD).toString('base64')],
    opened: () => ids(first()).size,
    isOpen: () => [...ids(first())].some((id) => !ended().has(id)),
    received: () =>
      host.mails.map((mail) => [...mail.parts.values(), mail.headers.get('subject')].join('\n')).join('\n'),
    break: async (trouble) => {
      if (trouble === 'down') await host.goDown();
      else host.trouble = SMTP_TROUBLES[trouble];
    },
    mend: async () => {
      host.trouble = null;
      await host.goDown();
      await host.comeBack();
    },
    close: () => host.close(),
  };
}

async function slackWorld(): Promise<World> {
  const sent = new Map<string, DirectMessage>();
  let trouble: Trouble | null = null;
  const troubles: Record<Trouble, () => Promise<Delivery>> = {
    down: () => Promise.reject(new Error('ECONNREFUSED xoxb-slack-token')),
    slow: async () => again('Slack gave no answer in time'),
    'cut off': () => Promise.reject(new Error('socket hang up')),
    busy: async () => again('Slack is busy', 30),
    broken: async () => again('Slack answered 502'),
    'answer lost': () => Promise.reject(new Error('socket hang up')),
    refusing: async () => refused('Slack answered user_not_found'),
  };
  const sendDirect = async (message: DirectMessage): Promise<Delivery> => {
    if (trouble === null || trouble === 'answer lost') sent.set(message.key, message);
    return trouble === null ? delivered('1.2') : troubles[trouble]();
  };
  const onCall = one({ kind: 'slack', users: ['U1', 'U2'] }, { sendDirect });
  const of = (moment: string) => [...sent.keys()].filter((key) => key.includes(`/${moment}/U1`)).length;
  return {
    secrets: ['xoxb-slack-token'],
    onCall,
    impatient: onCall,
    opened: () => of('asked'),
    isOpen: () => of('asked') > of('ended'),
    received: () => [...sent.values()].flatMap((message) => message.lines).join('\n'),
    break: async (what) => {
      trouble = what;
    },
    mend: async () => {
      trouble = null;
    },
    close: async () => {},
  };
}

export const WORLDS: [name: string, start: () => Promise<World>][] = [
  ['pagerduty', pagerDutyWorld],
  ['opsgenie', genieWorld('')],
  ['opsgenie in Jira Service Management', genieWorld('/jsm/ops/integration')],
  ['webhook, plain', hookWorld('plain')],
  ['webhook, goalert', hookWorld('goalert')],
  ['webhook, grafana', hookWorld('grafana')],
  ['webhook, incidentio', hookWorld('incidentio')],
  ['webhook, rootly', hookWorld('rootly')],
  ['email', mailWorld],
  ['slack', slackWorld],
];
