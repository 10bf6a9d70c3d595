import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NewTokenShape } from '../../src/api.ts';
import { freshDirectory, startGate } from '../support/gate-process.ts';

const TOKEN = {
  id: 'tok_1',
  name: 'shop deploys',
  role: 'client',
  kind: 'ci',
  project: 'shop',
  environments: ['staging', 'production'],
  owner: null,
  when_nobody_is_there: 'wait',
  created_at: '2026-11-02T10:00:00.000Z',
  expires_at: null,
  last_used_at: null,
  revoked_at: null,
};

let server: Server;
let heard: { call: string; authorization: string | undefined; body: unknown }[];

beforeEach(async () => {
  heard = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { authorization } = request.headers;
    heard.push({
      call: `${request.method} ${request.url}`,
      authorization,
      body: text ? JSON.parse(text) : null,
    });
    const json = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
    if (authorization === 'Bearer bad') json(401, { title: 'Unknown token', hint: 'Make one.', status: 401 });
    else if (request.method === 'DELETE') response.writeHead(204).end();
    else if (request.method === 'POST') json(201, { ...TOKEN, ...JSON.parse(text), token: 'gate_secret' });
    else
      json(200, {
        tokens: [
          TOKEN,
          {
            ...TOKEN,
            id: 'tok_22',
            name: 'a\u001b[31mb',
            when_nobody_is_there: 'deny',
            revoked_at: '2026-11-03T10:00:00.000Z',
          },
        ],
      });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function token(args: string[], env: NodeJS.ProcessEnv = {}, cwd?: string) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return startGate(['token', ...args], { env: { GATE_URL: url, GATE_TOKEN: 'gate_admin', ...env }, cwd })
    .ended;
}

describe('gate token', () => {
  it('makes a token and prints its secret alone on stdout', async () => {
    const flags = [
      '--name',
      'shop deploys',
      '--project',
      'shop',
      '--env',
      'staging,production',
      '--expires-in',
      '90d',
    ];
    const { code, stdout, stderr } = await token(['create', ...flags, '--owner', 'U0ANA']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'gate_secret\n' });
    expect(stderr).toMatch(/^token {7}shop deploys \(tok_1\)$/m);
    expect(stderr).toMatch(/shown only now/);
    const [{ call, authorization, body }] = heard as [(typeof heard)[0]];
    expect({ call, authorization }).toEqual({
      call: 'POST /api/v1/tokens',
      authorization: 'Bearer gate_admin',
    });
    expect(body).toEqual({
      name: 'shop deploys',
      project: 'shop',
      environments: ['staging', 'production'],
      owner: 'U0ANA',
      expires_in_days: 90,
    });
    expect(NewTokenShape.safeParse(body).success).toBe(true);
  });

  it.each(['wait', 'deny', 'page'])('makes a token for a client nobody attends: %s', async (does) => {
    const flags = ['--name', 'nightly', '--project', 'shop', '--env', 'production'];
    const { code, stderr } = await token(['create', ...flags, '--when-nobody-is-there', does]);
    expect(code).toBe(0);
    expect(heard[0]?.body).toMatchObject({ name: 'nightly', when_nobody_is_there: does });
    expect(NewTokenShape.safeParse(heard[0]?.body).success).toBe(true);
    expect(/when no reviewer is there/.test(stderr)).toBe(does !== 'wait');
  });

  it('lists tokens in a table', async () => {
    const { stdout } = await token(['list']);
    expect(stdout).toBe(
      [
        'ID      NAME            KIND  PROJECT  ENVIRONMENTS         NOBODY THERE  LAST USED  STATE',
        'tok_1   shop deploys    ci    shop     staging, production  wait          never      good',
        'tok_22  a⟦U+001B⟧[31mb  ci    shop     staging, production  deny          never      revoked 2026-11-03',
        '',
      ].join('\n'),
    );
  });

  it('prints one JSON object a line', async () => {
    const { stdout } = await token(['list', '--json']);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).id),
    ).toEqual(['tok_1', 'tok_22']);
  });

  it('revokes a token', async () => {
    expect((await token(['revoke', 'tok_1'])).code).toBe(0);
    expect(heard[0]?.call).toBe('DELETE /api/v1/tokens/tok_1');
  });

  it('finds the token that the gate wrote where it was started', async () => {
    const cwd = freshDirectory();
    mkdirSync(path.join(cwd, '.gatehouse'));
    writeFileSync(path.join(cwd, '.gatehouse', 'admin-token'), 'gate_from_file\n');
    expect((await token(['list'], { GATE_TOKEN: '' }, cwd)).code).toBe(0);
    expect(heard[0]?.authorization).toBe('Bearer gate_from_file');
    const elsewhere = { GATE_TOKEN: '', GATE_DATA: path.join(cwd, '.gatehouse') };
    expect((await token(['list'], elsewhere)).code).toBe(0);
  });

  it.each<[string, string[], NodeJS.ProcessEnv, number, RegExp]>([
    ['no verb', [], {}, 2, /create, list or revoke/],
    ['no name', ['create', '--project', 'p', '--env', 'e'], {}, 2, /--name is missing/],
    ['no environment', ['create', '--name', 'n', '--project', 'p'], {}, 2, /--env is missing/],
    [
      'a bad kind',
      ['create', '--name', 'n', '--project', 'p', '--env', 'e', '--kind', 'x'],
      {},
      2,
      /no kind x/,
    ],
    [
      'a word that is none of the three',
      ['create', '--name', 'n', '--project', 'p', '--env', 'e', '--when-nobody-is-there', 'run'],
      {},
      2,
      /--when-nobody-is-there is not run\nhint: wait as usual, deny at once, or page/,
    ],
    ['a bad token', ['list'], { GATE_TOKEN: 'bad' }, 1, /error: Unknown token\nhint: Make one\.\n/],
    ['no token', ['list'], { GATE_TOKEN: '', GATE_DATA: '/no/such' }, 1, /GATE_TOKEN is not set/],
    ['no gate', ['list'], { GATE_URL: 'http://127.0.0.1:1' }, 1, /cannot be reached/],
  ])('says what is wrong: %s', async (_, args, env, code, words) => {
    const ended = await token(args, env);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(words);
    expect(ended.stderr).toMatch(/^hint: /m);
  });
});

describe('gate', () => {
  it('starts from any directory through a link', () => {
    const launcher = fileURLToPath(new URL('../../src/cli/gate.cjs', import.meta.url));
    const link = path.join(freshDirectory(), 'gate');
    symlinkSync(launcher, link);
    const { stdout, status } = spawnSync(link, ['--version'], { cwd: freshDirectory(), encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), status: 0 });
  });

  it('names the command that was meant', async () => {
    const { code, stderr } = await startGate(['tokne']).ended;
    expect(code).toBe(2);
    expect(stderr).toBe('error: there is no command tokne\nhint: did you mean gate token?\n');
  });

  it('shows help with an example for each of its commands', async () => {
    const { stdout, code } = await startGate(['--help']).ended;
    expect(code).toBe(0);
    for (const name of ['run', 'verify', 'token', 'pending']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
      const help = await startGate([name, '--help']).ended;
      expect(help).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^gate [\s\S]*\nExample:\n {2}gate /),
      });
    }
  });
});
