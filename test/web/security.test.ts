import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vote } from '../../src/gate/vote.ts';
import { createWeb } from '../../src/web/web.ts';
import { freshDatabase } from '../support/databases.ts';
import { voterNamed } from '../support/deps.ts';
import type { Browser } from './browser.ts';
import { elementsOf, type Page } from './html.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let ana: Browser;
let id: string;
beforeAll(async () => {
  world = await startWorld(await freshDatabase('postgres'));
  ana = await world.browser('UANA');
  id = await world.ask();
});
afterAll(() => world.close());

const csrfOf = async (who: Browser) =>
  /name="csrf" value="([\w-]+)"/.exec((await who.get(`/requests/${id}`)).body)?.[1] ?? '';
const VERBS = ['approve', 'deny', 'claim', 'ask', 'answer', 'extend', 'emergency'];

/** Everything that anybody could change: how much there is of it, and every request whole. */
async function everything() {
  const [counts] = await world.database.rows(sql`select
    (select count(*)::int from votes) as votes, (select count(*)::int from records) as records,
    (select count(*)::int from questions) as questions, (select count(*)::int from sessions) as sessions,
    (select count(*)::int from sign_ins) as sign_ins, (select count(*)::int from emergencies) as emergencies,
    (select count(*)::int from rules) as rules, (select count(*)::int from outbox) as outbox`);
  const requests = await world.database.rows(sql`select * from requests order by id`);
  return JSON.stringify({ counts, requests });
}

describe('reading', () => {
  it.each(['GET', 'HEAD', 'OPTIONS'])('%s changes nothing, on any route', async (method) => {
    await settled();
    const options = { url: world.url, signIn: null, closing: AbortSignal.abort(), onFault: () => {} };
    const { routes } = createWeb(world.gate.deps, options);
    expect(routes.length).toBeGreaterThan(10);
    const before = await everything();
    for (const { path } of routes) {
      const at = path.replace(':id', id).replace(':file', 'page.js');
      for (const query of ['', '?fragment', '?verdict=approve&csrf=x&state=x&code=x']) {
        const answer = await ana.once(method, `${at}${query}`, { signal: AbortSignal.timeout(2000) });
        await answer.body?.cancel();
      }
    }
    expect(await everything()).toBe(before);
  });

  /** The ladder takes its first step right after asking. */
  async function settled() {
    await expect
      .poll(async () => (await ana.get(`/requests/${id}`)).page.text)
      .toContain('Card in the channel, for Ana');
    return everything();
  }

  it('says the same of what does not exist and of what is not theirs', async () => {
    const nora = await world.browser('UNORA');
    const [hidden, none] = [await nora.get(`/requests/${id}`), await nora.get('/requests/req_none')];
    expect([hidden.status, none.status]).toEqual([404, 404]);
    const withoutToken = (body: string) => body.replace(/value="[\w-]{43}"/, '');
    expect(withoutToken(hidden.body)).toBe(withoutToken(none.body));
    for (const path of ['events', 'approve']) {
      const method = path === 'approve' ? 'POST' : 'GET';
      const sent = { csrf: /value="([\w-]{43})"/.exec(hidden.body)?.[1] ?? '' };
      const tries = await Promise.all(
        [id, 'req_none'].map((each) =>
          method === 'POST'
            ? nora.post(`/requests/${each}/${path}`, sent)
            : nora.get(`/requests/${each}/${path}`),
        ),
      );
      expect(tries.map(({ status }) => status)).toEqual([404, 404]);
    }
  });

  it('says nothing of any request to who is not signed in', async () => {
    const nobody = await world.browser();
    const [real, none] = [await nobody.get(`/requests/${id}`), await nobody.get('/requests/req_none')];
    expect([real.status, none.status]).toEqual([401, 401]);
    expect(real.body.replaceAll(id, 'req_none')).toBe(none.body);
    expect((await nobody.get(`/requests/${id}?fragment`)).status).toBe(401);
    expect((await nobody.once('GET', `/requests/${id}/events`)).status).toBe(204);
  });

  it('says so, and not that there is nothing, while Slack does not answer', async () => {
    world.slack.down = true;
    const page = await ana.get(`/requests/${id}`);
    const sent = await ana.post(`/requests/${id}/approve`, { csrf: await tokenBefore() });
    world.slack.down = false;
    expect([page.status, sent.status]).toEqual([503, 503]);
    expect(page.page.text).toContain('Slack does not answer');
    expect(await world.state(id)).toBe('pending');
  });
  const tokenBefore = async () => {
    world.slack.down = false;
    const token = await csrfOf(ana);
    world.slack.down = true;
    return token;
  };
});

describe('headers', () => {
  const POLICY =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

  it.each(['', '?fragment'])('of a private page%s let in nothing but our own files', async (query) => {
    const { headers } = await ana.get(`/requests/${id}${query}`);
    expect(headers.get('content-security-policy')).toBe(POLICY);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('of the pages of a sign-in are as strict', async () => {
    const nobody = await world.browser();
    const page = await nobody.get(`/requests/${id}`);
    const headers = { origin: 'null', 'sec-fetch-site': 'same-origin' };
    const onTheWay = await nobody.once('POST', '/sign-in', { headers });
    for (const answer of [page.headers, onTheWay.headers]) {
      expect(answer.get('content-security-policy')).toBe(POLICY);
      expect(answer.get('cache-control')).toBe('no-store');
      expect(answer.get('referrer-policy')).toBe('no-referrer');
    }
  });

  it('of every refusal are as strict', async () => {
    const refusals = [
      await ana.get('/requests/req_none'),
      await ana.post(`/requests/${id}/approve`, {}),
      await ana.get('/sign-in/slack'),
      await ana.get('/web/none.js'),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([404, 403, 400, 404]);
    for (const { headers } of refusals) {
      expect(headers.get('content-security-policy')).toBe(POLICY);
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('let browsers keep our own files for good, under names that change with them', async () => {
    const { body } = await ana.get(`/requests/${id}`);
    const files = [
      ...elementsOf(body, 'script').map(({ attributes }) => attributes.src),
      ...elementsOf(body, 'link').map(({ attributes }) => attributes.href),
    ];
    expect(files).toHaveLength(3);
    for (const file of files) {
      expect(file).toMatch(/^\/web\/[a-z]+-[0-9a-f]{12}\.(js|css|svg)$/);
      const answer = await ana.once('GET', file ?? '');
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toContain('immutable');
    }
  });
});

describe('a form', () => {
  const FIELDS = { preset: 'Wrong time', words: 'x', question: '1' };
  const refusedEverywhere = async (
    send: (path: string) => Promise<{ status: number }>,
    status: number,
  ): Promise<void> => {
    const before = await everything();
    for (const verb of VERBS) expect((await send(`/requests/${id}/${verb}`)).status).toBe(status);
    expect(await everything()).toBe(before);
  };

  it('needs a session', async () => {
    const nobody = await world.browser();
    const csrf = await csrfOf(ana);
    await refusedEverywhere((path) => nobody.post(path, { ...FIELDS, csrf }), 401);
  });

  it('needs the token of the session', () => refusedEverywhere((path) => ana.post(path, FIELDS), 403));

  it('takes no other token', async () => {
    const csrf = await csrfOf(ana);
    await refusedEverywhere((path) => ana.post(path, { ...FIELDS, csrf: `${csrf.slice(1)}A` }), 403);
  });

  it('takes no token of another session, not even of the same person', async () => {
    const csrf = await csrfOf(await world.browser('UANA'));
    await refusedEverywhere((path) => ana.post(path, { ...FIELDS, csrf }), 403);
  });

  it.each([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a sibling host', { origin: 'null', 'sec-fetch-site': 'same-site' }],
    ['an address that was typed', { origin: 'null', 'sec-fetch-site': 'none' }],
    ['another port', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
    ['a sandbox or a file', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a browser that says otherwise', { origin: 'OURS', 'sec-fetch-site': 'cross-site' }],
    [
      'an origin that contradicts the browser',
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
    ],
  ])('is refused from %s', async (_, headers) => {
    const csrf = await csrfOf(ana);
    const said = { ...headers, origin: headers.origin.replace('OURS', world.url) };
    await refusedEverywhere((path) => ana.post(path, { ...FIELDS, csrf }, said), 403);
  });

  it('is refused from who names no origin', async () => {
    const body = new URLSearchParams({ ...FIELDS, csrf: await csrfOf(ana) }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await refusedEverywhere((path) => ana.once('POST', path, { body, headers }), 403);
  });

  it('is taken from our own origin, named as older browsers do', async () => {
    const body = new URLSearchParams({ csrf: await csrfOf(ana) }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: world.url };
    const answer = await ana.once('POST', `/requests/${id}/claim`, { body, headers });
    expect(answer.status).toBe(303);
  });

  it.each([
    ['JSON', 'application/json', (csrf: string) => JSON.stringify({ csrf, preset: 'Wrong time' })],
    ['plain text', 'text/plain', (csrf: string) => `csrf=${csrf}`],
    [
      'too much',
      'application/x-www-form-urlencoded',
      (csrf: string) => `csrf=${csrf}&words=${'x'.repeat(20_000)}`,
    ],
  ])('is refused as %s', async (_, type, make) => {
    const body = make(await csrfOf(ana));
    const headers = { 'content-type': type, origin: 'null', 'sec-fetch-site': 'same-origin' };
    await refusedEverywhere((path) => ana.once('POST', path, { body, headers }), 403);
  });

  it('stores what a database can hold', async () => {
    const other = await world.ask();
    const token = await csrfOf(ana);
    await ana.post(`/requests/${other}/deny`, { csrf: token, words: 'a\0b\r\nc' });
    expect((await ana.get(`/requests/${other}`)).page.text).toContain('ab ⏎ c');
  });

  it('counts sixty forms at once, then one a second', async () => {
    const busy = await world.browser('UBEN');
    const csrf = await csrfOf(busy);
    const answers: number[] = [];
    const body = new URLSearchParams({ csrf }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: world.url };
    while (answers.length < 150 && answers.at(-1) !== 429)
      answers.push((await busy.once('POST', '/requests/req_none/claim', { body, headers })).status);
    expect(answers.length).toBeGreaterThan(60);
    expect(answers.slice(0, -1).every((status) => status === 404)).toBe(true);
    expect(answers.at(-1)).toBe(429);
  });
});

describe('text of callers', () => {
  const CORPUS = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '"><svg onload=alert(1)>',
    "'><b onmouseover='alert(1)'>",
    '</pre></code></main><form action=https://evil.example><button>Approve',
    '</textarea></title></style><iframe srcdoc="<script>alert(1)</script>">',
    '&lt;script&gt;alert(1)&lt;/script&gt;',
    '<a href="javascript:alert(1)">x</a>',
    '{{constructor.constructor("alert(1)")()}}${alert(1)}',
    '<!--<meta http-equiv=refresh content=0;url=https://evil.example>-->',
    '\u202egnp.exe\u2066\u200b\ufeff',
    ']]><x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
  ];
  const SEEN = (text: string) =>
    text.replace(
      /[\u202e\u2066\u200b\ufeff]/g,
      (c) => `⟦U+${c.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}⟧`,
    );

  it.each(CORPUS)('stays text in every field: %j', async (bad) => {
    const token = await world.gate.token({ name: bad.slice(0, 60), owner: 'UCLEO', project: 'shop' });
    const text = (max: number) => bad.slice(0, max);
    const answer = await world.gate.call('POST', '/api/v1/requests', {
      token,
      body: {
        environment: 'production',
        argv: ['echo', bad],
        reason: bad,
        cwd: `/srv/${text(100)}`,
        context: {
          source: text(60),
          repository: text(100),
          ref: text(100),
          sha: text(40),
          run_id: text(40),
          job: text(100),
          step: text(100),
          actor: text(60),
          host: text(60),
          change_summary: bad,
          links: [{ title: text(100), url: `https://links.example/${encodeURIComponent(bad)}` }],
          checks: [{ name: text(60), state: text(20) }],
        },
      },
    });
    expect(answer.body).toMatchObject({ state: 'pending' });
    const request = answer.body.id;
    await plant(request, bad);
    const voter = voterNamed('ben', { name: bad, subject: `slack:${bad.length}` });
    await vote(world.gate.deps, { requestId: request, voter, verdict: 'deny', reason: bad, method: 'card' });

    for (const query of ['', '?fragment']) {
      const { page, body } = await ana.get(`/requests/${request}${query}`);
      expectInert(page);
      const [pre] = elementsOf(body, 'pre');
      expect(pre?.text).toContain(SEEN(bad).slice(0, 10));
      expect(page.text).toContain(SEEN(bad));
    }
  });

  /** What the API would not take, in case something else ever writes it. */
  const plant = (request: string, bad: string) =>
    world.database.rows(sql`update requests set
      context = context || ${JSON.stringify({
        run_url: 'javascript://github.com/%0Aalert(1)',
        server_url: 'javascript://github.com',
        links: [
          { title: bad, url: 'javascript:alert(1)' },
          { title: bad, url: 'data:text/html,<script>alert(1)</script>' },
          { title: bad, url: 'https://github.com@evil.example/' },
          { title: bad, url: `https://links.example/"onclick="alert(1)` },
        ],
      })}::jsonb,
      claim = ${JSON.stringify({ subject: 'x', name: bad, at: new Date().toISOString() })}::jsonb,
      explanation = ${JSON.stringify([{ kind: 'policy', name: bad, applies: true, why: `\`${bad}\` ${bad}`, strength: 'require' }])}::jsonb
      where id = ${request}`);

  const TAGS = new Set(
    'html head meta title link script body header p form input span b button main div article h1 h2 section pre code mark svg rect ul li dl dt dd bdi time a small blockquote details summary ol'.split(
      ' ',
    ),
  );

  function expectInert({ elements }: Page): void {
    for (const { tag, attributes, inside, text } of elements) {
      expect(TAGS).toContain(tag);
      for (const [name, value] of Object.entries(attributes)) {
        expect(name).not.toMatch(/^on|^style$|^srcdoc$|^http-equiv$/i);
        if (name === 'href' || name === 'src')
          expect(value).toMatch(/^(https?:\/\/(links\.example|127\.0\.0\.1)|\/|#)/);
        if (name === 'action') expect(value).toMatch(/^\/(requests|sign-out)/);
      }
      if (tag === 'script') expect([inside.length, text]).toEqual([0, '']);
    }
  }

  it('shows where a link leads, by its real host', async () => {
    const request = await world.ask({
      context: { links: [{ title: 'https://github.com', url: 'https://github.com.evil.example/x' }] },
    });
    expect((await ana.get(`/requests/${request}`)).page.text).toContain(
      'https://github.com open (github.com.evil.example)',
    );
  });

  it('marks what hides, and shows letters in the order in which they run', async () => {
    const request = await world.ask({ command: 'curl https://p\u0430ypal.com # \u202e \u05d0\u05d1' });
    const { page, body } = await ana.get(`/requests/${request}`);
    expect(elementsOf(body, 'mark').map(({ text }) => text)).toContain('⟦U+202E⟧');
    expect(page.text).toContain('Invisible or control characters are in it');
    expect(page.text).toContain('Letters that only look like Latin ones');
    expect(page.text).toContain('Right-to-left text is in it');
  });
});
