import {
  chmodSync,
  existsSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshDirectory, type Running, startGate } from '../support/gate-process.ts';
import { newKey, StubGate, type StubRequest } from '../support/stub-gate.ts';

let gate: StubGate;
const started: Running[] = [];

beforeEach(async () => {
  gate = await new StubGate().open();
});
afterEach(async () => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL');
  await gate.vanish();
});

const approve = (request: StubRequest) => gate.decide(request, 'approved', { people: ['Ana'] });

function run(args: string[], options: Parameters<typeof startGate>[1] = {}): Running {
  const env = {
    GATE_URL: gate.url,
    GATE_TOKEN: gate.token,
    GATE_PUBLIC_KEY: gate.key.publicKey,
    ...options.env,
  };
  const running = startGate(['run', '--env', 'production', ...args], { ...options, env });
  started.push(running);
  return running;
}

/** Runs with an approval at once. */
async function runApproved(args: string[], options: Parameters<typeof startGate>[1] = {}) {
  gate.decideAtOnce = approve;
  return run(args, options).ended;
}

/** A program of its own, that leaves a trace when it runs. */
function program(body = 'echo ran'): { directory: string; file: string } {
  const directory = realpathSync(freshDirectory());
  const file = path.join(directory, 'deploy');
  writeFileSync(file, `#!/bin/bash\n${body}\n`);
  chmodSync(file, 0o755);
  return { directory, file };
}

describe('an emergency', () => {
  it('is asked for as one, and says who may approve and what follows', async () => {
    const asked = gate.next('submit');
    const running = run(['--emergency', '--reason', 'checkout is down', '--', 'echo', 'ran']);
    const request = await asked;
    await running.says(
      /^gate: EMERGENCY in production: only the emergency list of production may approve; a retrospective is due within 24 hours\ngate: waiting/m,
    );
    expect(request.submit).toMatchObject({ emergency: true, reason: 'checkout is down' });
    approve(request);
    const { code, stderr } = await running.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/approved by Ana.*; running it\ngate: a retrospective is due within 24 hours/);
  });

  it('is told when it was declared one while it waited', async () => {
    const asked = gate.next('submit');
    const running = run(['--', 'echo', 'ran']);
    const request = await asked;
    await running.says(/waiting for approval/);
    gate.change(request, ({ asked }) => {
      asked.emergency = true;
    });
    await running.says(/it was declared an EMERGENCY in production: only the emergency list/);
    expect(request.submit.emergency).toBeUndefined();
  });

  it('owes nothing when a rule lets it pass', async () => {
    gate.decideAtOnce = (request) => {
      request.body.asked.emergency = false;
      gate.decide(request, 'approved', { by: 'rule', reason: 'echo *' });
    };
    const { code, stderr } = await run(['--emergency', '--reason', 'r', '--', 'echo', 'ran']).ended;
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/EMERGENCY|retrospective/);
  });

  it.each([
    ['no reason', ['--emergency']],
    ['an empty reason', ['--emergency', '--reason', '  ']],
  ])('needs a reason: %s', async (_, flags) => {
    const { code, stderr } = await run([...flags, '--', 'echo', 'ran']).ended;
    expect(code).toBe(125);
    expect(stderr).toMatch(
      /^error: --emergency needs --reason\nhint: say what is wrong .*--emergency --reason/m,
    );
    expect(gate.requests).toEqual([]);
  });

  it('says what the gate said when a retrospective is due first', async () => {
    const problem = {
      type: '/docs#retrospective-due',
      title: 'A retrospective of an emergency is still due',
      status: 409,
      detail: 'It is that of https://gate.example.com/requests/req_1.',
      hint: 'Give it first: its card in Slack has the button.',
    };
    const headers = { 'content-type': 'application/problem+json' };
    gate.instead.push({
      match: /^POST \/api\/v1\/requests$/,
      answer: { status: 409, headers, body: JSON.stringify(problem) },
    });
    const { code, stdout, stderr } = await run(['--emergency', '--reason', 'r', '--', 'echo', 'ran']).ended;
    expect({ code, stdout }).toEqual({ code: 125, stdout: '' });
    expect(stderr).toMatch(
      /^error: A retrospective of an emergency is still due: It is that of https:.*req_1\.\nhint: Give it first/m,
    );
  });

  it('says so in JSON', async () => {
    gate.decideAtOnce = (request) => gate.decide(request, 'denied', { people: ['Ana'] });
    const { stderr } = await run(['--json', '--emergency', '--reason', 'r', '--', 'true']).ended;
    expect(JSON.parse(stderr.trim())).toMatchObject({ event: 'ended', state: 'denied', emergency: true });
    gate.decideAtOnce = null;
    const running = run(['--json', '--emergency', '--reason', 'r', '--', 'true']);
    await running.says(/"event":"waiting".*"emergency":true/);
  });
});

describe('a decision by people', () => {
  it('waits, runs what was approved, and reports how it ended', async () => {
    const asked = gate.next('submit');
    const running = run(['--reason', 'Release 1.4', '--', 'bash', '-c', 'echo out; echo err >&2; exit 7']);
    const request = await asked;
    await running.says(/waiting for approval in production[\s\S]*#production[\s\S]*10 min left/);
    expect(gate.heard.some(({ path }) => path.endsWith('/start'))).toBe(false);
    approve(request);
    const { code, stdout, stderr } = await running.ended;

    expect({ code, stdout }).toEqual({ code: 7, stdout: 'out\n' });
    expect(stderr).toMatch(/approved by Ana after/);
    expect(stderr).toMatch(/\nerr\n/);
    expect(request.submit).toMatchObject({
      environment: 'production',
      argv: ['bash', '-c', 'echo out; echo err >&2; exit 7'],
      reason: 'Release 1.4',
      heartbeat_seconds: 30,
      context: { source: expect.any(String), host: expect.any(String) },
    });
    expect(request.outcome).toMatchObject({ exit_code: 7, signal: null });
  });

  it('tells of each approval when several are needed', async () => {
    const asked = gate.next('submit');
    const running = run(['--', 'true']);
    const request = await asked;
    await running.says(/waiting for approval/);
    gate.change(request, ({ asked }) => {
      asked.approvals_needed = 2;
      asked.approvals = [{ id: 'U1', name: 'Ana' }];
    });
    await running.says(/1 of 2 approved, by Ana/);
    gate.decide(request, 'approved', { people: ['Ana', 'Bo'] });
    await running.says(/approved by Ana and Bo/);
    expect((await running.ended).code).toBe(0);
  });

  it('runs nothing when it is denied, and says who and why', async () => {
    gate.decideAtOnce = (request) =>
      gate.decide(request, 'denied', { people: ['Ana'], reason: 'Freeze \u001b[31m until\u202E Monday' });
    const { directory, file } = program('touch ran');
    const { code, stderr } = await run(['--', file], { cwd: directory }).ended;
    expect(code).toBe(120);
    expect(stderr).toMatch(
      /^error: denied by Ana after .*: Freeze ⟦U\+001B⟧\[31m until⟦U\+202E⟧ Monday\nhint: /m,
    );
    expect(stderr).not.toMatch(/[\u001b\u202E]/);
    expect(existsSync(path.join(directory, 'ran'))).toBe(false);
  });

  it.each([
    ['expired', 'deadline', 124, /expired: nobody decided within/],
    ['blocked', 'policy', 122, /blocked by a policy/],
    ['withdrawn', 'lost-contact', 121, /withdrawn/],
    ['withdrawn', 'newer-request', 121, /hint: .*the newer request goes on in its place/],
    ['denied', 'nobody-to-ask', 120, /connected to Slack/],
    ['denied', 'nobody-there', 120, /nobody was there in #production[\s\S]*ask again in office hours/],
  ] as const)('has a code of its own for %s', async (state, by, exitCode, words) => {
    gate.decideAtOnce = (request) => gate.decide(request, state, { by });
    const { code, stdout, stderr } = await run(['--', 'echo', 'ran']).ended;
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toMatch(words);
    expect(stderr).toMatch(/^hint: /m);
  });

  it('withdraws on Ctrl-C', async () => {
    const withdrawn = gate.next('withdraw');
    const running = run(['--', 'echo', 'ran']);
    await running.says(/waiting for approval/);
    running.child.kill('SIGINT');
    expect((await withdrawn).body.state).toBe('withdrawn');
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 121, stdout: '' });
    expect(stderr).toMatch(/withdrawn after .*SIGINT.*nothing was run/);
  });

  it('prints one JSON line when it waits and one at the end', async () => {
    const asked = gate.next('submit');
    const running = run(['--json', '--', 'sh', '-c', 'exit 3']);
    const request = await asked;
    await running.says(/"event":"waiting"/);
    approve(request);
    const { code, stderr } = await running.ended;
    const [waiting, ended, ...more] = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(3);
    expect(more).toEqual([]);
    expect(waiting).toMatchObject({ event: 'waiting', id: request.body.id, environment: 'production' });
    expect(ended).toMatchObject({
      event: 'ended',
      state: 'approved',
      ran: true,
      exit_code: 3,
      decided_by: ['Ana'],
    });
  });
});

describe('a gate that comes and goes', () => {
  it('waits on when the gate is gone and comes back', async () => {
    const asked = gate.next('submit');
    const running = run(['--', 'echo', 'ran']);
    const request = await asked;
    await running.says(/waiting for approval/);
    await gate.vanish();
    await running.says(/lost contact/);
    await gate.open();
    await running.says(/contact is back/);
    approve(request);
    expect(await running.ended).toMatchObject({ code: 0, stdout: 'ran\n' });
    expect(gate.requests).toHaveLength(1);
  });

  it('asks again under its key when the gate has forgotten the request', async () => {
    const asked = gate.next('submit');
    const running = run(['--', 'echo', 'ran']);
    const request = await asked;
    await running.says(/waiting for approval/);
    gate.instead.push({ match: /^GET .*req_/, answer: { status: 404 } });
    const again = gate.next('submit');
    gate.change(request, () => {});
    expect(await again).toBe(request);
    approve(request);
    expect(await running.ended).toMatchObject({ code: 0 });
    const keys = gate.heard.filter(({ method, path }) => `${method} ${path}` === 'POST /api/v1/requests');
    expect(new Set(keys.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('bears 500, 503 and 429 with Retry-After', async () => {
    for (const status of [500, 503]) gate.instead.push({ match: /^POST .*requests$/, answer: { status } });
    gate.instead.push({ match: /^POST .*start$/, answer: { status: 429, headers: { 'retry-after': '1' } } });
    gate.instead.push({ match: /^POST .*outcome$/, answer: { status: 502 } });
    const { code } = await runApproved(['--', 'true']);
    expect(code).toBe(0);
    expect(gate.requests).toHaveLength(1);
    expect(gate.requests[0]?.outcome).toMatchObject({ exit_code: 0 });
    const starts = gate.heard.filter(({ path }) => path.endsWith('/start')).map(({ body }) => body);
    expect(starts).toHaveLength(2);
    expect(starts[0]).toEqual(starts[1]);
  });

  it('does not run when the approval cannot be used up', async () => {
    gate.useWithinMs = 1_500;
    gate.decideAtOnce = approve;
    gate.events.once('submit', () => void gate.vanish());
    const { code, stdout, stderr } = await run(['--', 'echo', 'ran']).ended;
    expect({ code, stdout }).toEqual({ code: 125, stdout: '' });
    expect(stderr).toMatch(/nothing was run/);
  });

  it('gives up on a gate that was never there', async () => {
    await gate.vanish();
    const { code, stderr } = await run(['--connect-timeout', '1s', '--', 'echo', 'ran']).ended;
    expect(code).toBe(125);
    expect(stderr).toMatch(/error: the gate cannot be reached, nothing was run: .*ECONNREFUSED/);
  });

  it('keeps the exit code of the command when the outcome cannot be told', async () => {
    gate.events.once('start', () => void gate.vanish());
    const { code, stderr } = await runApproved(['--', 'sh', '-c', 'exit 9']);
    expect(code).toBe(9);
    expect(stderr).toMatch(/warning: the gate could not be told/);
  });
});

describe('what runs is what was approved', () => {
  const mismatch = async (running: Running, words: RegExp) => {
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 123, stdout: '' });
    expect(stderr).toMatch(words);
    expect(gate.requests[0]?.startedBy).toBeNull();
  };

  it('refuses a grant with one byte changed', async () => {
    gate.tamper = (grant) => {
      const body = Buffer.from(grant.payload, 'base64');
      body[40] = body[40]! ^ 1;
      return { ...grant, payload: body.toString('base64') };
    };
    gate.decideAtOnce = approve;
    await mismatch(run(['--', 'echo', 'ran']), /signature on the approval is not good/);
  });

  it('refuses a grant signed with another key than the pinned one', async () => {
    gate.decideAtOnce = (request) => gate.decide(request, 'approved', { people: ['Eve'], key: newKey() });
    await mismatch(run(['--', 'echo', 'ran']), /signature[\s\S]*GATE_PUBLIC_KEY/);
  });

  it('refuses the grant of another request', async () => {
    gate.decideAtOnce = approve;
    await run(['--', 'true']).ended;
    const other = gate.requests[0]?.body.grant;
    gate.decideAtOnce = (request) => {
      approve(request);
      request.body.grant = other ?? null;
    };
    const { code, stderr } = await run(['--', 'true']).ended;
    expect(code).toBe(123);
    expect(stderr).toMatch(/for another request/);
  });

  it('refuses a grant that was used before', async () => {
    gate.decideAtOnce = (request) => {
      approve(request);
      request.startedBy = 'somebody-else';
    };
    const { code, stdout, stderr } = await run(['--', 'echo', 'ran']).ended;
    expect({ code, stdout }).toEqual({ code: 123, stdout: '' });
    expect(stderr).toMatch(/used already/);
  });

  it('refuses when the program was changed after the approval was asked for', async () => {
    const { file } = program();
    const asked = gate.next('submit');
    const running = run(['--', file]);
    const request = await asked;
    writeFileSync(file, '#!/bin/bash\necho something else\n');
    approve(request);
    await mismatch(running, /deploy was changed after you asked/);
  });

  it('refuses when another program of that name comes first on PATH', async () => {
    const { directory } = program();
    const shadow = freshDirectory();
    const asked = gate.next('submit');
    const running = run(['--', 'deploy'], { env: { PATH: `${shadow}:${directory}:${process.env.PATH}` } });
    const request = await asked;
    const evil = program('echo evil');
    symlinkSync(evil.file, path.join(shadow, 'deploy'));
    approve(request);
    await mismatch(running, /the program is now/);
  });

  it('refuses when the program is gone', async () => {
    const { file } = program();
    const asked = gate.next('submit');
    const running = run(['--', file]);
    const request = await asked;
    rmSync(file);
    approve(request);
    await mismatch(running, /is not a program/);
  });

  it('refuses when the program is changed while the approval is being used up', async () => {
    const { file } = program();
    gate.decideAtOnce = approve;
    const running = run(['--', file]);
    gate.instead.push({ match: /start$/, answer: { status: 503 } });
    gate.events.once('instead', () => writeFileSync(file, '#!/bin/bash\necho something else\n'));
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 123, stdout: '' });
    expect(stderr).toMatch(/was changed while the approval was being used/);
    expect(gate.requests[0]?.outcome).toMatchObject({ exit_code: null });
  });

  it('remembers the first key it sees, and refuses another one later', async () => {
    const home = freshDirectory();
    const env = { GATE_PUBLIC_KEY: '', XDG_CONFIG_HOME: home };
    const first = await runApproved(['--', 'true'], { env });
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(/first use of http:\/\/127\.0\.0\.1/);
    const file = path.join(home, 'gatehouse', 'known-keys.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))[gate.url].keys).toEqual([gate.key.publicKey]);

    gate.decideAtOnce = (request) => gate.decide(request, 'approved', { people: ['Eve'], key: newKey() });
    const second = await run(['--', 'true'], { env }).ended;
    expect(second.code).toBe(123);
    expect(second.stderr).toMatch(/another key than the one remembered/);
  });

  it('does not trust a damaged memory of keys', async () => {
    const home = freshDirectory();
    const env = { GATE_PUBLIC_KEY: '', XDG_CONFIG_HOME: home };
    await runApproved(['--', 'true'], { env });
    writeFileSync(path.join(home, 'gatehouse', 'known-keys.json'), '{"http');
    expect(await run(['--', 'true'], { env }).ended).toMatchObject({ code: 125 });
  });
});

describe('the way it runs', () => {
  it('passes arguments on byte for byte', async () => {
    const args = ['a  b', `it's`, '"x"', '$HOME', '*', 'müsli 🥣', '', '--json', 'line\nbreak'];
    const { stdout } = await runApproved([
      '--',
      'node',
      '-e',
      'console.log(JSON.stringify(process.argv.slice(1)))',
      '--',
      ...args,
    ]);
    expect(JSON.parse(stdout)).toEqual(args);
    expect(gate.requests[0]?.submit.argv?.slice(-args.length)).toEqual(args);
  });

  it('gives the command no standard input', async () => {
    gate.decideAtOnce = approve;
    const running = run(['--', 'cat'], { stdin: 'pipe' });
    running.child.stdin?.end('not approved');
    expect(await running.ended).toMatchObject({ code: 0, stdout: '' });
  });

  it('runs shell text with bash, without start-up files or functions', async () => {
    const { directory } = program();
    writeFileSync(path.join(directory, 'env.sh'), 'echo BASH_ENV ran\n');
    const { stdout, code } = await runApproved(['--shell', 'ls -d / && echo $((1+2)) | cat; exit 4'], {
      env: {
        BASH_ENV: path.join(directory, 'env.sh'),
        ENV: path.join(directory, 'env.sh'),
        SHELLOPTS: 'xtrace',
        PS4: '$(echo PS4 ran >&2)',
        'BASH_FUNC_ls%%': '() { echo function ran; }',
      },
    });
    expect({ stdout, code }).toEqual({ stdout: '/\n3\n', code: 4 });
  });

  it('runs shell text that begins with a dash as text', async () => {
    const { stderr, code } = await runApproved(['--shell=-x; true']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/-x: command not found/);
  });

  it('drops what changes a program, and the token', async () => {
    const { stdout } = await runApproved(['--', 'env'], {
      env: { LD_PRELOAD: '', LD_AUDIT: '', BASH_ENV: '/dev/null', 'BASH_FUNC_x%%': '() { :; }', KEPT: 'yes' },
    });
    expect(stdout).toMatch(/^KEPT=yes$/m);
    expect(stdout).not.toMatch(/^(LD_|BASH_|GATE_TOKEN)/m);
  });

  it('runs in the directory that was approved, links resolved', async () => {
    const { directory } = program();
    const link = path.join(freshDirectory(), 'link');
    symlinkSync(directory, link);
    const { stdout } = await runApproved(['--cwd', link, '--', 'sh', '-c', 'pwd -P; echo $PWD']);
    expect(stdout).toBe(`${directory}\n${directory}\n`);
    expect(gate.requests[0]?.submit.cwd).toBe(directory);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1'] as const)('passes %s on', async (signal) => {
    gate.decideAtOnce = approve;
    const running = run([
      '--',
      'bash',
      '-c',
      `trap 'echo got it; exit 5' ${signal}; echo ready; while :; do sleep 0.05; done`,
    ]);
    await running.says(/ready/);
    running.child.kill(signal);
    expect(await running.ended).toMatchObject({ code: 5, stdout: 'ready\ngot it\n' });
  });

  it('says 128 and the number when a signal ended the command', async () => {
    const { code } = await runApproved(['--', 'bash', '-c', 'kill -KILL $$']);
    expect(code).toBe(137);
    expect(gate.requests[0]?.outcome).toMatchObject({ exit_code: null, signal: 'SIGKILL' });
  });

  it('says 127 when the interpreter of a script is not there', async () => {
    const { file } = program();
    writeFileSync(file, '#!/no/such/interpreter\n');
    const { code, stderr } = await runApproved(['--', file]);
    expect(code).toBe(127);
    expect(stderr).toMatch(/could not be started/);
    expect(gate.requests[0]?.outcome).toMatchObject({ exit_code: 127 });
  });
});

describe('what is wrong before it asks', () => {
  it.each<[string, string[], NodeJS.ProcessEnv, RegExp]>([
    ['no address', ['--', 'true'], { GATE_URL: '' }, /GATE_URL is not set/],
    ['no token', ['--', 'true'], { GATE_TOKEN: '' }, /GATE_TOKEN is not set/],
    ['a token in clear', ['--', 'true'], { GATE_URL: 'http://gate.example.com' }, /unencrypted/],
    ['no command', [], {}, /no command/],
    ['no --', ['true'], {}, /has to follow "--"/],
    ['an unknown flag', ['--nope', '--', 'true'], {}, /unknown option '--nope'/],
    ['a program that is not there', ['--', 'no-such-program'], {}, /no-such-program was not found on PATH/],
    ['a directory that is not there', ['--cwd', '/no/such', '--', 'true'], {}, /no directory/],
    ['bytes that are no text', ['--', 'echo', 'a\uFFFDb'], {}, /not text/],
    ['a command too long to read', ['--', 'echo', 'x'.repeat(17_000)], {}, /gate the script/],
    ['a bad duration', ['--timeout', 'soon', '--', 'true'], {}, /no duration/],
    ['a bad key', ['--', 'true'], { GATE_PUBLIC_KEY: 'abc' }, /no Ed25519 public key/],
  ])('%s', async (_, args, env, words) => {
    const { code, stderr } = await run(args, { env }).ended;
    expect(code).toBe(125);
    expect(stderr).toMatch(/^error: .*\nhint: ./);
    expect(stderr).toMatch(words);
    expect(gate.requests).toHaveLength(0);
  });

  it('says what the gate said of a bad token', async () => {
    const { code, stderr } = await run(['--', 'true'], { env: { GATE_TOKEN: 'gate_other' } }).ended;
    expect(code).toBe(125);
    expect(stderr).toBe('error: This token is not known.\nhint: Ask for a new one.\n');
  });
});
