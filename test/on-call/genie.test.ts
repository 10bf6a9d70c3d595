import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeGenie, startFakeGenie } from '../../src/demo/pagers/fake-genie.ts';
import { genieInbound } from '../../src/on-call/genie-inbound.ts';
import { type Listener, listener } from './listener.ts';
import { PAGE_LINES, PAGE_SUMMARY, page } from './page.ts';
import { API_KEY, one } from './worlds.ts';

let fake: FakeGenie;
let now: number;
const onCall = (over = {}) =>
  one({ kind: 'opsgenie', api_key: API_KEY, base_url: fake.url, responders: [], ...over });
beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  fake = await startFakeGenie({
    apiKey: API_KEY,
    readOnlyKey: 'read only',
    now: () => now,
    callsPerMinute: 20,
  });
});
afterEach(() => fake.close());
const bodyOf = (i: number) => JSON.parse(fake.calls[i]?.body ?? '');

describe('what OpsGenie is sent', () => {
  it('an alert, with everything that whoever is on call needs', async () => {
    const responders = [{ type: 'team' as const, name: 'Platform' }];
    const told = await onCall({ responders }).trigger(page());
    expect(fake.calls.map((call) => `${call.method} ${call.path}`)).toEqual([
      'POST /v2/alerts',
      expect.stringMatching(/^GET \/v2\/alerts\/requests\/[0-9a-f-]{36}$/),
    ]);
    expect(fake.calls[0]?.headers.authorization).toBe(`GenieKey ${API_KEY}`);
    expect(bodyOf(0)).toEqual({
      message: PAGE_SUMMARY,
      alias: 'gate-production-r1',
      description: PAGE_LINES.join('\n'),
      responders,
      tags: ['gatehouse', 'HIGH', 'production'],
      details: {
        Environment: 'production',
        Risk: 'HIGH',
        'Asked by': 'deploy-bot (CI)',
        'Waits until': '14:10 Europe/Berlin',
      },
      entity: 'production',
      source: 'Gatehouse',
      priority: 'P2',
    });
    expect(told).toEqual({ ok: true, reference: fake.alerts[0]?.id });
  });

  it.each([
    ['LOW', 'P4'],
    ['MEDIUM', 'P3'],
    ['HIGH', 'P2'],
    ['CRITICAL', 'P1'],
  ] as const)('%s risk as %s', async (level, priority) => {
    await onCall().trigger(page({ level }));
    expect(bodyOf(0).priority).toBe(priority);
  });

  it('acknowledge and close by alias', async () => {
    const key = 'gate/production r1';
    await onCall().trigger(page({ key }));
    await onCall().acknowledge(page({ key }));
    expect(fake.alerts[0]).toMatchObject({ status: 'open', isAcknowledged: true });
    await onCall().resolve(page({ key }));
    expect(fake.alerts[0]?.status).toBe('closed');
    const [acknowledge, close] = fake.calls.slice(-2);
    expect(acknowledge?.path).toBe('/v2/alerts/gate%2Fproduction%20r1/acknowledge');
    expect(close?.path).toBe('/v2/alerts/gate%2Fproduction%20r1/close');
    expect(close?.query.get('identifierType')).toBe('alias');
  });

  it('the new text of a storm that grows: an open alert keeps its first one otherwise', async () => {
    await onCall().trigger(page());
    await onCall().trigger(page({ summary: '57 requests wait in production', waiting: 57 }));
    expect(fake.alerts).toMatchObject([{ message: '57 requests wait in production', count: 2 }]);
  });

  it('a page, although its new text and its id are not to be had', async () => {
    fake.faults.push({ times: 1, status: 202, body: { requestId: 'r' } }, { times: 2, status: 404 });
    expect(await onCall().trigger(page({ waiting: 2 }))).toEqual({ ok: true, reference: null });
  });
});

describe('what OpsGenie answers', () => {
  it('accepted, and its id later', async () => {
    fake.isSlow = true;
    expect(await onCall().trigger(page())).toEqual({ ok: true, reference: null });
    expect(fake.alerts).toEqual([]);
    fake.catchUp();
    expect(fake.alerts).toHaveLength(1);
  });

  it('accepted, and then not created', async () => {
    fake.faults.push(
      { times: 1, status: 202, body: { requestId: 'r' } },
      { times: 1, status: 200, body: { data: { isSuccess: false, alertId: '' } } },
    );
    expect(await onCall().trigger(page())).toMatchObject({ ok: false, retry: true });
  });

  it.each([
    ['a wrong key', { api_key: 'another key' }, 'OpsGenie answered 401: Could not authenticate'],
    [
      'a key that may not write',
      { api_key: 'read only' },
      'OpsGenie answered 403: Api key is not authorized',
    ],
    ['a wrong address', { base_url: 'elsewhere' }, 'OpsGenie answered 404: Not found'],
  ])('%s', async (_, over, problem) => {
    const settings = 'base_url' in over ? { base_url: `${fake.url}/elsewhere` } : over;
    expect(await onCall(settings).trigger(page())).toEqual({ ok: false, retry: false, problem });
  });

  it('too many calls, with the pause it asks for', async () => {
    for (let i = 0; i < 20; i++) await onCall().acknowledge(page());
    expect(await onCall().trigger(page())).toMatchObject({ retry: true, afterSeconds: 60 });
    now += 60_001;
    expect(await onCall().trigger(page())).toMatchObject({ ok: true });
  });

  it('that there is nothing to close', async () => {
    fake.faults.push({ times: 1, status: 404, body: { message: 'Alert not found' } });
    expect(await onCall().resolve(page())).toMatchObject({ ok: true });
  });
});

describe('what OpsGenie tells', () => {
  const SECRET = 'a secret of OpsGenie';
  const BODY = JSON.stringify({
    source: { name: '', type: 'web' },
    alert: {
      updatedAt: 1420452224764,
      message: 'test alert',
      username: 'fili@example.com',
      alertId: '052652ac-5d1c-464a-812a-7dd18bbfba8c',
      source: 'Gatehouse',
      alias: 'gate-production-r1',
    },
    action: 'Acknowledge',
    integrationName: 'Gatehouse',
  });
  const read = (headers: Record<string, string>, body = BODY) =>
    genieInbound(SECRET)?.read({ headers: new Headers(headers), body });
  const bearer = { authorization: `Bearer ${SECRET}` };

  it.each([
    ['Authorization', bearer],
    ['a header of ours', { 'x-gatehouse-secret': SECRET }],
    [
      'a header of ours, beside another Authorization',
      { authorization: 'Basic eDp5', 'x-gatehouse-secret': SECRET },
    ],
  ])('is read with the secret in %s', (_, headers) =>
    expect(read(headers)).toEqual([
      {
        deliveryId: expect.stringMatching(/^[0-9a-f]{64}$/),
        key: 'gate-production-r1',
        reference: '052652ac-5d1c-464a-812a-7dd18bbfba8c',
        kind: 'acknowledged',
        by: 'fili@example.com',
      },
    ]),
  );

  it.each([
    ['without a secret', {}],
    ['with an empty one', { authorization: 'Bearer ', 'x-gatehouse-secret': '' }],
    ['with the beginning of it', { authorization: `Bearer ${SECRET.slice(0, -1)}` }],
    ['with more than it', { 'x-gatehouse-secret': `${SECRET}x` }],
    ['with it in another scheme', { authorization: SECRET }],
  ])('is nobody %s', (_, headers) => expect(read(headers as Record<string, string>)).toBeNull());

  it('is not listened to without a secret', () => expect(genieInbound(undefined)).toBeNull());

  it.each([
    ['Acknowledge', 'acknowledged'],
    ['UnAcknowledge', 'unacknowledged'],
    ['Close', 'resolved'],
  ])('%s as %s', (action, kind) =>
    expect(read(bearer, BODY.replace('Acknowledge', action))?.map((event) => event.kind)).toEqual([kind]),
  );

  it.each(['Create', 'AddNote', 'Escalate', 'constructor'])('%s as nothing', (action) =>
    expect(read(bearer, BODY.replace('Acknowledge', action))).toEqual([]),
  );

  it('has one id for what is told again, and others for other moments, alerts and actions', () => {
    const id = (body = BODY) => read(bearer, body)?.[0]?.deliveryId;
    const others = [
      BODY.replace('1420452224764', '1420452224765'),
      BODY.replace('052652ac', '052652ad'),
      BODY.replace('Acknowledge', 'UnAcknowledge'),
    ];
    expect(id()).toBe(id());
    expect(new Set([BODY, ...others].map(id)).size).toBe(4);
  });

  describe('from the fake', () => {
    let gate: Listener;
    beforeEach(async () => {
      gate = await listener();
    });
    afterEach(() => gate.close());

    it('whoever pressed, and what', async () => {
      fake.subscribe({ url: gate.url, headers: bearer });
      await onCall().trigger(page());
      const alert = fake.openAlert(page().key)!;
      for (const action of ['Acknowledge', 'AddNote', 'UnAcknowledge', 'Close'] as const) {
        now += 1000;
        await fake.press(alert, action, 'ana@example.com');
      }
      const events = gate.messages.flatMap((message) => genieInbound(SECRET)?.read(message) ?? []);
      expect(events.map((event) => event.kind)).toEqual(['acknowledged', 'unacknowledged', 'resolved']);
      expect(events[0]).toMatchObject({ key: page().key, reference: alert.id, by: 'ana@example.com' });
      expect(new Set(events.map((event) => event.deliveryId)).size).toBe(3);
    });
  });
});
