import { describe, expect, it } from 'vitest';
import { again, delivered, refused } from '../../src/on-call/delivery.ts';
import { makeOnCall } from '../../src/on-call/make.ts';
import type { Delivery } from '../../src/on-call/on-call.ts';
import type { DirectMessage } from '../../src/on-call/slack-dm.ts';
import { andThen, PAGE_LINES, PAGE_SUMMARY, page } from './page.ts';
import { one } from './worlds.ts';

const sending = (answers: Record<string, Delivery | Error>) => {
  const sent: DirectMessage[] = [];
  const sendDirect = async (message: DirectMessage): Promise<Delivery> => {
    sent.push(message);
    const answer = answers[message.userId] ?? delivered('1.2');
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { sent, onCall: one({ kind: 'slack', users: ['U1', 'U2'] }, { sendDirect }) };
};

describe('on call by direct message', () => {
  it('says what it is about and what to do, to everybody', async () => {
    const { sent, onCall } = sending({});
    expect(await onCall.trigger(page())).toEqual({ ok: true, reference: '1.2' });
    expect(sent.map((message) => message.userId)).toEqual(['U1', 'U2']);
    expect(sent[0]?.lines).toEqual([PAGE_SUMMARY, ...PAGE_LINES]);
  });

  it('says when it is over, with nothing more to press', async () => {
    const { sent, onCall } = sending({});
    await onCall.resolve(page({ ending: 'denied by Ana' }));
    expect(sent[0]?.lines[1]).toBe('It is over: denied by Ana. There is nothing left to do.');
    expect(sent[0]?.lines.join('\n')).not.toContain('https://');
  });

  it('has a key for each message, the same for a repeat', async () => {
    const { sent, onCall } = sending({});
    for (const call of [onCall.trigger, onCall.trigger, onCall.resolve]) await call(page());
    expect(new Set(sent.map((message) => message.key)).size).toBe(4);
    expect(sent[0]?.key).toBe(sent[2]?.key);
  });

  it.each<[string, Record<string, Delivery | Error>, Partial<Delivery>]>([
    ['one left: the other was told', { U1: refused('gone') }, { ok: true }],
    [
      'both left',
      { U1: refused('gone'), U2: refused('gone, too') },
      { ok: false, retry: false, problem: 'gone' },
    ],
    ['one for now', { U2: again('busy', 3) }, { ok: false, retry: true, afterSeconds: 3 }],
    ['one left, one for now', { U1: refused('gone'), U2: again('busy') }, { ok: false, retry: true }],
    [
      'the sender breaks',
      { U1: new TypeError('xoxb-secret') },
      { ok: false, retry: true, problem: 'Slack could not be told: unexpected TypeError' },
    ],
  ])('%s', async (_, answers, expected) =>
    expect(await sending(answers).onCall.trigger(page())).toMatchObject(expected),
  );

  it('says so without Slack', async () => {
    const onCall = one({ kind: 'slack', users: ['U1'] });
    expect(await onCall.trigger(page())).toEqual({ ok: false, retry: false, problem: 'there is no Slack' });
  });
});

it('everybody on call by name, each with a kind and whoever comes next', () => {
  const all = makeOnCall(
    {
      primary: {
        kind: 'pagerduty',
        routing_key: 'k',
        base_url: 'https://x.example',
        webhook_secrets: ['s'],
        ...andThen('b'),
      },
      b: { kind: 'opsgenie', api_key: 'k', base_url: 'https://x.example', responders: [], ...andThen('c') },
      c: { kind: 'webhook', url: 'https://x.example', template: 'plain', ...andThen('d') },
      d: { kind: 'email', to: ['ana@example.com'], ...andThen('e') },
      e: { kind: 'slack', users: ['U1'] },
    },
    { mailer: null, sendDirect: null },
  );
  expect(
    [...all.values()].map(({ name, kind, fallback, inbound }) => [name, kind, fallback, inbound !== null]),
  ).toEqual([
    ['primary', 'pagerduty', 'b', true],
    ['b', 'opsgenie', 'c', false],
    ['c', 'webhook', 'd', false],
    ['d', 'email', 'e', false],
    ['e', 'slack', null, false],
  ]);
});
