import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalSlack, startLocalSlack } from '../../src/demo/local-slack/local-slack.ts';

const CLIENT = { id: '1.2', secret: 'shh', redirectUris: ['https://gate.example.com/sign-in'] };
const REDIRECT = 'https://gate.example.com/sign-in/slack';

let slack: LocalSlack;
let now = Date.now();
beforeAll(async () => {
  slack = await startLocalSlack({
    signingSecret: 's',
    botToken: 'xoxb-1',
    appToken: 'xapp-1',
    people: [{ id: 'UANA', name: 'ana', realName: 'Ana Lopes' }],
    channels: [],
    client: CLIENT,
    now: () => now,
  });
});
afterAll(() => slack.stop());

const WISH = {
  client_id: CLIENT.id,
  redirect_uri: REDIRECT,
  response_type: 'code',
  scope: 'openid profile',
  state: 'st',
  nonce: 'no',
  as: 'UANA',
};
const authorize = (over: Record<string, string> = {}) =>
  fetch(`${slack.url}/openid/connect/authorize?${new URLSearchParams({ ...WISH, ...over })}`, {
    redirect: 'manual',
  });
async function codeGiven(): Promise<string> {
  const back = new URL((await authorize()).headers.get('location') ?? '');
  expect(back.searchParams.get('state')).toBe('st');
  return back.searchParams.get('code') ?? '';
}
async function token(over: Record<string, string>): Promise<Record<string, string>> {
  const body = new URLSearchParams({
    client_id: CLIENT.id,
    client_secret: CLIENT.secret,
    redirect_uri: REDIRECT,
    grant_type: 'authorization_code',
    ...over,
  });
  const answer = await fetch(`${slack.apiUrl}openid.connect.token`, { method: 'POST', body });
  return (await answer.json()) as Record<string, string>;
}

describe('the local Slack signs in as Slack does', () => {
  it('with a token that its published key verifies', async () => {
    const answer = await token({ code: await codeGiven() });
    const keys = createRemoteJWKSet(new URL(`${slack.url}/openid/connect/keys`));
    const { payload, protectedHeader } = await jwtVerify(answer.id_token ?? '', keys);
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({
      iss: slack.url,
      sub: 'UANA',
      aud: CLIENT.id,
      nonce: 'no',
      name: 'Ana Lopes',
      'https://slack.com/team_id': 'T0LOCAL',
      'https://slack.com/user_id': 'UANA',
    });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(300);
  });

  it.each([
    ['an unknown client', { client_id: '9.9' }, 'invalid_client_id'],
    ['another site', { redirect_uri: 'https://evil.example/sign-in/slack' }, 'bad_redirect_uri'],
    ['another path', { redirect_uri: 'https://gate.example.com/' }, 'bad_redirect_uri'],
    ['plain http', { redirect_uri: 'http://gate.example.com/sign-in/slack' }, 'bad_redirect_uri'],
    ['another flow', { response_type: 'token' }, 'invalid_response_type'],
    ['no openid', { scope: 'profile' }, 'invalid_scope'],
    ['a scope of bots', { scope: 'openid chat:write' }, 'invalid_scope'],
  ])('and refuses %s', async (_, over, code) => {
    const answer = await authorize(over);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(code);
  });

  it.each([
    [{ client_secret: 'wrong' }, 'bad_client_secret'],
    [{ client_id: '9.9' }, 'invalid_client_id'],
    [{ grant_type: 'password' }, 'invalid_grant_type'],
    [{ redirect_uri: 'https://gate.example.com/sign-in' }, 'bad_redirect_uri'],
    [{ code: 'made-up' }, 'invalid_code'],
  ])('and gives no token for %o', async (over, error) => {
    expect(await token({ code: await codeGiven(), ...(over as Record<string, string>) })).toEqual({
      ok: false,
      error,
    });
  });

  it('takes a code once, and not after ten minutes', async () => {
    const code = await codeGiven();
    expect(await token({ code })).toMatchObject({ ok: true });
    expect(await token({ code })).toMatchObject({ error: 'code_already_used' });
    const late = await codeGiven();
    now += 601_000;
    expect(await token({ code: late })).toMatchObject({ error: 'invalid_code' });
  });

  it('keeps the secret out of what it remembers of calls', () => {
    expect(JSON.stringify(slack.calls)).not.toContain(CLIENT.secret);
  });
});
