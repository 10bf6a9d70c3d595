import { randomUUID } from 'node:crypto';
import { faultsOfAlert } from './genie-alerts.ts';
import { type Subscription, subscribe } from './hook-subscription.ts';
import { type Asked, jsonOf, type PagerServer, pagerServer, perMinute, type Reply } from './pager-server.ts';

export interface GenieAlert {
  id: string;
  alias: string;
  status: 'open' | 'closed';
  isAcknowledged: boolean;
  message: string;
  /** How often it was created again while it was open. */
  count: number;
  created: Record<string, unknown>;
}

export type GenieAction = 'Acknowledge' | 'UnAcknowledge' | 'Close' | 'AddNote';

export interface FakeGenie extends PagerServer {
  alerts: GenieAlert[];
  openAlert(alias: string): GenieAlert | undefined;
  /** While set, calls are accepted and not yet worked on; `catchUp` works on them. */
  isSlow: boolean;
  catchUp(): void;
  /** The outgoing webhook of an integration; it signs nothing and sends the headers of its settings. */
  subscribe(to: { url: string; headers: Record<string, string> }): Subscription;
  /** Somebody presses a button in OpsGenie. Resolves when the webhooks went out. */
  press(alert: GenieAlert, action: GenieAction, person: string): Promise<void>;
}

export interface FakeGenieSettings {
  port?: number;
  now?: () => number;
  apiKey: string;
  /** A key that is known and may not write. */
  readOnlyKey?: string;
  callsPerMinute?: number;
}

type Work = { id: string; run: () => object; result: object | null };

/** OpsGenie on this machine, at `/v2` and, as in Jira Service Management, at `/jsm/ops/integration/v2`. */
export async function startFakeGenie(settings: FakeGenieSettings): Promise<FakeGenie> {
  const { now = Date.now, port, apiKey, readOnlyKey, callsPerMinute = 600 } = settings;
  const alerts: GenieAlert[] = [];
  const works: Work[] = [];
  const subscriptions: Subscription[] = [];
  const mayCall = perMinute(callsPerMinute, now);
  const open = (alias: string) => alerts.find((one) => one.alias === alias && one.status === 'open');

  const server = await pagerServer(
    (asked) => {
      const key = /^GenieKey (.+)$/.exec(asked.headers.authorization ?? '')?.[1];
      if (!key || (key !== apiKey && key !== readOnlyKey)) return said(401, 'Could not authenticate');
      if (!mayCall(key)) return { ...said(429, 'You are making too many requests!'), headers: PAUSE };
      if (key === readOnlyKey && asked.method !== 'GET') return said(403, 'Api key is not authorized');
      return route(asked);
    },
    { port, now },
  );
  const fake: FakeGenie = Object.assign(server, {
    alerts,
    openAlert: open,
    isSlow: false,
    catchUp: () => works.forEach(workOn),
    subscribe: ({ url, headers }: { url: string; headers: Record<string, string> }) => {
      const all = { 'content-type': 'application/json', ...headers };
      const subscription = subscribe({ url, now, headers: () => all });
      subscriptions.push(subscription);
      return subscription;
    },
    press: async (alert: GenieAlert, action: GenieAction, person: string) => {
      change(alert, action);
      const body = JSON.stringify(webhookOf(alert, action, person, now()));
      await Promise.all(subscriptions.map((subscription) => subscription.send(body)));
    },
  });

  function route({ method, path, query, body }: Asked): Reply {
    const place = /^(?:\/jsm\/ops\/integration)?\/v2\/alerts(?:\/(.*))?$/.exec(path);
    if (!place) return said(404, 'Not found');
    const [first, action] = (place[1] ?? '').split('/').map(decodeURIComponent);
    if (method === 'GET' && first === 'requests') return statusOf(works, action ?? '');
    const given = jsonOf(body);
    if (!given) return said(400, 'Request body is not valid JSON');
    if (method === 'POST' && !first) return create(given);
    if (query.get('identifierType') !== 'alias') return said(422, 'Only aliases are known here');
    const alias = first ?? '';
    if (method === 'POST' && action === 'close') return accept(() => byAlias(alias, 'Close'));
    if (method === 'POST' && action === 'acknowledge') return accept(() => byAlias(alias, 'Acknowledge'));
    if (method === 'PUT' && action === 'message') {
      const faults = faultsOfAlert({ message: given.message });
      return faults
        ? unprocessable(faults)
        : accept(() => byAlias(alias, 'Message', given.message as string));
    }
    return said(404, 'Not found');
  }

  function create(given: Record<string, unknown>): Reply {
    const faults = faultsOfAlert(given);
    if (faults) return unprocessable(faults);
    return accept(() => {
      const alias = (given.alias as string | undefined) ?? randomUUID();
      const known = open(alias);
      if (known) known.count += 1;
      const message = given.message as string;
      const alert: GenieAlert = known ?? {
        ...{ id: randomUUID(), alias, status: 'open', isAcknowledged: false },
        ...{ message, count: 1, created: given },
      };
      if (!known) alerts.push(alert);
      return { action: 'Create', isSuccess: true, status: 'Created alert', alertId: alert.id, alias };
    });
  }

  function byAlias(alias: string, action: 'Close' | 'Acknowledge' | 'Message', message?: string): object {
    const alert = open(alias);
    if (!alert) return { action, isSuccess: false, status: 'Alert does not exist', alertId: '', alias };
    if (action === 'Message') alert.message = message ?? alert.message;
    else change(alert, action);
    return { action, isSuccess: true, status: 'Done', alertId: alert.id, alias };
  }

  function accept(run: Work['run']): Reply {
    const work: Work = { id: randomUUID(), run, result: null };
    works.push(work);
    if (!fake.isSlow) workOn(work);
    return { status: 202, body: { result: 'Request will be processed', took: 0.01, requestId: work.id } };
  }
  return fake;
}

const PAUSE = { 'x-ratelimit-period-in-sec': '60' };

function workOn(work: Work): void {
  work.result ??= work.run();
}

function statusOf(works: Work[], id: string): Reply {
  const result = works.find((work) => work.id === id)?.result;
  if (!result) return said(404, 'Request not found. It might not be processed, yet.');
  return { status: 200, body: { data: result, took: 0.01, requestId: id } };
}

function change(alert: GenieAlert, action: GenieAction): void {
  if (action === 'Close') alert.status = 'closed';
  if (action === 'Acknowledge') alert.isAcknowledged = true;
  if (action === 'UnAcknowledge') alert.isAcknowledged = false;
}

const said = (status: number, message: string): Reply => ({
  status,
  body: { message, took: 0.001, requestId: randomUUID() },
});
const unprocessable = (errors: Record<string, string>): Reply => ({
  status: 422,
  body: { message: 'Request body is not processable. Please check the errors.', errors, took: 0.001 },
});

const webhookOf = (alert: GenieAlert, action: GenieAction, person: string, at: number): object => ({
  action,
  source: { name: '', type: 'web' },
  alert: {
    alertId: alert.id,
    alias: alert.alias,
    message: alert.message,
    username: person,
    userId: 'daed1180-0ce8-438b-8f8e-57e1a5920a2d',
    source: 'Gatehouse',
    tinyId: '23',
    tags: [],
    entity: '',
    createdAt: at,
    updatedAt: at * 1_000_000,
  },
  integrationId: '37c8f316-17c6-49d7-899b-9c7e540c048d',
  integrationName: 'Gatehouse',
});
