import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Submit, SubmitShape } from '../src/api.ts';
import { contextOf } from '../src/ask/context.ts';
import { readPinnedKeys } from '../src/ask/pinned-keys.ts';
import { createClient, Misconfigured, Refused, Unreachable } from '../src/client.ts';
import { duration, parseDuration } from '../src/core/duration.ts';
import { newKey, StubGate } from './support/stub-gate.ts';

const body: Submit = { environment: 'production', argv: ['true'] };

describe('against a gate', () => {
  let gate: StubGate;
  beforeEach(async () => {
    gate = await new StubGate().open();
  });
  afterEach(() => gate.vanish());
  const client = () => createClient({ url: gate.url, token: gate.token });

  it('submits, waits for a change, starts and reports', async () => {
    const { submit, wait, start, report } = client();
    const request = await submit(body, 'key-1');
    expect(request.state).toBe('pending');
    const waiting = once(gate.events, 'waiting');
    const decided = wait(request.id, request.version, 20);
    await waiting;
    gate.decide(gate.requests[0]!, 'approved', { people: ['Ana'] });
    expect((await decided).state).toBe('approved');
    await start(request.id, 'start-0001');
    await start(request.id, 'start-0001');
    await expect(start(request.id, 'start-0002')).rejects.toThrow(Refused);
    await report(request.id, { exit_code: 0, duration_ms: 1 });
    expect(gate.requests[0]?.outcome).toEqual({ exit_code: 0, duration_ms: 1 });
  });

  it('gives the same request for the same key', async () => {
    const { submit } = client();
    expect((await submit(body, 'key-1')).id).toBe((await submit(body, 'key-1')).id);
  });

  it('gives the public keys', async () => {
    expect(await client().keys()).toEqual([gate.key.publicKey]);
  });

  it.each([500, 502, 503, 429])('tries again after %i', async (status) => {
    gate.instead.push({ match: /POST/, answer: { status } });
    const failures: string[] = [];
    const bounds = { retryForMs: 5_000, onRetry: (failure: Error) => failures.push(failure.message) };
    expect((await client().submit(body, 'key-1', bounds)).state).toBe('pending');
    expect(failures).toHaveLength(1);
  });

  it('keeps to Retry-After, and does not begin a wait that is too long', async () => {
    gate.instead.push({ match: /POST/, answer: { status: 429, headers: { 'retry-after': '1' } } });
    const from = performance.now();
    await client().submit(body, 'key-1', { retryForMs: 5_000 });
    expect(performance.now() - from).toBeGreaterThan(950);
    gate.instead.push({ match: /POST/, answer: { status: 429, headers: { 'retry-after': '60' } } });
    await expect(client().submit(body, 'key-2', { retryForMs: 5_000 })).rejects.toThrow(Unreachable);
  });

  it.each([400, 401, 403, 404, 409, 413, 422])('never repeats what was answered with %i', async (status) => {
    const answer = { status, body: JSON.stringify({ title: 'No.', hint: 'Do this.', status }) };
    gate.instead.push({ match: /POST/, answer });
    const refused = await client()
      .submit(body, 'key-1', { retryForMs: 5_000 })
      .catch((e: unknown) => e);
    expect(refused).toBeInstanceOf(Refused);
    expect((refused as Refused).problem).toMatchObject({ status, title: 'No.', hint: 'Do this.' });
    expect(gate.heard).toHaveLength(1);
  });

  it('follows no redirect, so that the token stays', async () => {
    const location = 'https://elsewhere.example.com/';
    gate.instead.push({ match: /POST/, answer: { status: 302, headers: { location } } });
    await expect(client().submit(body, 'key-1')).rejects.toThrow(/redirects to https:\/\/elsewhere/);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const { submit, wait } = client();
    const request = await submit(body, 'key-1');
    const waiting = once(gate.events, 'waiting');
    const decided = wait(request.id, request.version, 20, { signal: controller.signal, retryForMs: 60_000 });
    await waiting;
    controller.abort(new Error('enough'));
    await expect(decided).rejects.toThrow('enough');
  });

  it('gives up when the gate is gone for good', async () => {
    await gate.vanish();
    await expect(client().submit(body, 'key-1', { retryForMs: 600 })).rejects.toThrow(Unreachable);
  });

  it.each<[string, (good: Record<string, unknown>) => unknown]>([
    ['no JSON', () => undefined],
    ['another shape', () => ({ ok: true })],
    ['an unknown state', (good) => ({ ...good, state: 'yes' })],
    ['an id that is a path', (good) => ({ ...good, id: '../tokens' })],
    ['a version that is no number', (good) => ({ ...good, version: '1' })],
    ['no deadline', (good) => ({ ...good, expires_at: 'soon' })],
    ['approved without a decision', (good) => ({ ...good, state: 'approved' })],
    ['a grant that is no envelope', (good) => ({ ...good, grant: { payload: 1 } })],
    ['notes that are no text', (good) => ({ ...good, notes: [{}] })],
  ])('refuses an answer with %s', async (_, spoil) => {
    const good = await client().submit(body, 'key-1');
    const answer = { status: 200, body: JSON.stringify(spoil({ ...good })) ?? '<html>' };
    gate.instead.push({ match: /POST/, answer });
    await expect(client().submit(body, 'key-2')).rejects.toThrow(Refused);
  });
});

describe('a gate whose connection breaks', () => {
  let server: Server;
  const listen = async (answer: (response: ServerResponse, count: number) => void): Promise<string> => {
    let count = 0;
    server = createServer((_, response) => answer(response, ++count));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('tries again when an answer is cut short', async () => {
    const url = await listen((response, count) => {
      response.writeHead(200, { 'content-length': '100' });
      if (count === 1) response.write('{"keys', () => response.destroy());
      else response.end('{"keys":[]}'.padEnd(100));
    });
    expect(await createClient({ url, token: '' }).keys({ retryForMs: 5_000 })).toEqual([]);
  });

  it('takes the clock from the gate', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const url = await listen((response) => response.writeHead(200, { date }).end('{"keys":[]}'));
    const client = createClient({ url, token: '' });
    await client.keys();
    expect(Math.abs(client.now() - Date.parse(date))).toBeLessThan(2_000);
  });

  it('reads no endless answer', async () => {
    const url = await listen((response) => {
      const more = () => response.destroyed || response.write('x'.repeat(1 << 20), more);
      more();
    });
    await expect(createClient({ url, token: '' }).keys()).rejects.toThrow(/over \d+ bytes/);
  });
});

describe('the address', () => {
  it.each(['http://127.0.0.1:3000', 'http://localhost', 'http://[::1]:1', 'https://gate.example.com/base'])(
    'takes %s',
    (url) => expect(createClient({ url, token: 't' }).origin).toBe(new URL(url).origin),
  );
  it.each([
    'gate.example.com',
    'ftp://gate.example.com',
    'http://gate.example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'https://user:pass@gate.example.com',
    '',
  ])('refuses %s', (url) => expect(() => createClient({ url, token: 't' })).toThrow(Misconfigured));
  it('takes plain http to another machine when told so', () => {
    createClient({ url: 'http://gate.example.com', token: 't', allowInsecure: true });
  });
});

describe('keys as people write them down', () => {
  const { publicKey } = newKey();
  const bytes = Buffer.from(publicKey, 'base64');
  const x = bytes.toString('base64url');
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes]);
  const pem = `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;
  const other = newKey().publicKey;

  it.each<[string, string, string[]]>([
    ['base64', publicKey, [publicKey]],
    ['base64url', x, [publicKey]],
    ['PEM', pem, [publicKey]],
    ['PEM in one line', pem.replaceAll('\n', '\\n'), [publicKey]],
    ['JWK', JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x }), [publicKey]],
    ['a JWK Set', JSON.stringify({ keys: [{ x }] }), [publicKey]],
    ['two, with a comma', `${publicKey}, ${other}`, [publicKey, other]],
    ['two, on lines, of two kinds', `${pem}\n${other}`, [publicKey, other]],
  ])('%s', (_, text, keys) => expect(readPinnedKeys(text)).toEqual(keys));

  it.each([
    '',
    'abc',
    '{}',
    '{"keys":[]}',
    `${publicKey} abc`,
    '-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----',
  ])('refuses %j', (text) => expect(() => readPinnedKeys(text)).toThrow(Misconfigured));
});

describe('where it runs', () => {
  const github = {
    GITHUB_ACTIONS: 'true',
    GITHUB_SERVER_URL: 'https://github.example.com',
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_RUN_ID: '7',
    GITHUB_ACTOR: 'first',
    GITHUB_TRIGGERING_ACTOR: 'second',
    GITHUB_REF: 'r'.repeat(500),
  };
  it.each<[string, NodeJS.ProcessEnv, object]>([
    [
      'GitHub',
      github,
      { source: 'github-actions', repository: 'acme/shop', actor: 'second', ref: 'r'.repeat(200) },
    ],
    [
      'GitLab',
      { GITLAB_CI: '1', CI_PROJECT_PATH: 'acme/shop', CI_PIPELINE_URL: 'x' },
      { source: 'gitlab-ci' },
    ],
    ['ssh', { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' }, { source: 'ssh' }],
    ['another CI', { CI: 'true' }, { source: 'ci' }],
    ['a terminal', {}, { source: 'terminal' }],
  ])('%s', (_, env, expected) => {
    const context = contextOf(env);
    expect(context).toMatchObject(expected);
    expect(SubmitShape.safeParse({ ...body, context }).success).toBe(true);
  });
});

describe('durations', () => {
  it.each([
    [340, '340 ms'],
    [4_200, '4.2 s'],
    [42_000, '42 s'],
    [59_999, '1 min'],
    [185_000, '3 min 5 s'],
    [7_800_000, '2 h 10 min'],
    [360_000_000, '4 d 4 h'],
  ])('%i ms is %s', (ms, words) => expect(duration(ms)).toBe(words));
  it.each([
    ['90', null],
    ['5m', 300],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['soon', null],
    ['5 m', null],
    ['-5m', null],
    ['', null],
  ])('%s is %s s', (text, seconds) => expect(parseDuration(text)).toBe(seconds));
});
