import { spawnSync } from 'node:child_process';
import { mkdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { splitWords } from '../../action/src/words.ts';
import { freshDirectory } from '../support/gate-process.ts';
import { newKey, StubGate, type StubRequest } from '../support/stub-gate.ts';
import { obeyed, type Step, startStep } from './runner.ts';

let gate: StubGate;
const started: Step[] = [];

beforeEach(async () => {
  gate = await new StubGate().open();
});
afterEach(async () => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL');
  await gate.vanish();
});

const approve = (request: StubRequest) => gate.decide(request, 'approved', { people: ['Ana'] });

function step(inputs: Record<string, string>, options: Parameters<typeof startStep>[1] = {}): Step {
  const given = {
    environment: 'production',
    url: gate.url,
    token: gate.token,
    'public-key': gate.key.publicKey,
    ...inputs,
  };
  const running = startStep(given, options);
  started.push(running);
  return running;
}

describe('the built action', () => {
  it('is what the sources give, and small', () => {
    const build = fileURLToPath(new URL('../../action/build.mjs', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [build, '--check'], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const dist = fileURLToPath(new URL('../../action/dist/index.mjs', import.meta.url));
    expect(statSync(dist).size).toBeLessThan(60_000);
  });
});

describe('a step', () => {
  it('waits for the approval, runs the command, and tells the run', async () => {
    const asked = gate.next('submit');
    const running = step({ command: 'echo "deploying $((1+1))"', reason: 'Release 1.4', timeout: '5m' });
    const request = await asked;
    await running.says(/Waiting for approval until/);
    expect(running.state()).toEqual({ main: 'yes', request: request.body.id });
    approve(request);
    const { code, stdout } = await running.ended;

    expect(code).toBe(0);
    expect(stdout).toMatch(/^deploying 2$/m);
    expect(stdout).toMatch(/Approved by Ana after/);
    expect(running.outputs()).toEqual({
      decision: 'approved',
      'request-id': request.body.id,
      'decided-by': 'Ana',
      reason: '',
      'exit-code': '0',
    });
    expect(running.state()).toMatchObject({ ended: 'yes' });
    expect(running.summary()).toMatch(
      /approved and run.*<pre>echo &quot;deploying.*production.*MEDIUM.*Ana/s,
    );
    expect(request.submit).toMatchObject({
      command: 'echo "deploying $((1+1))"',
      reason: 'Release 1.4',
      timeout_seconds: 300,
      context: {
        source: 'github-actions',
        repository: 'acme/shop',
        run_id: '77',
        run_attempt: '2',
        run_url: 'https://github.example.com/acme/shop/actions/runs/77/attempts/2',
        job: 'deploy',
        step: 'migrate',
        actor: 'octocat',
      },
    });
    expect(request.outcome).toMatchObject({ exit_code: 0 });
  });

  it('asks for an emergency, and says what follows', async () => {
    const asked = gate.next('submit');
    const running = step({ command: 'echo ran', emergency: 'true', reason: 'checkout is down' });
    const request = await asked;
    expect(request.submit).toMatchObject({ emergency: true, reason: 'checkout is down' });
    approve(request);
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    const warnings = obeyed(stdout).filter((line) => line.startsWith('::warning title=Emergency'));
    expect(warnings).toEqual([
      expect.stringMatching(/EMERGENCY in production: only the emergency list of production may approve/),
      expect.stringMatching(/a retrospective is due within 24 hours/),
    ]);
  });

  it.each([
    ['true', '', /An emergency needs the input reason/],
    ['yes', 'checkout is down', /Emergency is neither true nor false: yes/],
  ])('asks nobody for an emergency %s with the reason “%s”', async (emergency, reason, words) => {
    const running = step({ command: 'echo ran', emergency, ...(reason && { reason }) });
    const { code, stdout } = await running.ended;
    expect(code).toBe(125);
    expect(stdout).toMatch(words);
    expect(gate.requests).toEqual([]);
  });

  it('is none when it says false', async () => {
    gate.decideAtOnce = approve;
    await step({ command: 'echo ran', emergency: 'false' }).ended;
    expect(gate.requests[0]?.submit.emergency).toBeUndefined();
  });

  it('masks the token first, and shows it nowhere', async () => {
    gate.decideAtOnce = approve;
    const { stdout } = await step({ command: 'env' }).ended;
    expect(stdout.split('\n')[0]).toBe(`::add-mask::${gate.token}`);
    expect(stdout.split('\n').slice(1).join('\n')).not.toMatch(/gate_test_token|runtime-secret|INPUT_TOKEN/);
  });

  it('fails when it is denied, with the reason beside the run', async () => {
    const reason = 'Not now\n::set-output name=x::y\n<b>bold</b> @everyone';
    gate.decideAtOnce = (request) => gate.decide(request, 'denied', { people: ['Ana'], reason });
    const running = step({ command: 'echo ran' });
    const { code, stdout } = await running.ended;
    expect(code).toBe(120);
    expect(stdout).not.toMatch(/^ran$/m);
    const [, error, ...more] = obeyed(stdout);
    expect(error).toMatch(/^::error title=Gatehouse::Denied by Ana after .*: Not now ::set-output/);
    expect(more).toEqual([]);
    expect(running.outputs()).toMatchObject({
      decision: 'denied',
      'decided-by': 'Ana',
      reason,
      'exit-code': '',
    });
    expect(running.summary()).toContain('&lt;b&gt;bold&lt;/b&gt;');
    expect(running.summary().trim()).not.toContain('\n');
  });

  it('lets no text of others command the runner', async () => {
    const command = 'true\n::error::forged\n##[error]forged\n  ::add-mask::x';
    const asked = gate.next('submit');
    const running = step({ command: `${command}\n:` });
    const request = await asked;
    gate.change(request, ({ notes }) => notes.push('read\n::warning::forged'));
    await running.says(/read/);
    gate.decide(request, 'expired', { by: 'deadline' });
    const { stdout, code } = await running.ended;
    expect(code).toBe(124);
    expect(obeyed(stdout).map((line) => line.replace(/::.*::/, ''))).toEqual([
      gate.token,
      'Asking to run in production',
      '',
      expect.stringMatching(/^Expired: nobody decided/),
    ]);
  });

  it('fails with the code of the command', async () => {
    gate.decideAtOnce = approve;
    const running = step({ command: 'exit 3' });
    expect((await running.ended).code).toBe(3);
    expect(running.outputs()).toMatchObject({ decision: 'approved', 'exit-code': '3' });
    expect(running.summary()).toMatch(/the command failed/);
  });

  it('runs one program without a shell', async () => {
    gate.decideAtOnce = approve;
    const workspace = realpathSync(freshDirectory());
    mkdirSync(path.join(workspace, 'sub'));
    const inputs = { command: `printf '%s\\n' 'a  b' "$"`, shell: 'none', 'working-directory': 'sub' };
    expect((await step(inputs, { workspace }).ended).code).toBe(125);
    const running = step({ ...inputs, command: `printf '%s\\n' 'a  b' '$HOME'` }, { workspace });
    const { stdout, code } = await running.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^a {2}b\n\$HOME$/m);
    expect(gate.requests[0]?.submit).toMatchObject({ argv: ['printf', '%s\\n', 'a  b', '$HOME'] });
    expect(gate.requests[0]?.submit.cwd).toBe(path.join(workspace, 'sub'));
  });

  it('runs nothing on a signature that is not of the given key', async () => {
    gate.decideAtOnce = approve;
    const running = step({ command: 'echo ran', 'public-key': newKey().publicKey });
    const { code, stdout } = await running.ended;
    expect(code).toBe(123);
    expect(stdout).not.toMatch(/^ran$/m);
    expect(running.outputs()).toMatchObject({ decision: 'mismatch' });
  });

  it('warns once when no key is given', async () => {
    gate.decideAtOnce = approve;
    const { stdout, code } = await step({ command: 'true', 'public-key': '' }).ended;
    expect(code).toBe(0);
    expect(stdout.match(/^::warning title=Gatehouse::no public-key given/gm)).toHaveLength(1);
  });

  it('says what is missing', async () => {
    const running = step({ command: '' });
    expect((await running.ended).code).toBe(125);
    expect(running.stdout).toMatch(/::error title=Gatehouse::The input command is missing/);
  });

  it('waits on while the gate is away', async () => {
    const asked = gate.next('submit');
    const running = step({ command: 'echo ran' });
    const request = await asked;
    await running.says(/Waiting for approval/);
    await gate.vanish();
    await running.says(/Lost contact/);
    await gate.open();
    await running.says(/Contact is back/);
    approve(request);
    expect((await running.ended).code).toBe(0);
  });
});

describe('a job that is cancelled', () => {
  it('withdraws at once', async () => {
    const withdrawn = gate.next('withdraw');
    const running = step({ command: 'echo ran' });
    await running.says(/Waiting for approval/);
    running.child.kill('SIGINT');
    await withdrawn;
    expect((await running.ended).code).toBe(121);
    expect(running.outputs()).toMatchObject({ decision: 'withdrawn' });
  });

  it('stops the command when it runs', async () => {
    gate.decideAtOnce = approve;
    const running = step({
      command: "trap 'echo stopping; exit 5' INT; echo ready; while :; do sleep 0.05; done",
    });
    await running.says(/^ready/m);
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(5);
    expect(stdout).toMatch(/^stopping$/m);
  });

  it('withdraws after the job when the step was killed', async () => {
    const asked = gate.next('submit');
    const running = step({ command: 'echo ran' });
    const request = await asked;
    await running.says(/Waiting for approval/);
    running.child.kill('SIGKILL');
    await running.ended;
    const post = step({ command: 'echo ran' }, { state: running.state() });
    expect((await post.ended).code).toBe(0);
    expect(request.body.state).toBe('withdrawn');
  });

  it('reports after the job that the command was killed', async () => {
    gate.decideAtOnce = approve;
    const running = step({ command: 'echo ready; exec sleep 5' });
    await running.says(/^ready/m);
    running.child.kill('SIGKILL');
    await running.ended;
    await step({ command: 'x' }, { state: running.state() }).ended;
    expect(gate.requests[0]?.outcome).toMatchObject({ exit_code: null, signal: 'SIGKILL' });
  });

  it('leaves a step alone that came to its end', async () => {
    gate.decideAtOnce = approve;
    const running = step({ command: 'true' });
    await running.ended;
    const calls = gate.heard.length;
    expect(await step({ command: 'true' }, { state: running.state() }).ended).toMatchObject({
      code: 0,
      stdout: '',
    });
    expect(gate.heard).toHaveLength(calls);
  });
});

describe('words without a shell', () => {
  it.each<[string, string[]]>([
    ['kubectl get pods', ['kubectl', 'get', 'pods']],
    [' a\tb\n c ', ['a', 'b', 'c']],
    [`echo 'a  b'"c d"\\ e`, ['echo', 'a  bc d e']],
    [`echo '' ""`, ['echo', '', '']],
    [`echo "\\"\\$\\n"`, ['echo', '"$\\n']],
    [`echo '$HOME *' "a;b"`, ['echo', '$HOME *', 'a;b']],
  ])('%s', (text, words) => expect(splitWords(text)).toEqual(words));

  it.each([
    'a; b',
    'a && b',
    'a | b',
    'echo $X',
    'echo "$X"',
    'echo `x`',
    'ls *',
    'ls {a,b}',
    'a > b',
    '~/x',
    "it's",
    '"a',
    'a \\',
    'a # b',
    '!x',
  ])('refuses %s', (text) => expect(() => splitWords(text)).toThrow(/without a shell/));
});
