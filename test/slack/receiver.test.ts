import { App } from '@slack/bolt';
import { beforeEach, describe, expect, it } from 'vitest';
import { signatureOf } from '../../src/demo/local-slack/delivery.ts';
import { type HttpReceiver, httpReceiver, isSigned } from '../../src/slack/receiver.ts';

const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const NOW = 1_531_420_618_000;
const quiet = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => 'error' as never,
  setName() {},
};

it("accepts the example of Slack's own documentation", () => {
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
  const signature = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
  expect(isSigned(SECRET, { timestamp: '1531420618', signature, body }, NOW)).toBe(true);
});

describe('Slack over HTTP', () => {
  let receiver: HttpReceiver;
  let clicks: string[];
  beforeEach(() => {
    clicks = [];
    receiver = httpReceiver({
      signingSecret: SECRET,
      isOurApp: (id) => id === 'A1',
      now: () => NOW,
      ackWithinMs: 200,
    });
    const app = new App({
      receiver,
      authorize: async () => ({ botToken: 'x', teamId: 'T1' }),
      logger: quiet,
      convoStore: false,
    });
    app.action('press', async ({ ack, body }) => {
      await ack();
      clicks.push(body.user.id);
    });
    app.action('forget', async () => {});
  });

  const pressed = (action = 'press', over = {}) =>
    new URLSearchParams({
      payload: JSON.stringify({
        type: 'block_actions',
        api_app_id: 'A1',
        team: { id: 'T1' },
        user: { id: 'U1' },
        actions: [{ type: 'button', action_id: action, block_id: 'b', value: 'x' }],
        ...over,
      }),
    }).toString();
  const seconds = NOW / 1000;
  const send = (
    body: string,
    over: { timestamp?: string | null; signature?: string | null; type?: string } = {},
  ) => {
    const timestamp = over.timestamp === undefined ? String(seconds) : over.timestamp;
    const signature =
      over.signature === undefined ? signatureOf(SECRET, Number(timestamp), body) : over.signature;
    return receiver.router.request('/slack/events', {
      method: 'POST',
      body,
      headers: {
        'content-type': over.type ?? 'application/x-www-form-urlencoded',
        ...(timestamp !== null && { 'x-slack-request-timestamp': timestamp }),
        ...(signature !== null && { 'x-slack-signature': signature }),
      },
    });
  };
  const other = signatureOf('another secret', seconds, pressed());

  it('takes a signed press and acknowledges it', async () => {
    expect((await send(pressed())).status).toBe(200);
    await receiver.stop();
    expect(clicks).toEqual(['U1']);
  });

  it.each([
    ['forged with another secret', { signature: other }],
    ['unsigned', { signature: null }],
    ['with an empty signature', { signature: '' }],
    ['with a signature cut short', { signature: other.slice(0, 20) }],
    ['without a timestamp', { timestamp: null, signature: other }],
    ['with a timestamp that is no number', { timestamp: '1531420618x', signature: other }],
    ['six minutes old', { timestamp: String(seconds - 360) }],
    ['six minutes ahead', { timestamp: String(seconds + 360) }],
    [
      'signed for another time',
      { timestamp: String(seconds - 10), signature: signatureOf(SECRET, seconds, pressed()) },
    ],
  ])('refuses a request %s', async (_, over) => {
    expect((await send(pressed(), over)).status).toBe(401);
    expect(clicks).toEqual([]);
  });

  it('refuses a body changed after signing', async () => {
    const signature = signatureOf(SECRET, seconds, pressed());
    expect((await send(pressed().replace('U1', 'U2'), { signature })).status).toBe(401);
  });

  it('refuses the same request a second time', async () => {
    expect((await send(pressed())).status).toBe(200);
    expect((await send(pressed())).status).toBe(401);
    await receiver.stop();
    expect(clicks).toEqual(['U1']);
  });

  it('refuses what is meant for another app', async () => {
    expect((await send(pressed('press', { api_app_id: 'A2' }))).status).toBe(403);
  });

  it('refuses a body over 256 KB', async () => {
    expect((await send('x'.repeat(257 * 1024))).status).toBe(413);
  });

  it('refuses what it cannot read', async () => {
    expect((await send('{', { type: 'application/json' })).status).toBe(400);
    expect((await send('payload=%7B')).status).toBe(400);
  });

  it('answers the challenge of the set-up only when it is signed', async () => {
    const challenge = JSON.stringify({ type: 'url_verification', challenge: 'c1' });
    const type = 'application/json';
    expect((await send(challenge, { type, signature: other })).status).toBe(401);
    expect(await (await send(challenge, { type })).json()).toEqual({ challenge: 'c1' });
  });

  it('answers 503 when nobody acknowledges in time, so that the person sees an error', async () => {
    expect((await send(pressed('forget'))).status).toBe(503);
  });

  it('does not start without a secret', () => {
    expect(() => httpReceiver({ signingSecret: '', isOurApp: () => true })).toThrow('signing secret');
    expect(isSigned('', { timestamp: '1', signature: signatureOf('', 1, ''), body: '' }, 1000)).toBe(false);
  });
});
