import { createHmac } from 'node:crypto';
import { type Asked, jsonOf, type PagerServer, pagerServer, type Reply } from './pager-server.ts';

export type HookTemplate = 'plain' | 'goalert' | 'grafana' | 'incidentio' | 'rootly';

export interface HookAlert {
  key: string;
  title: string;
  isOpen: boolean;
  isAcknowledged: boolean;
  bodies: Record<string, unknown>[];
}

export interface FakeHook extends PagerServer {
  alerts: HookAlert[];
  openAlert(key: string): HookAlert | undefined;
}

export interface FakeHookSettings {
  template: HookTemplate;
  port?: number;
  now?: () => number;
  /** Every call must be signed with it. */
  secret?: string;
  /** Every call must carry it. */
  token?: string;
}

type Told = { key: string; title: string; moment: 'open' | 'acknowledge' | 'close' };

const SIGNED_FOR_SECONDS = 300;

/** Whoever takes our webhooks: it knows the forms of the products, refuses what they refuse, and checks signatures. */
export async function startFakeHook(settings: FakeHookSettings): Promise<FakeHook> {
  const { template, port, now = Date.now, secret, token } = settings;
  const alerts: HookAlert[] = [];
  const open = (key: string) => alerts.find((one) => one.key === key && one.isOpen);

  const server = await pagerServer(
    (asked): Reply => {
      if (asked.method !== 'POST') return { status: 405 };
      if (token !== undefined && asked.headers.authorization !== `Bearer ${token}`) return { status: 401 };
      if (secret !== undefined && !isSigned(asked, secret, now())) return { status: 401 };
      const body = jsonOf(asked.body);
      const told = body && READ[template](body);
      if (!body || !told) return { status: 400, body: { message: 'the form is not known' } };
      note(told, body);
      return answerOf(template, alerts.length, told);
    },
    { port, now },
  );

  function note({ key, title, moment }: Told, body: Record<string, unknown>): void {
    const known = open(key);
    if (known) {
      known.bodies.push(body);
      if (moment === 'open') known.title = title;
      if (moment === 'acknowledge') known.isAcknowledged = true;
      if (moment === 'close') known.isOpen = false;
    } else if (moment === 'open')
      alerts.push({ key, title, isOpen: true, isAcknowledged: false, bodies: [body] });
  }
  return Object.assign(server, { alerts, openAlert: open });
}

function isSigned({ headers, body }: Asked, secret: string, now: number): boolean {
  const given = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-gatehouse-signature']));
  if (!given) return false;
  const [, seconds, signature] = given;
  const isRecent = Math.abs(now / 1000 - Number(seconds)) <= SIGNED_FOR_SECONDS;
  return isRecent && createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex') === signature;
}

/** The form of each product; null: it would refuse the body. */
const READ: Record<HookTemplate, (body: Record<string, unknown>) => Told | null> = {
  plain: ({ event, key, summary }) => {
    const moments = { trigger: 'open', acknowledge: 'acknowledge', resolve: 'close' } as const;
    const moment = Object.entries(moments).find(([name]) => name === event)?.[1];
    return moment ? told(key, summary, moment) : null;
  },
  // It sanitizes a long summary by itself; an empty one it refuses.
  goalert: ({ summary, dedup, action, details = '' }) =>
    typeof details === 'string' ? told(dedup, summary, action === 'close' ? 'close' : 'open') : null,
  grafana: ({ alert_uid: key, title, state }) =>
    state === 'alerting' || state === 'ok' ? told(key, title, state === 'ok' ? 'close' : 'open') : null,
  incidentio: ({ deduplication_key: key, title, status, metadata = {} }) =>
    (status === 'firing' || status === 'resolved') && typeof metadata === 'object'
      ? told(key, title, status === 'resolved' ? 'close' : 'open')
      : null,
  rootly: ({ external_id: key, title, state }) =>
    state === 'triggered' || state === 'resolved'
      ? told(key, title, state === 'resolved' ? 'close' : 'open')
      : null,
};

const told = (key: unknown, title: unknown, moment: Told['moment']): Told | null =>
  typeof key === 'string' && key !== '' && typeof title === 'string' && title !== ''
    ? { key, title, moment }
    : null;

function answerOf(template: HookTemplate, count: number, { key }: Told): Reply {
  if (template === 'goalert')
    return { status: 200, body: { AlertID: count, ServiceID: 'service', IsNew: true } };
  if (template === 'incidentio')
    return { status: 202, body: { status: 'success', message: 'Event accepted', deduplication_key: key } };
  return { status: 200, body: {} };
}
