import { afterEach, describe, expect, it } from 'vitest';
import { startFakeGenie } from '../../src/demo/pagers/fake-genie.ts';
import { type HookTemplate, startFakeHook } from '../../src/demo/pagers/fake-hook.ts';
import { startFakePagerDuty } from '../../src/demo/pagers/fake-pagerduty.ts';
import type { PagerServer } from '../../src/demo/pagers/pager-server.ts';

// The fakes refuse what the products refuse: otherwise the other tests would show nothing.

let server: PagerServer;
afterEach(() => server.close());
const post = async (path: string, body: unknown, headers: Record<string, string> = {}, method = 'POST') => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${server.url}${path}`, { method, headers, body: text });
  return { status: response.status, text: await response.text() };
};

describe('PagerDuty', () => {
  const payload = { summary: 's', source: 'x', severity: 'info' };
  const trigger = { routing_key: 'a'.repeat(32), event_action: 'trigger', dedup_key: 'k', payload };
  it.each<[string, unknown, number, string]>([
    ['no JSON', '{', 400, 'not valid JSON'],
    ['no key', { ...trigger, routing_key: undefined }, 400, "'routing_key' is missing"],
    ['a short key', { ...trigger, routing_key: 'abc' }, 400, 'should be 32 characters'],
    ['an odd key', { ...trigger, routing_key: '-'.repeat(32) }, 400, 'non-alphanumeric'],
    ['an unknown key', { ...trigger, routing_key: 'b'.repeat(32) }, 400, 'Invalid routing key'],
    ['another action', { ...trigger, event_action: 'close' }, 400, "'event_action'"],
    ['a long dedup key', { ...trigger, dedup_key: 'k'.repeat(256) }, 400, 'maximum is 255'],
    [
      'a resolve of nothing',
      { routing_key: trigger.routing_key, event_action: 'resolve' },
      400,
      "'dedup_key' is missing",
    ],
    ['no payload', { ...trigger, payload: undefined }, 400, "'payload.summary' is missing"],
    [
      'a long summary',
      { ...trigger, payload: { ...payload, summary: 's'.repeat(1025) } },
      400,
      'maximum is 1024',
    ],
    ['no source', { ...trigger, payload: { ...payload, source: '' } }, 400, "'payload.source'"],
    [
      'another severity',
      { ...trigger, payload: { ...payload, severity: 'HIGH' } },
      400,
      "'payload.severity'",
    ],
    [
      'details that are a text',
      { ...trigger, payload: { ...payload, custom_details: 'x' } },
      400,
      'custom_details',
    ],
    ['a link to nowhere', { ...trigger, links: [{ href: 'x' }] }, 400, "'links'"],
    [
      'too much',
      { ...trigger, payload: { ...payload, custom_details: { x: 'x'.repeat(512 * 1024) } } },
      413,
      '512 KB',
    ],
  ])('refuses %s', async (_, event, status, fault) => {
    server = await startFakePagerDuty({ routingKeys: [trigger.routing_key] });
    const answer = await post('/v2/enqueue', event);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(fault);
  });

  it('opens a new incident for a trigger after a resolve: nobody may send one', async () => {
    const fake = await startFakePagerDuty();
    server = fake;
    for (const event_action of ['trigger', 'trigger', 'resolve', 'acknowledge', 'trigger'])
      expect((await post('/v2/enqueue', { ...trigger, event_action })).status).toBe(202);
    expect(fake.incidents.map((incident) => incident.status)).toEqual(['resolved', 'triggered']);
    expect(fake.dropped.map((event) => event.event_action)).toEqual(['acknowledge']);
  });

  it('drops what another key says of an incident', async () => {
    const fake = await startFakePagerDuty();
    server = fake;
    await post('/v2/enqueue', trigger);
    await post('/v2/enqueue', { ...trigger, routing_key: 'b'.repeat(32), event_action: 'resolve' });
    expect(fake.openIncident('k')?.status).toBe('triggered');
  });
});

describe('OpsGenie', () => {
  const auth = { authorization: 'GenieKey key' };
  it.each<[string, object, number, string]>([
    ['no message', { message: '' }, 422, 'Message can not be empty'],
    ['a long message', { message: 'x'.repeat(131) }, 422, '130 characters'],
    ['a long alias', { message: 'x', alias: 'x'.repeat(513) }, 422, '512 characters'],
    ['a long description', { message: 'x', description: 'x'.repeat(15_001) }, 422, '15000 characters'],
    ['many tags', { message: 'x', tags: Array(21).fill('x') }, 422, '20 tags'],
    ['details that are no texts', { message: 'x', details: { a: 1 } }, 422, 'Details'],
    ['many details', { message: 'x', details: { a: 'x'.repeat(8000) } }, 422, '8000'],
    ['another priority', { message: 'x', priority: 'HIGH' }, 422, 'Priority'],
    ['nobody', { message: 'x', responders: [{ type: 'team' }] }, 422, 'Responders'],
  ])('refuses %s', async (_, alert, status, fault) => {
    server = await startFakeGenie({ apiKey: 'key' });
    const answer = await post('/v2/alerts', alert, auth);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(fault);
  });

  it('refuses whoever it does not know, and what is no JSON', async () => {
    server = await startFakeGenie({ apiKey: 'key', readOnlyKey: 'reader' });
    expect((await post('/v2/alerts', { message: 'x' })).status).toBe(401);
    expect((await post('/v2/alerts', { message: 'x' }, { authorization: 'GenieKey x' })).status).toBe(401);
    expect((await post('/v2/alerts', { message: 'x' }, { authorization: 'GenieKey reader' })).status).toBe(
      403,
    );
    expect((await post('/v2/alerts', 'x', auth)).status).toBe(400);
    expect((await post('/v2/alerts/a/close', {}, auth)).status).toBe(422);
    expect((await post('/v1/alerts', {}, auth)).status).toBe(404);
  });

  it('says later that there was nothing to close', async () => {
    server = await startFakeGenie({ apiKey: 'key' });
    const { status, text } = await post('/v2/alerts/a/close?identifierType=alias', {}, auth);
    expect(status).toBe(202);
    const { requestId } = JSON.parse(text);
    const later = await fetch(`${server.url}/v2/alerts/requests/${requestId}`, { headers: auth });
    expect(await later.json()).toMatchObject({ data: { isSuccess: false, status: 'Alert does not exist' } });
  });
});

describe('the others', () => {
  it.each<[HookTemplate, object]>([
    ['plain', { event: 'open', key: 'k', summary: 's' }],
    ['plain', { event: 'trigger', summary: 's' }],
    ['goalert', { dedup: 'k', summary: '' }],
    ['grafana', { alert_uid: 'k', title: 't', state: 'firing' }],
    ['incidentio', { deduplication_key: 'k', title: 't', status: 'alerting' }],
    ['incidentio', { deduplication_key: 'k', status: 'firing' }],
    ['rootly', { external_id: 'k', title: 't', state: 'ok' }],
  ])('%s refuses %j', async (template, body) => {
    const fake = await startFakeHook({ template });
    server = fake;
    expect((await post('/', body)).status).toBe(400);
    expect(fake.alerts).toEqual([]);
  });
});
