import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type FakePagerDuty,
  pagerDutySignature,
  startFakePagerDuty,
} from '../../src/demo/pagers/fake-pagerduty.ts';
import { pagerDutyInbound } from '../../src/on-call/pagerduty-inbound.ts';
import { type Listener, listener } from './listener.ts';
import { PAGE_SUMMARY, page } from './page.ts';
import { one, ROUTING_KEY } from './worlds.ts';

let fake: FakePagerDuty;
let now: number;
const onCall = (over = {}) =>
  one({
    kind: 'pagerduty',
    routing_key: ROUTING_KEY,
    base_url: fake.url,
    webhook_secrets: [],
    ...over,
  });
beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  fake = await startFakePagerDuty({ now: () => now });
});
afterEach(() => fake.close());

describe('what PagerDuty is sent', () => {
  it('a trigger, with everything that whoever is on call needs', async () => {
    await onCall().trigger(page({ waiting: 3 }));
    const [call] = fake.calls;
    expect(`${call?.method} ${call?.path}`).toBe('POST /v2/enqueue');
    expect(call?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(call?.body ?? '')).toEqual({
      routing_key: ROUTING_KEY,
      event_action: 'trigger',
      dedup_key: 'gate-production-r1',
      client: 'Gatehouse',
      client_url: 'https://gate.example.com/requests/r1',
      links: [
        { href: 'https://gate.example.com/requests/r1', text: 'Approve or deny' },
        { href: 'https://example.slack.com/archives/C1/p1', text: 'The card in Slack' },
      ],
      payload: {
        summary: PAGE_SUMMARY,
        source: 'gate.example.com',
        severity: 'error',
        component: 'production',
        group: 'Gatehouse',
        class: 'requests wait',
        custom_details: {
          Environment: 'production',
          Risk: 'HIGH',
          Waiting: '3 requests',
          'Asked by': 'deploy-bot (CI)',
          'Waits until': '14:10 Europe/Berlin',
        },
      },
    });
  });

  it.each([
    ['LOW', 'info'],
    ['MEDIUM', 'warning'],
    ['HIGH', 'error'],
    ['CRITICAL', 'critical'],
  ] as const)('%s risk as %s', async (level, severity) => {
    await onCall().trigger(page({ level }));
    expect(fake.incidents[0]?.events[0]?.payload?.severity).toBe(severity);
  });

  it('an acknowledge and a resolve, with the key and nothing more', async () => {
    await onCall().trigger(page());
    await onCall().acknowledge(page());
    expect(fake.incidents[0]?.status).toBe('acknowledged');
    await onCall().resolve(page({ ending: 'denied by Ana' }));
    expect(fake.incidents[0]?.events.slice(1)).toEqual(
      ['acknowledge', 'resolve'].map((event_action) => ({
        routing_key: ROUTING_KEY,
        event_action,
        dedup_key: page().key,
      })),
    );
  });

  it('the new text of a storm that grows', async () => {
    await onCall().trigger(page());
    await onCall().trigger(page({ summary: '57 requests wait in production', waiting: 57 }));
    expect(fake.incidents.map((incident) => incident.summary)).toEqual(['57 requests wait in production']);
  });
});

describe('what PagerDuty answers', () => {
  it.each([
    [
      { status: 400, body: { message: 'Event object is invalid', errors: ['Invalid routing key'] } },
      false,
      null,
    ],
    [{ status: 404 }, false, null],
    [{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }, false, null],
    [{ status: 429 }, true, null],
    [{ status: 429, headers: { 'retry-after': '7' } }, true, 7],
    [{ status: 429, headers: { 'retry-after': 'soon' } }, true, null],
    [{ status: 429, headers: { 'retry-after': '999999' } }, true, 3600],
    [{ status: 500 }, true, null],
    [{ status: 503, headers: { 'retry-after': 'Thu, 01 Jan 2026 00:01:30 GMT' } }, true, 90],
  ])('%j: again: %s, after %s s', async (fault, retry, afterSeconds) => {
    fake.faults.push({ times: 1, ...fault });
    const mine = one(
      { kind: 'pagerduty', routing_key: ROUTING_KEY, base_url: fake.url, webhook_secrets: [] },
      { now: () => now },
    );
    expect(await mine.trigger(page())).toEqual({
      ok: false,
      retry,
      ...(retry && { afterSeconds }),
      problem: expect.stringContaining(`PagerDuty answered `),
    });
  });

  it('is quoted in what it refuses', async () => {
    const failed = await onCall({ routing_key: 'short' }).trigger(page());
    expect(failed).toMatchObject({
      retry: false,
      problem:
        "PagerDuty answered 400: Event object is invalid: Length of 'routing_key' is incorrect (should be 32 characters)",
    });
  });

  it('keeps being refused over its limit, and is taken a minute later', async () => {
    for (let i = 0; i < 120; i++) await onCall().trigger(page());
    expect(await onCall().trigger(page())).toMatchObject({ retry: true });
    now += 60_001;
    expect(await onCall().trigger(page())).toMatchObject({ ok: true });
  });
});

describe('what PagerDuty tells', () => {
  const SECRETS = ['the first secret', 'the second secret'];
  // Computed with: printf '%s' "$BODY" | openssl dgst -sha256 -hmac 'the first secret'
  const BODY =
    '{"event":{"id":"01DEN4HPBQAAAG05V5QQYBRZMF","event_type":"incident.acknowledged","resource_type":"incident","occurred_at":"2020-10-02T18:45:22.169Z","agent":{"id":"PLH1HKV","summary":"Tenex Engineer","type":"user_reference"},"client":{"name":"PagerDuty"},"data":{"id":"PGR0VU2","type":"incident","incident_key":"gate-production-r1","status":"acknowledged"}}}';
  const FIRST = 'v1=4ca051ad1796ae0e2c6e12fc49379920df9fdeea07aa2ff76621d86537e6714c';
  const SECOND = 'v1=2fd9acbee815d94e3eb06abd47b4b6a2807803e103bd6103bcf69acfe8050533';
  const read = (signature: string | null, { secrets = SECRETS, body = BODY, id = 'w1' } = {}) =>
    pagerDutyInbound(secrets)?.read({
      body,
      headers: new Headers({
        'x-webhook-id': id,
        ...(signature !== null && { 'x-pagerduty-signature': signature }),
      }),
    });
  const ACKNOWLEDGED = [
    {
      deliveryId: '01DEN4HPBQAAAG05V5QQYBRZMF',
      key: 'gate-production-r1',
      reference: 'PGR0VU2',
      kind: 'acknowledged',
      by: 'Tenex Engineer',
    },
  ];

  it.each([
    ['by the first secret', FIRST],
    ['by the second secret', SECOND],
    ['by a secret we have and one we do not', `v1=${'0'.repeat(64)},${SECOND}`],
    ['with spaces between', `${FIRST}, v1=${'0'.repeat(64)}`],
  ])('is read when it is signed %s', (_, signature) => expect(read(signature)).toEqual(ACKNOWLEDGED));

  it.each([
    ['not at all', null],
    ['with nothing', ''],
    ['without a version', FIRST.slice(3)],
    ['in another version', FIRST.replace('v1', 'v2')],
    ['cut short', FIRST.slice(0, -1)],
    ['with one digit changed', FIRST.replace(/.$/, 'd')],
    ['behind ten others', `${`v1=${'0'.repeat(64)},`.repeat(10)}${FIRST}`],
  ])('is nobody when it is signed %s', (_, signature) => expect(read(signature)).toBeNull());

  it('is nobody when a byte is changed, or the secret is another', () => {
    expect(read(FIRST, { body: BODY.replace('PGR0VU2', 'PGR0VU3') })).toBeNull();
    expect(read(FIRST, { secrets: ['another'] })).toBeNull();
  });

  it('is not listened to without a secret', () => expect(pagerDutyInbound([])).toBeNull());

  it('has the same id under another X-Webhook-Id, which nobody signed', () =>
    expect(read(FIRST, { id: 'other' })?.[0]?.deliveryId).toBe('01DEN4HPBQAAAG05V5QQYBRZMF'));

  const signed = (body: unknown) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return read(pagerDutySignature(['the first secret'], text), { body: text });
  };
  it.each([
    ['another event', { event: { id: '1', event_type: 'incident.escalated', data: {} } }],
    ['a ping', { event: { id: '1', event_type: 'pagey.ping', data: { message: 'Hello' } } }],
    ['a name every object has', { event: { id: '1', event_type: 'constructor' } }],
    ['no event', {}],
    ['a list', []],
    ['no JSON', 'no'],
  ])('is no event when it is %s', (_, body) => expect(signed(body)).toEqual([]));

  it.each([
    ['acknowledged', 'incident.acknowledged'],
    ['unacknowledged', 'incident.unacknowledged'],
    ['resolved', 'incident.resolved'],
  ])('%s', (kind, event_type) =>
    expect(signed({ event: { id: '1', event_type, agent: null, data: { id: 'P1' } } })).toEqual([
      { deliveryId: '1', key: null, reference: 'P1', kind, by: null },
    ]),
  );

  it('shows a name without what hides in it', () => {
    const agent = { summary: 'Ana\u202e <b>\n' };
    const [event] =
      signed({ event: { event_type: 'incident.resolved', agent, data: { incident_key: 'a\0' } } }) ?? [];
    expect(event).toMatchObject({ by: 'Ana⟦U+202E⟧ <b>', key: null, deliveryId: 'w1' });
  });
});

describe('the webhooks of the fake', () => {
  let gate: Listener;
  beforeEach(async () => {
    gate = await listener();
  });
  afterEach(() => gate.close());
  const start = async () => {
    const subscription = fake.subscribe({ url: gate.url, secrets: ['the first secret'] });
    await onCall().trigger(page());
    const incident = fake.openIncident(page().key)!;
    await fake.press(incident, 'acknowledged', 'Ana');
    return { subscription, incident };
  };
  const events = () =>
    gate.messages.map((message) => pagerDutyInbound(['the first secret'])?.read(message)?.[0] ?? null);

  it('are read by the adapter, and the same again when they are sent again', async () => {
    const { subscription } = await start();
    await subscription.redeliver(subscription.deliveries[1]!);
    expect(events().map((event) => event?.kind)).toEqual([undefined, 'acknowledged', 'acknowledged']);
    expect(events()[1]).toMatchObject({ key: page().key, by: 'Ana' });
    expect(events()[1]).toEqual(events()[2]);
  });

  it('come again after 503, in order', async () => {
    gate.status = 503;
    const { subscription, incident } = await start();
    await fake.press(incident, 'resolved', 'Ana');
    gate.status = 202;
    await subscription.retryQueued();
    expect(subscription.deliveries.map((one) => one.state)).toEqual(['delivered', 'delivered', 'delivered']);
    expect(
      events()
        .slice(-2)
        .map((event) => event?.kind),
    ).toEqual(['acknowledged', 'resolved']);
  });

  it('end for a day when three in a row are refused', async () => {
    gate.status = 404;
    const { subscription, incident } = await start();
    expect(subscription.isDisabled()).toBe(false);
    await fake.press(incident, 'resolved', 'Ana');
    expect(subscription.isDisabled()).toBe(true);
    gate.status = 202;
    await fake.press(incident, 'unacknowledged', 'Ana');
    expect(subscription.deliveries.at(-1)).toMatchObject({ state: 'dropped', statuses: [] });
    now += 24 * 3600 * 1000;
    expect(subscription.isDisabled()).toBe(false);
  });
});
