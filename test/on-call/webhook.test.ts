import { afterEach, describe, expect, it } from 'vitest';
import { type FakeHook, type HookTemplate, startFakeHook } from '../../src/demo/pagers/fake-hook.ts';
import type { Page } from '../../src/on-call/on-call.ts';
import { hmacHex } from '../../src/on-call/signatures.ts';
import { PAGE_LINES, PAGE_SUMMARY, page } from './page.ts';
import { one } from './worlds.ts';

let fake: FakeHook;
afterEach(() => fake.close());
const NOW = 1_700_000_000_500;
const SECRET = 'hook secret 0123456789';

const start = async (template: HookTemplate, over = {}, settings = {}) => {
  fake = await startFakeHook({ template, now: () => NOW, ...settings });
  return one({ kind: 'webhook', url: `${fake.url}/in`, template, ...over }, { now: () => NOW });
};
const sent = async (template: HookTemplate, over: Partial<Page> = {}) => {
  const onCall = await start(template);
  await onCall.trigger(page(over));
  await onCall.resolve(page({ ending: 'approved by Ana', ...over }));
  return fake.calls.map((call) => JSON.parse(call.body));
};
const MESSAGE = PAGE_LINES.join('\n');
const ENDED = ['It is over: approved by Ana. There is nothing left to do.', ...PAGE_LINES.slice(2, -1)].join(
  '\n',
);

describe('the forms', () => {
  it('plain', async () => {
    const [trigger, resolve] = await sent('plain');
    expect(trigger).toEqual({
      event: 'trigger',
      key: 'gate-production-r1',
      summary: PAGE_SUMMARY,
      environment: 'production',
      risk: 'HIGH',
      waiting: 1,
      url: 'https://gate.example.com/requests/r1',
      card_url: 'https://example.slack.com/archives/C1/p1',
      details: {
        Environment: 'production',
        Risk: 'HIGH',
        'Asked by': 'deploy-bot (CI)',
        'Waits until': '14:10 Europe/Berlin',
      },
      ending: null,
    });
    expect(resolve).toEqual({ ...trigger, event: 'resolve', ending: 'approved by Ana' });
  });

  it('goalert', async () => {
    const [trigger, resolve] = await sent('goalert');
    const meta = { environment: 'production', risk: 'HIGH' };
    const common = { summary: PAGE_SUMMARY, dedup: 'gate-production-r1', meta };
    expect(trigger).toEqual({ ...common, details: MESSAGE });
    expect(resolve).toEqual({ ...common, details: ENDED, action: 'close' });
  });

  it('grafana', async () => {
    const [trigger, resolve] = await sent('grafana');
    const common = {
      alert_uid: 'gate-production-r1',
      title: PAGE_SUMMARY,
      link_to_upstream_details: 'https://gate.example.com/requests/r1',
    };
    expect(trigger).toEqual({ ...common, state: 'alerting', message: MESSAGE });
    expect(resolve).toEqual({ ...common, state: 'ok', message: ENDED });
  });

  it('incidentio', async () => {
    const [trigger, resolve] = await sent('incidentio');
    const common = {
      title: PAGE_SUMMARY,
      deduplication_key: 'gate-production-r1',
      source_url: 'https://gate.example.com/requests/r1',
      metadata: expect.objectContaining({ Environment: 'production', Risk: 'HIGH' }),
    };
    expect(trigger).toEqual({ ...common, status: 'firing', description: MESSAGE });
    expect(resolve).toEqual({ ...common, status: 'resolved', description: ENDED });
  });

  it('rootly', async () => {
    const [trigger, resolve] = await sent('rootly');
    const common = {
      title: PAGE_SUMMARY,
      external_id: 'gate-production-r1',
      external_url: 'https://gate.example.com/requests/r1',
      labels: expect.objectContaining({ Environment: 'production', Risk: 'HIGH' }),
    };
    expect(trigger).toEqual({ ...common, state: 'triggered', description: MESSAGE });
    expect(resolve).toEqual({ ...common, state: 'resolved', description: ENDED });
  });

  it.each<[HookTemplate, number]>([
    ['plain', 2],
    ['goalert', 1],
    ['grafana', 1],
    ['incidentio', 1],
    ['rootly', 1],
  ])('%s: an acknowledge goes out only where there is a word for it', async (template, calls) => {
    const onCall = await start(template);
    await onCall.trigger(page());
    expect(await onCall.acknowledge(page())).toMatchObject({ ok: true });
    expect(fake.calls).toHaveLength(calls);
  });

  it("goalert: tells the alert's number", async () => {
    const onCall = await start('goalert');
    expect(await onCall.trigger(page())).toEqual({ ok: true, reference: '1' });
  });
});

describe('who sent it', () => {
  it('is signed with the time, and the signature is checked', async () => {
    const onCall = await start('plain', { secret: SECRET }, { secret: SECRET });
    expect(await onCall.trigger(page())).toMatchObject({ ok: true });
    const [call] = fake.calls;
    expect(call?.headers['x-gatehouse-signature']).toBe(
      `t=1700000000,v1=${hmacHex(SECRET, `1700000000.${call?.body}`)}`,
    );
  });

  // Computed with: printf '%s' '1700000000.{"a":1}' | openssl dgst -sha256 -hmac 'hook secret 0123456789'
  it('by HMAC-SHA-256 in hexadecimal', () =>
    expect(hmacHex(SECRET, '1700000000.{"a":1}')).toBe(
      '2a61c793390eea61307d988b625d92d826e7b49a8c0e8be3018ac534274d4ba5',
    ));

  it.each([
    ['unsigned', {}, { secret: SECRET }],
    ['signed with another secret', { secret: 'another secret 0123456789' }, { secret: SECRET }],
    ['signed an hour ago', { secret: SECRET }, { secret: SECRET, now: () => NOW + 3_600_000 }],
    ['without its token', {}, { token: 'tok' }],
    ['with another token', { token: 'other' }, { token: 'tok' }],
  ])('is refused %s', async (_, over, settings) => {
    const onCall = await start('plain', over, settings);
    expect(await onCall.trigger(page())).toMatchObject({ ok: false, retry: false });
    expect(fake.alerts).toEqual([]);
  });

  it('has a token when there is one', async () => {
    const onCall = await start('plain', { token: 'tok' }, { token: 'tok' });
    expect(await onCall.trigger(page())).toMatchObject({ ok: true });
    expect(fake.calls[0]?.headers).not.toHaveProperty('x-gatehouse-signature');
  });
});

it('goes to no other place than the one that is configured', async () => {
  const onCall = await start('plain', { token: 'tok' });
  const elsewhere = await startFakeHook({ template: 'plain' });
  fake.faults.push({ times: 1, status: 307, headers: { location: elsewhere.url } });
  expect(await onCall.trigger(page())).toEqual({
    ok: false,
    retry: false,
    problem: `the webhook at ${new URL(fake.url).host} answered with a redirect (307): configure its final address`,
  });
  expect(elsewhere.calls).toEqual([]);
  await elsewhere.close();
});

it('does not listen for ever to an answer without an end', async () => {
  const onCall = await start('plain');
  fake.faults.push({ times: 1, status: 200, body: 'x'.repeat(5_000_000) });
  expect(await onCall.trigger(page())).toEqual({ ok: true, reference: null });
});
