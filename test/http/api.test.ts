import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from '../../src/core/proof/envelope.ts';
import { vote } from '../../src/gate/vote.ts';
import { PROBLEMS } from '../../src/http/problems.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { voterNamed } from '../support/deps.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';

const ASK = { environment: 'production', argv: ['echo', 'hello world'] };

describe.each(DATABASE_KINDS)('the API, %s', (kind) => {
  let gate: TestGate;
  let token: string;
  beforeAll(async () => {
    gate = await startTestGate(await freshDatabase(kind));
    gate.deps.canAsk = true;
    token = await gate.token();
  });
  afterAll(() => gate.close());

  const ask = async (over: object = {}, headers: Record<string, string> = {}) =>
    gate.call('POST', '/api/v1/requests', { token, body: { ...ASK, ...over }, headers });
  const decide = (requestId: string, verdict: 'approve' | 'deny') =>
    vote(gate.deps, { requestId, voter: voterNamed('ana'), verdict, reason: null, method: 'card' });

  it('takes a request and says who was asked, until when', async () => {
    const { status, body } = await ask({ reason: 'release 4.2' });
    expect(status).toBe(202);
    expect(body).toMatchObject({
      state: 'pending',
      project: 'shop',
      command: "echo 'hello world'",
      reason: 'release 4.2',
      asked: { channel: '#deploys', reviewers: 'members of #deploys', approvals_needed: 1, posted: false },
      grant: null,
      decision: null,
    });
    expect(body.url).toBe(`http://gate.example.com/requests/${body.id}`);
    expect(Date.parse(body.expires_at) - Date.parse(body.created_at)).toBe(600_000);
  });

  it('wakes a waiting client when it is decided, with the grant', async () => {
    const { body } = await ask();
    const poll = (version: number) =>
      gate.call('GET', `/api/v1/requests/${body.id}?wait=50&version=${version}`, { token });
    const waiting = poll(1);
    await decide(body.id, 'approve');
    let answer = await waiting;
    // Its ladder may have begun before, which is a change, too.
    if (answer.body.state === 'pending') answer = await poll(answer.body.version);
    expect(answer.body).toMatchObject({
      state: 'approved',
      decision: { by: 'people', people: [{ name: 'ana' }] },
    });
    expect(open(answer.body.grant, [gate.publicKey])).not.toBeNull();
  });

  it('answers at once when the client’s version is old', async () => {
    const { body } = await ask();
    await decide(body.id, 'deny');
    const { body: now } = await gate.call('GET', `/api/v1/requests/${body.id}?wait=50&version=1`, { token });
    expect(now).toMatchObject({ state: 'denied', grant: null });
  });

  it('answers a wait that is over as it is', async () => {
    const { body } = await ask();
    const { body: now } = await gate.call('GET', `/api/v1/requests/${body.id}?wait=1&version=1`, { token });
    expect(now).toMatchObject({ state: 'pending' });
  });

  it('starts once, then takes the outcome', async () => {
    const { body } = await ask();
    await decide(body.id, 'approve');
    const path = `/api/v1/requests/${body.id}`;
    const start = (start_id: string) => gate.call('POST', `${path}/start`, { token, body: { start_id } });
    expect((await start('start-1234')).status).toBe(200);
    expect((await start('start-1234')).status).toBe(200);
    expect(await start('start-5678')).toMatchObject({ status: 409, body: { type: '/docs#used-before' } });
    const outcome = await gate.call('POST', `${path}/outcome`, {
      token,
      body: { exit_code: 3, duration_ms: 5 },
    });
    expect(outcome.body).toMatchObject({ outcome: { exit_code: 3, duration_ms: 5 }, grant: null });
  });

  it('is withdrawn', async () => {
    const { body } = await ask();
    const { body: now } = await gate.call('POST', `/api/v1/requests/${body.id}/withdraw`, {
      token,
      body: {},
    });
    expect(now).toMatchObject({ state: 'withdrawn', decision: { by: 'requester' } });
  });

  it('withdraws the request of a client that is gone, not of one that waits', async () => {
    const gone = (await ask({ heartbeat_seconds: 30 })).body.id;
    const here = (await ask({ heartbeat_seconds: 30 })).body.id;
    const states = async (id: string) =>
      (await gate.call('GET', `/api/v1/requests/${id}`, { token })).body.state;
    const waiting = gate.call('GET', `/api/v1/requests/${here}?wait=50&version=1`, { token });
    // The waiting client is heard once its poll has begun.
    await expect.poll(async () => (await heartbeatLeft(here)) > 40).toBe(true);
    await advance(gate.deps.database, '31 seconds');
    const admin = gate.adminToken.token;
    await expect
      .poll(async () => (await gate.call('GET', `/api/v1/requests/${gone}`, { token: admin })).body.state)
      .toBe('withdrawn');
    expect(await states(here)).toBe('pending');
    await decide(here, 'deny');
    await waiting;
  });

  const heartbeatLeft = async (id: string) => {
    const { sql } = await import('drizzle-orm');
    const [row] = await gate.deps.database.rows<{ s: number }>(
      sql`select extract(epoch from heartbeat_until - now())::float8 as s from requests where id = ${id}`,
    );
    return row?.s ?? 0;
  };

  it('is one request for one idempotency key', async () => {
    const first = await ask({}, { 'idempotency-key': 'k1' });
    const second = await ask({}, { 'idempotency-key': 'k1' });
    expect(second.body.id).toBe(first.body.id);
    expect(await ask({ reason: 'x' }, { 'idempotency-key': 'k1' })).toMatchObject({
      status: 422,
      body: { type: '/docs#key-reused' },
    });
  });

  it('streams every version as a server-sent event, goes on after a reconnect, and ends for good', async () => {
    const { body } = await ask();
    const events = `/api/v1/requests/${body.id}/events`;
    const stream = await fetch(new URL(events, gate.address), {
      headers: { authorization: `Bearer ${token}` },
    });
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    const next = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await next()).toContain('id: 1');
    await decide(body.id, 'deny');
    const last = await next();
    expect(last).toContain('id: 2');
    expect(last).toContain('"state":"denied"');
    expect((await reader.read()).done).toBe(true);
    const resume = (id: string) => gate.call('GET', events, { token, headers: { 'last-event-id': id } });
    expect((await resume('1')).body).toContain('id: 2');
    expect((await resume('2')).status).toBe(204);
  });

  describe('refuses, each with a hint', () => {
    const post = (options: object) => gate.call('POST', '/api/v1/requests', { token, ...options });
    it.each([
      ['no token', () => gate.call('GET', '/api/v1/requests'), 'no-token'],
      [
        'a wrong token',
        () => gate.call('GET', '/api/v1/requests', { token: `gate_${'x'.repeat(43)}` }),
        'bad-token',
      ],
      ['broken JSON', () => post({ raw: '{' }), 'bad-json'],
      ['another type', () => post({ raw: 'a=1', headers: { 'content-type': 'text/plain' } }), 'not-json'],
      ['invalid UTF-8', () => post({ raw: new Uint8Array([0x22, 0xff, 0x22]) }), 'not-text'],
      ['a NUL', () => post({ body: { ...ASK, reason: 'a\0b' } }), 'not-text'],
      [
        'a lone surrogate',
        () => post({ raw: '{"environment":"production","command":"\\ud800"}' }),
        'not-text',
      ],
      ['deep nesting', () => post({ raw: '['.repeat(30_000) + ']'.repeat(30_000) }), 'not-text'],
      ['a large body', () => post({ raw: `{"command":"${'x'.repeat(70_000)}"}` }), 'body-too-large'],
      ['a long command', () => ask({ argv: undefined, command: 'x'.repeat(17_000) }), 'command-too-long'],
      ['two commands', () => ask({ command: 'ls' }), 'invalid-fields'],
      [
        'a length that is none',
        () => ask({ argv: undefined, command: { length: [{ toString: 1 }] } }),
        'invalid-fields',
      ],
      ['unknown fields', () => ask({ enviroment: 'x' }), 'invalid-fields'],
      [
        'a link that is no web address',
        () => ask({ context: { run_url: 'javascript:alert(1)' } }),
        'invalid-fields',
      ],
      ['an unknown environment', () => ask({ environment: 'moon' }), 'unknown-environment'],
      [
        'a digest of something else',
        () => ask({ digest: { salt: 'x'.repeat(16), sha256: 'a'.repeat(64) } }),
        'digest-mismatch',
      ],
      ['an unknown id', () => gate.call('GET', '/api/v1/requests/req_nope', { token }), 'not-found'],
      ['an unknown path', () => gate.call('GET', '/nope'), 'not-found'],
      ['an administrator who asks', () => post({ token: gate.adminToken.token, body: ASK }), 'client-only'],
      [
        'a client who makes tokens',
        () => gate.call('POST', '/api/v1/tokens', { token, body: {} }),
        'admin-only',
      ],
    ] as const)('%s', async (_, attempt, code) => {
      const { status, body, headers } = await attempt();
      expect({ status, type: body.type }).toEqual({ status: PROBLEMS[code][0], type: `/docs#${code}` });
      expect(body.hint).toBe(PROBLEMS[code][2]);
      expect(headers.get('content-type')).toBe('application/problem+json');
    });
  });

  it('shows a token only its own requests, and its environments', async () => {
    const { body } = await ask();
    const other = await gate.token({ project: 'other', environments: ['staging'] });
    expect((await gate.call('GET', `/api/v1/requests/${body.id}`, { token: other })).status).toBe(404);
    expect(
      (await gate.call('POST', `/api/v1/requests/${body.id}/withdraw`, { token: other, body: {} })).status,
    ).toBe(404);
    expect((await gate.call('GET', '/api/v1/requests', { token: other })).body.requests).toEqual([]);
    const refused = await gate.call('POST', '/api/v1/requests', { token: other, body: ASK });
    expect(refused.body.type).toBe('/docs#environment-not-allowed');
    const admin = { token: gate.adminToken.token };
    expect((await gate.call('GET', `/api/v1/requests/${body.id}`, admin)).body).toMatchObject({
      id: body.id,
      grant: null,
    });
  });

  it('makes, lists and revokes tokens; the secret is shown once and not stored', async () => {
    const admin = { token: gate.adminToken.token };
    const wish = {
      name: 'nightly',
      project: 'shop',
      environments: ['staging'],
      kind: 'agent',
      expires_in_days: 90,
    };
    const made = await gate.call('POST', '/api/v1/tokens', { ...admin, body: wish });
    expect(made.status).toBe(201);
    const secret = made.body.token as string;
    expect((await gate.call('GET', '/api/v1/requests', { token: secret })).status).toBe(200);
    const listed = await gate.call('GET', '/api/v1/tokens', admin);
    expect(JSON.stringify(listed.body)).not.toContain(secret);
    expect(listed.body.tokens[0]).toMatchObject({ name: 'nightly', last_used_at: expect.any(String) });
    expect((await gate.call('DELETE', `/api/v1/tokens/${made.body.id}`, admin)).status).toBe(204);
    expect((await gate.call('GET', '/api/v1/requests', { token: secret })).body.type).toBe('/docs#bad-token');
    expect((await gate.call('DELETE', `/api/v1/tokens/${made.body.id}`, admin)).status).toBe(404);
  });

  it('tells the reader of the link where the card is, or that there is none', async () => {
    const { body } = await ask();
    const link = await gate.call('GET', `/requests/${body.id}`);
    expect(link).toMatchObject({ status: 200, body: expect.stringContaining('no card in Slack (yet)') });
    expect((await gate.call('GET', '/requests/req_nope')).status).toBe(404);
  });

  it('documents itself: every route, every problem', async () => {
    const { body: spec } = await gate.call('GET', '/openapi.json');
    expect(Object.keys(spec.paths)).toEqual(
      expect.arrayContaining([
        '/api/v1/requests',
        '/api/v1/requests/{id}/start',
        '/api/v1/tokens',
        '/api/v1/keys',
        '/readyz',
      ]),
    );
    const { body: page } = await gate.call('GET', '/docs');
    for (const code of Object.keys(PROBLEMS)) expect(page).toContain(`id="${code}"`);
  });

  it('shows its keys, its health and its figures', async () => {
    const { body } = await gate.call('GET', '/api/v1/keys');
    expect(Buffer.from(body.keys[0].x, 'base64url').toString('base64')).toBe(gate.publicKey);
    expect((await gate.call('GET', '/healthz')).body).toBe('ok\n');
    const ready = await gate.call('GET', '/readyz');
    expect(ready).toMatchObject({
      status: 200,
      body: {
        ready: true,
        checks: [
          { name: 'database', ok: true },
          { name: 'slack', ok: false },
        ],
      },
    });
    expect(ready.body.checks[1].mend).toContain('SLACK_BOT_TOKEN');
    const { body: figures } = await gate.call('GET', '/metrics');
    expect(figures).toMatch(/gatehouse_pending_requests\{environment="production"\} \d+/);
    expect(figures).toMatch(/gatehouse_http_seconds_count\{.*route="\/api\/v1\/requests\/:id".*\}/);
  });

  it('hears when a waiting client hangs up', async () => {
    const { body } = await ask();
    const request = http.get(new URL(`/api/v1/requests/${body.id}?wait=50&version=1`, gate.address), {
      headers: { authorization: `Bearer ${token}` },
    });
    request.on('error', () => {});
    await new Promise((resolve) => request.on('socket', (s) => s.on('connect', resolve)));
    request.destroy();
    await decide(body.id, 'deny');
    expect((await gate.call('GET', `/api/v1/requests/${body.id}`, { token })).body.state).toBe('denied');
  });
});

describe('limits', () => {
  it('slows down a token that calls too often, and lets few of its requests wait', async () => {
    const config = `
url: http://gate.example.com
environments: { production: { channel: "#deploys", reviewers: channel } }
limits: { requests_per_second: 1, burst: 4, pending_per_token: 2 }
`;
    const gate = await startTestGate(await freshDatabase('embedded'), { config });
    gate.deps.canAsk = true;
    const [token, other] = [await gate.token(), await gate.token()];
    const ask = (t: string) => gate.call('POST', '/api/v1/requests', { token: t, body: ASK });
    const codes = [];
    for (let i = 0; i < 5; i++) codes.push((await ask(token)).body.type ?? 'taken');
    expect(codes).toEqual([
      'taken',
      'taken',
      '/docs#too-many-pending',
      '/docs#too-many-pending',
      '/docs#rate-limited',
    ]);
    expect(Number((await ask(token)).headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask(other)).status).toBe(202);
    await gate.close();
  });
});

describe('a token with many requests waiting', () => {
  it('still runs what a rule lets pass', async () => {
    const config = `
url: http://gate.example.com
environments: { production: { channel: "#deploys", reviewers: channel } }
limits: { pending_per_token: 1 }
`;
    const gate = await startTestGate(await freshDatabase('embedded'), { config });
    gate.deps.canAsk = true;
    const token = await gate.token();
    const rule = { rule: 'echo routine', environment: 'production', project: 'shop' };
    const added = await gate.call('POST', '/api/v1/rules', { token: gate.adminToken.token, body: rule });
    expect(added.status).toBe(201);
    const ask = async (...argv: string[]) =>
      (await gate.call('POST', '/api/v1/requests', { token, body: { environment: 'production', argv } }))
        .body;
    expect((await ask('echo', 'one')).state).toBe('pending');
    expect((await ask('echo', 'two')).type).toBe('/docs#too-many-pending');
    expect(await ask('echo', 'routine')).toMatchObject({ state: 'approved', decision: { by: 'rule' } });
    await gate.close();
  });
});

describe('without Slack', () => {
  it('denies what no rule covers, and says why', async () => {
    const gate = await startTestGate(await freshDatabase('embedded'));
    const { status, body } = await gate.call('POST', '/api/v1/requests', {
      token: await gate.token(),
      body: ASK,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      state: 'denied',
      decision: { by: 'nobody-to-ask', reason: expect.stringContaining('no Slack') },
    });
    await gate.close();
  });
});

describe('closing', () => {
  it('answers who waits with what is known, so that they ask another replica', async () => {
    const gate = await startTestGate(await freshDatabase('embedded'));
    gate.deps.canAsk = true;
    const token = await gate.token();
    const { body } = await gate.call('POST', '/api/v1/requests', { token, body: ASK });
    const waiting = gate.call('GET', `/api/v1/requests/${body.id}?wait=50&version=1`, { token });
    await expect.poll(async () => (await gate.call('GET', '/metrics')).status).toBe(200);
    const closing = gate.close();
    expect((await waiting).body.state).toBe('pending');
    await closing;
  });
});
