import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../src/demo/local-slack/checks.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { startWorld, type World } from './world.ts';

describe.each(DATABASE_KINDS)('signing in with Slack, %s', (kind) => {
  let world: World;
  let id: string;
  beforeAll(async () => {
    world = await startWorld(await freshDatabase(kind));
    id = await world.ask({ argv: ['echo', 'only for who is signed in'] });
  });
  afterAll(() => world.close());
  afterEach(() => {
    world.slack.openId.forgery = null;
    world.slack.down = false;
  });

  const page = () => `/requests/${id}`;
  const sessions = async () =>
    (await world.database.rows<{ n: number }>(sql`select count(*)::int as n from sessions`))[0]?.n;

  it('leads through Slack and back to the request', async () => {
    const browser = await world.browser();
    const before = await browser.get(page());
    expect(before.status).toBe(401);
    expect(before.page.text).toContain('Sign in with Slack');
    expect(before.page.text).not.toContain('only for who is signed in');
    const slack = await browser.send(before, '/sign-in');
    const asked = new URL(slack.url);
    expect(asked.origin + asked.pathname).toBe(`${world.slack.url}/openid/connect/authorize`);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: 'code',
      scope: 'openid profile',
      redirect_uri: `${world.url}/sign-in/slack`,
      team: 'T0LOCAL',
    });
    const after = await browser.choose(slack, 'UANA');
    expect(after.url).toBe(`${world.url}${page()}`);
    expect(after.page.text).toContain('Signed in as Ana');
    expect(after.page.text).toContain('only for who is signed in');
  });

  it('goes straight back when Slack knows the browser', async () => {
    const browser = await world.browser('UANA');
    await browser.send(await browser.get(page()), '/sign-out');
    const again = await browser.send(await browser.get(page()), '/sign-in');
    expect(again.page.text).toContain('Signed in as Ana');
  });

  it('keeps no secret in the database', async () => {
    const browser = await world.browser('UANA');
    const secret = browser.cookie('gatehouse-session') ?? '';
    expect(secret).toMatch(/^[\w-]{43}$/);
    const stored = await world.database.rows<{ id: string }>(sql`select * from sessions`);
    expect(JSON.stringify(stored)).not.toContain(secret);
  });

  it('gives cookies that scripts and other sites do not get', async () => {
    const browser = await world.browser();
    const slack = await browser.send(await browser.get(page()), '/sign-in');
    const given = await browser.once('GET', await codeFor(slack.url));
    const cookies = given.headers.getSetCookie();
    expect(cookies).toContainEqual(
      expect.stringMatching(/^gatehouse-session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/),
    );
    expect(cookies).toContainEqual(expect.stringMatching(/^gatehouse-sign-in=; Max-Age=0/));
  });

  /** Continues as Ana at Slack without following it back: the address with code and state. */
  async function codeFor(authorizeUrl: string): Promise<string> {
    const answer = await fetch(`${authorizeUrl}&as=UANA`, { redirect: 'manual' });
    return answer.headers.get('location') ?? '';
  }

  it('refuses a state that is not of this browser', async () => {
    const [thief, victim] = [await world.browser(), await world.browser()];
    const prepared = await codeFor((await thief.send(await thief.get(page()), '/sign-in')).url);
    expect(await victim.get(prepared)).toMatchObject({ status: 400 });
    await victim.send(await victim.get(page()), '/sign-in');
    expect(await victim.get(prepared)).toMatchObject({ status: 400 });
    expect(victim.cookie('gatehouse-session')).toBeNull();
  });

  it('refuses a state that nobody gave out', async () => {
    const browser = await world.browser();
    const state = 'x'.repeat(43);
    browser.setCookie('gatehouse-sign-in', state);
    expect(await browser.get(`/sign-in/slack?code=1&state=${state}`)).toMatchObject({ status: 400 });
  });

  it('takes a state once', async () => {
    const browser = await world.browser();
    const back = await codeFor((await browser.send(await browser.get(page()), '/sign-in')).url);
    const state = browser.cookie('gatehouse-sign-in') ?? '';
    expect((await browser.get(back)).page.text).toContain('Signed in as Ana');
    browser.setCookie('gatehouse-sign-in', state);
    const before = await sessions();
    expect(await browser.get(back)).toMatchObject({ status: 400 });
    expect(await sessions()).toBe(before);
  });

  it('forgets a sign-in after ten minutes', async () => {
    const browser = await world.browser();
    const back = await codeFor((await browser.send(await browser.get(page()), '/sign-in')).url);
    await advance(world.database, '601 seconds');
    expect(await browser.get(back)).toMatchObject({ status: 400 });
    id = await world.ask();
  });

  it('takes no code from a HEAD, such as a scanner sends', async () => {
    const browser = await world.browser();
    const back = await codeFor((await browser.send(await browser.get(page()), '/sign-in')).url);
    expect((await browser.once('HEAD', back)).status).toBe(400);
    expect((await browser.get(back)).page.text).toContain('Signed in as Ana');
  });

  const forged: [string, (claims: Json) => Json, string][] = [
    ['another nonce', (claims) => ({ ...claims, nonce: 'another' }), 'not Slack’s word'],
    ['no nonce', ({ nonce: _, ...claims }) => claims, 'not Slack’s word'],
    ['another client', (claims) => ({ ...claims, aud: 'another' }), 'not Slack’s word'],
    ['several clients', (claims) => ({ ...claims, aud: [claims.aud, 'other'] }), 'not Slack’s word'],
    ['another issuer', (claims) => ({ ...claims, iss: 'https://slack.com' }), 'not Slack’s word'],
    ['expired', (claims) => ({ ...claims, exp: Number(claims.iat) - 61 }), 'not Slack’s word'],
    ['no expiry', ({ exp: _, ...claims }) => claims, 'not Slack’s word'],
    ['nobody', (claims) => ({ ...claims, 'https://slack.com/user_id': '' }), 'not Slack’s word'],
    ['no team', ({ 'https://slack.com/team_id': _, ...claims }) => claims, 'not Slack’s word'],
    [
      'another team',
      (claims) => ({ ...claims, 'https://slack.com/team_id': 'T0OTHER' }),
      'another Slack workspace',
    ],
    [
      'another organisation',
      (claims) => ({ ...claims, 'https://slack.com/team_id': 'T1', 'https://slack.com/enterprise_id': 'E1' }),
      'another Slack workspace',
    ],
  ];
  it.each(forged)('refuses an id_token for or from %s', async (_, claims, says) => {
    world.slack.openId.forgery = { claims };
    const browser = await world.browser();
    const after = await browser.signIn('UANA', page());
    expect(after).toMatchObject({ status: 403 });
    expect(after.page.text).toContain(says);
    expect(browser.cookie('gatehouse-session')).toBeNull();
  });

  it.each(['another key', 'the client secret'] as const)(
    'refuses an id_token signed with %s',
    async (signedBy) => {
      world.slack.openId.forgery = { signedBy };
      const browser = await world.browser();
      expect(await browser.signIn('UANA', page())).toMatchObject({ status: 403 });
      expect(browser.cookie('gatehouse-session')).toBeNull();
    },
  );

  it('takes an id_token whose time is off by less than a minute', async () => {
    world.slack.openId.forgery = { claims: (claims) => ({ ...claims, exp: Number(claims.iat) - 30 }) };
    const browser = await world.browser();
    expect((await browser.signIn('UANA', page())).page.text).toContain('Signed in as Ana');
  });

  it('lets nobody in from another workspace', async () => {
    const browser = await world.browser();
    const after = await browser.signIn('USTRANGE', page());
    expect(after.page.text).toContain('another Slack workspace');
    expect(browser.cookie('gatehouse-session')).toBeNull();
  });

  it.each(['UGUEST', 'UNORA'])(
    'shows %s nothing: signed in, but not among who may see it',
    async (person) => {
      const browser = await world.browser(person);
      expect(await browser.get(page())).toMatchObject({ status: 404 });
    },
  );

  it('says so when Slack does not answer', async () => {
    const browser = await world.browser();
    const back = await codeFor((await browser.send(await browser.get(page()), '/sign-in')).url);
    world.slack.down = true;
    const after = await browser.get(back);
    expect(after).toMatchObject({ status: 503 });
    expect(after.page.text).toContain('Slack does not answer');
  });

  it('says so when somebody does not agree', async () => {
    const browser = await world.browser();
    await browser.send(await browser.get(page()), '/sign-in');
    const state = browser.cookie('gatehouse-sign-in');
    const after = await browser.get(`/sign-in/slack?error=access_denied&state=${state}`);
    expect(after).toMatchObject({ status: 403 });
    expect(after.page.text).toContain('Sign in with Slack');
  });

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '/requests/../../evil',
    '/requests/x?next=//evil.example',
    '/sign-out',
    '',
  ])('leads nobody to %j', async (wish) => {
    const browser = await world.browser();
    const slack = await browser.post('/sign-in', { return_to: wish });
    const after = await browser.choose(slack, 'UANA');
    expect(new URL(after.url).origin).toBe(world.url);
    expect(after.page.text).toContain('You are signed in');
  });

  it('ends a session after two hours without use', async () => {
    const browser = await world.browser('UANA');
    await advance(world.database, '119 minutes');
    id = await world.ask();
    expect((await browser.get(page())).status).toBe(200);
    await advance(world.database, '119 minutes');
    // A page that follows a request by itself is no use of it.
    id = await world.ask();
    expect((await browser.get(`${page()}?fragment`)).status).toBe(200);
    await advance(world.database, '2 minutes');
    expect((await browser.get(page())).status).toBe(401);
  });

  it('ends a session after twelve hours however much it is used', async () => {
    const browser = await world.browser('UANA');
    for (let hour = 1; hour < 12; hour++) {
      await advance(world.database, '1 hour');
      id = await world.ask();
      expect((await browser.get(page())).status).toBe(200);
    }
    await advance(world.database, '1 hour');
    id = await world.ask();
    expect((await browser.get(page())).status).toBe(401);
  });

  it('signs out for good', async () => {
    const browser = await world.browser('UANA');
    const secret = browser.cookie('gatehouse-session') ?? '';
    const after = await browser.send(await browser.get(page()), '/sign-out');
    expect(after.page.text).toContain('You are signed out');
    expect(browser.cookie('gatehouse-session')).toBeNull();
    browser.setCookie('gatehouse-session', secret);
    expect((await browser.get(page())).status).toBe(401);
  });

  it('signs nobody out without the token of their session', async () => {
    const browser = await world.browser('UANA');
    expect((await browser.post('/sign-out', {})).status).toBe(403);
    expect((await browser.get(page())).status).toBe(200);
  });

  it('begins no sign-in for another site', async () => {
    const browser = await world.browser();
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await browser.post('/sign-in', { return_to: page() }, headers)).status).toBe(403);
  });

  it('begins sixty sign-ins at once from one address, then one a second', async () => {
    const browser = await world.browser();
    const answers: number[] = [];
    while (answers.length < 150 && answers.at(-1) !== 429) {
      const answer = await browser.once('POST', '/sign-in', {
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: 'null',
          'sec-fetch-site': 'same-origin',
        },
      });
      answers.push(answer.status);
    }
    expect(answers.at(-1)).toBe(429);
  });
});

describe('pages behind https', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(await freshDatabase('postgres'), { url: 'https://gate.example.com' });
  });
  afterAll(() => world.close());

  it('give cookies for this host alone', async () => {
    const browser = await world.browser('UANA');
    expect(browser.cookie('__Host-gatehouse-session')).toMatch(/^[\w-]{43}$/);
    const id = await world.ask();
    const loaded = await browser.get(`/requests/${id}`);
    const signedOut = await browser.once('POST', '/sign-out', {
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: 'https://gate.example.com',
      },
      body: new URLSearchParams({ csrf: csrfOn(loaded.body) }).toString(),
    });
    expect(signedOut.headers.getSetCookie()).toEqual([
      '__Host-gatehouse-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
    ]);
  });

  const csrfOn = (body: string): string => /name="csrf" value="([\w-]+)"/.exec(body)?.[1] ?? '';
});

describe('without the credentials of the app', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(await freshDatabase('postgres'), { canSignIn: false });
  });
  afterAll(() => world.close());

  it('the page says how to turn it on, and leads to the card', async () => {
    const id = await world.ask({ argv: ['echo', 'hush'] });
    await world.slack.waitFor(() => world.slack.messages('C0DEPLOYS').length > 0);
    const browser = await world.browser();
    await expect
      .poll(async () => (await browser.get(`/requests/${id}`)).page.text)
      .toContain('Open the card in Slack');
    const loaded = await browser.get(`/requests/${id}`);
    expect(loaded.page.text).toContain('SLACK_CLIENT_ID');
    expect(loaded.page.text).toContain(`${world.url}/sign-in/slack`);
    expect(loaded.page.text).not.toContain('hush');
    expect(loaded.page.text).not.toContain('Sign in with Slack');
    expect((await browser.post('/sign-in', {})).status).toBe(503);
  });
});
