import { createHmac, randomUUID } from 'node:crypto';
import { type Subscription, subscribe } from './hook-subscription.ts';
import { type PagerServer, pagerServer, perMinute, type Reply } from './pager-server.ts';
import { type PagerDutyEvent, readEvent } from './pagerduty-events.ts';

export interface PagerDutyIncident {
  id: string;
  key: string;
  routingKey: string;
  status: 'triggered' | 'acknowledged' | 'resolved';
  summary: string;
  /** Every event that was applied to it. */
  events: PagerDutyEvent[];
}

export type Pressed = 'acknowledged' | 'unacknowledged' | 'resolved' | 'escalated';

export interface FakePagerDuty extends PagerServer {
  incidents: PagerDutyIncident[];
  /** Events that came for an incident that is not open: accepted, and without effect. */
  dropped: PagerDutyEvent[];
  openIncident(key: string): PagerDutyIncident | undefined;
  /** A V3 webhook subscription; several secrets while one is changed. */
  subscribe(to: { url: string; secrets: string[] }): Subscription;
  /** Somebody presses a button in PagerDuty. Resolves when the webhooks went out. */
  press(incident: PagerDutyIncident, what: Pressed, person: string): Promise<void>;
}

export interface FakePagerDutySettings {
  port?: number;
  now?: () => number;
  /** The integration keys there are; null: any of 32 characters. */
  routingKeys?: string[] | null;
}

const CALLS_PER_MINUTE = 120;

/** A PagerDuty on this machine: the Events API v2, incidents, V3 webhooks, and their refusals. */
export async function startFakePagerDuty(settings: FakePagerDutySettings = {}): Promise<FakePagerDuty> {
  const { now = Date.now, routingKeys = null, port } = settings;
  const incidents: PagerDutyIncident[] = [];
  const dropped: PagerDutyEvent[] = [];
  const subscriptions: Subscription[] = [];
  const mayCall = perMinute(CALLS_PER_MINUTE, now);

  const open = (key: string, routingKey?: string) =>
    incidents.find(
      (one) =>
        one.key === key &&
        one.status !== 'resolved' &&
        (routingKey === undefined || one.routingKey === routingKey),
    );
  const tell = (type: string, incident: PagerDutyIncident, agent: object): Promise<unknown> => {
    const body = JSON.stringify(webhookOf(type, incident, agent, now()));
    return Promise.all(subscriptions.map((subscription) => subscription.send(body)));
  };

  const server = await pagerServer(
    ({ method, path, body }): Reply => {
      if (method !== 'POST' || path !== '/v2/enqueue') return { status: 404 };
      const event = readEvent(body);
      if ('faults' in event) return invalid(event.status, event.faults);
      if (routingKeys && !routingKeys.includes(event.routing_key))
        return invalid(400, ['Invalid routing key']);
      if (!mayCall(event.routing_key)) return { status: 429, body: 'Request Limit Exceeded' };
      const key = event.dedup_key ?? randomUUID();
      const incident = apply(event, key);
      if (incident) void tell(`incident.${incident.status}`, incident, OURSELVES);
      return {
        status: 202,
        body: { status: 'success', message: 'Event processed', dedup_key: key },
      };
    },
    { port, now },
  );

  /** The incident, when its status changed. */
  function apply(event: PagerDutyEvent, key: string): PagerDutyIncident | null {
    const incident = open(key, event.routing_key);
    if (event.event_action === 'trigger') return trigger(event, key, incident);
    if (!incident) {
      dropped.push(event);
      return null;
    }
    incident.events.push(event);
    const status = event.event_action === 'resolve' ? 'resolved' : 'acknowledged';
    if (incident.status === status) return null;
    incident.status = status;
    return incident;
  }

  function trigger(event: PagerDutyEvent, key: string, open?: PagerDutyIncident): PagerDutyIncident | null {
    const summary = event.payload?.summary ?? '';
    if (open) {
      open.events.push(event);
      open.summary = summary;
      return null;
    }
    const id = `P${String(incidents.length + 1).padStart(6, '0')}`;
    const routingKey = event.routing_key;
    incidents.push({ id, key, routingKey, status: 'triggered', summary, events: [event] });
    return incidents.at(-1) ?? null;
  }

  return Object.assign(server, {
    incidents,
    dropped,
    openIncident: (key: string) => open(key),
    subscribe: ({ url, secrets }: { url: string; secrets: string[] }) => {
      const subscription = subscribe({
        url,
        now,
        disabledAfter: 3,
        headers: ({ id, body }) => ({
          'content-type': 'application/json',
          'user-agent': 'PagerDuty-Webhook/V3.0',
          'x-webhook-id': id,
          'x-pagerduty-signature': pagerDutySignature(secrets, body),
        }),
      });
      subscriptions.push(subscription);
      return subscription;
    },
    press: async (incident: PagerDutyIncident, what: Pressed, person: string) => {
      if (what === 'acknowledged' || what === 'resolved') incident.status = what;
      if (what === 'unacknowledged') incident.status = 'triggered';
      await tell(`incident.${what}`, incident, { id: 'PUSER01', type: 'user_reference', summary: person });
    },
  });
}

/** As `X-PagerDuty-Signature` holds it. */
export const pagerDutySignature = (secrets: string[], body: string): string =>
  secrets.map((secret) => `v1=${createHmac('sha256', secret).update(body).digest('hex')}`).join(',');

const OURSELVES = { id: 'PINTEGR', type: 'inbound_integration_reference', summary: 'Events API v2' };

const invalid = (status: number, errors: string[]): Reply => ({
  status,
  body: { status: 'invalid event', message: 'Event object is invalid', errors },
});

const webhookOf = (type: string, incident: PagerDutyIncident, agent: object, at: number): object => ({
  event: {
    id: randomUUID(),
    event_type: type,
    resource_type: 'incident',
    occurred_at: new Date(at).toISOString(),
    agent,
    client: null,
    data: {
      id: incident.id,
      type: 'incident',
      number: Number(incident.id.slice(1)),
      status: incident.status,
      incident_key: incident.key,
      created_at: new Date(at).toISOString(),
      title: incident.summary,
      urgency: 'high',
      resolve_reason: null,
    },
  },
});
