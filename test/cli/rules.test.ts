import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase } from '../support/databases.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import { freshDirectory, startGate } from '../support/gate-process.ts';

const CONFIG = `
url: http://gate.example.com
environments:
  production: { channel: "#deploys", reviewers: channel }
  staging: { channel: "#staging", reviewers: channel }
policies:
  - { name: No shells, match: { command: ["docker exec -it *"] }, block: Use the console instead. }
  - { name: Two for tables, match: { environment: production, command: ["psql *"] }, require: { approvals: 2 } }
risk:
  - { program: deployctl, args: "wipe *", points: 85, why: wipes a shop, example: deployctl wipe shop, level: CRITICAL }
limits: { requests_per_second: 1000, burst: 1000, pending_per_token: 1000 }
`;

const directory = freshDirectory();
const inDirectory = (name: string, text?: string): string => {
  const file = path.join(directory, name);
  if (text !== undefined) writeFileSync(file, text);
  return file;
};

let gate: TestGate;
let ci: string;
beforeAll(async () => {
  gate = await startTestGate(await freshDatabase('embedded'), { config: CONFIG });
  gate.deps.canAsk = true;
  ci = await gate.token();
});
afterAll(() => gate.close());

/** The real `gate`, as an administrator unless said otherwise. */
const cli = (args: string[], token = gate.adminToken.token) =>
  startGate(args, {
    env: { GATE_URL: gate.address, GATE_TOKEN: token, GATE_PUBLIC_KEY: gate.publicKey },
    cwd: directory,
  }).ended;
const rules = (args: string[], token?: string) => cli(['rules', ...args], token);

describe('gate rules', () => {
  it('adds a rule, shows how far it reaches, and lets a command pass quietly; then revokes it', async () => {
    const added = await rules(['add', 'echo shop-*', '--env', 'staging', '--expires-in', '90d']);
    expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^rul_[0-9a-f]{16}\n$/) });
    expect(added.stderr).toMatch(/^covers {10}echo shop-api\n {16}echo shop-api2\n/m);
    expect(added.stderr).toMatch(/^does not cover {2}echo shop-api; rm -rf \/\n/m);
    const id = added.stdout.trim();

    const ran = await cli(['run', '--env', 'staging', '--', 'echo', 'shop-web'], ci);
    expect(ran).toMatchObject({ code: 0, stdout: 'shop-web\n' });
    expect(ran.stderr.split('\n')[0]).toBe('gate: allowed by rule: echo shop-*; running it');
    expect(ran.stderr).not.toContain('waiting');

    const { stdout } = await rules(['list', '--env', 'staging', '--search', 'shop']);
    expect(stdout).toMatch(/^ID +RULE +ENVIRONMENT +PROJECT +HITS +LAST USE +EXPIRES +STATE$/m);
    expect(stdout).toMatch(new RegExp(`^${id} +echo shop-\\* +staging +\\* +1 +\\S+ +\\S+ +in force$`, 'm'));
    expect(await rules(['revoke', id])).toMatchObject({ code: 0, stderr: `revoked ${id}\n` });
    expect(await rules(['revoke', id])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: .*\nhint: /),
    });
  });

  it('says when a second person has to confirm, and lets them', async () => {
    const [ana, ben] = [
      await gate.token({ kind: 'human', owner: 'UANA' }),
      await gate.token({ kind: 'human', owner: 'UBEN' }),
    ];
    const { stdout, stderr } = await rules(['add', 'echo twice', '--env', 'production'], ana);
    const id = stdout.trim();
    expect(stderr).toContain(`It waits for a second person, who runs: gate rules confirm ${id}`);
    expect((await rules(['confirm', id], ana)).stderr).toContain('Somebody else has to confirm');
    expect(await rules(['confirm', id], ben)).toMatchObject({
      code: 0,
      stderr: 'in force in production: echo twice\n',
    });
  });

  it.each([
    ['a rule that is none', ['add', 'bash **', '--env', 'staging'], /no valid rule: /],
    ['a rule in pieces', ['add', 'kubectl', 'get', '*', '--env', 'staging'], /quote it: 'kubectl get \*'/],
    ['no environment', ['add', 'echo a'], /--env is missing/],
    ['an unknown environment', ['add', 'echo a', '--env', 'moon'], /no such environment/],
    [
      'examples that disagree',
      ['add', 'echo a', '--env', 'staging', '--match', 'echo b'],
      /match: echo b: no rule covers/,
    ],
    ['an unknown verb', ['lst'], /there is no gate rules lst/],
    ['nothing to explain', ['explain', '--env', 'staging'], /no command to explain/],
  ] as const)('says what is wrong with %s', async (_, args, words) => {
    const { code, stdout, stderr } = await rules([...args]);
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(words);
    expect(stderr).toMatch(/^hint: .+/m);
  });

  it('writes the rules to a file that diffs well, and makes them those of a file', async () => {
    const line = (rule: string, over = {}) =>
      JSON.stringify({ rule, environment: 'staging', project: 'shop', ...over });
    const lines = [
      line('echo b', { match: ['echo b'], not_match: ['echo c'], expires_at: '2099-01-01T00:00:00.000Z' }),
      line('echo a', { repository: 'acme/shop', requester: 'ci', cwd: '/srv', when_unanswered: 'allow' }),
      line('= for i in 1 2; do\n  echo $i\ndone', { environment: '*', allows_critical: true }),
    ];
    const file = inDirectory('rules.jsonl', `${lines.join('\n\n')}\n`);
    const shown = await rules(['import', file]);
    expect(shown).toMatchObject({ code: 1, stderr: expect.stringContaining('add --yes') });
    expect(shown.stdout).toMatch(/^\+ echo b {2}\(staging, shop, until 2099-01-01\)$/m);
    expect(await rules(['import', file, '--yes'])).toMatchObject({ code: 0 });

    const out = inDirectory('out.jsonl');
    await rules(['export', out]);
    const exported = readFileSync(out, 'utf8')
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(exported.map(({ rule }) => rule)).toEqual([JSON.parse(lines[2]!).rule, 'echo a', 'echo b']);
    expect(exported[1]).toEqual({
      ...JSON.parse(lines[1]!),
      source: 'manual',
      created_at: expect.any(String),
    });
    expect(Object.keys(exported[0]).slice(0, 3)).toEqual(['rule', 'environment', 'project']);
    expect(await rules(['import', out])).toMatchObject({ code: 0, stdout: '' });
    expect((await rules(['export'])).stdout).toBe(readFileSync(out, 'utf8'));

    writeFileSync(out, readFileSync(out, 'utf8').split('\n').slice(1).join('\n'));
    expect((await rules(['import', out, '--yes'])).stdout).toBe(
      '- = for i in 1 2; do   echo $i done  (*, shop, CRITICAL too)\n',
    );
  });

  it('names the lines that are wrong, and changes nothing', async () => {
    const before = (await rules(['export'])).stdout;
    const file = inDirectory(
      'wrong.jsonl',
      '{"rule":"echo a","environment":"staging"}\n\n{"rule":"bash **","environment":"staging"}\n{"rule":"echo","environment":7}\n',
    );
    const shape = await rules(['import', file, '--yes']);
    expect(shape.code).toBe(1);
    expect(shape.stderr).toContain(`${file} line 4, environment: `);
    writeFileSync(file, readFileSync(file, 'utf8').replace('7', '"moon"'));
    const { stderr } = await rules(['import', file, '--yes']);
    expect(stderr).toContain(`${file} line 3, rule: `);
    expect(stderr).toContain(`${file} line 4, environment: There is no such environment`);
    expect((await rules(['export'])).stdout).toBe(before);
  });

  it('explains in plain words what would become of a command', async () => {
    await rules(['add', 'helm status *', '--env', 'staging', '--project', 'shop']);
    const explain = async (...args: string[]) =>
      (await rules(['explain', '--env', 'staging', ...args], ci)).stdout;
    expect(await explain('--', 'helm', 'status', 'api')).toMatch(
      /^command {4}helm status api\nin {9}staging, project shop\nwould be {3}allowed at once by rule\nrules {6}helm status \* {2}\(rul_\w+\)\nrisk {7}LOW, \d+ of 100\n/,
    );
    const near = await explain('helm status api --debug');
    expect(near).toMatch(
      /^would be {3}asked about: members of #staging; denied when unanswered after 10 min$/m,
    );
    expect(near).toMatch(
      /^nearest {4}helm status \*\n {13}word 4 `--debug` is one word more than the rule has$/m,
    );
    expect(near).toMatch(/^looked at {4}policy “No shells”: does not apply: /m);
    expect(await explain('--', 'docker', 'exec', '-it', 'x', 'sh')).toContain(
      'would be   blocked by the policy “No shells”: Use the console instead.',
    );
  });

  it('tells who runs a blocked command why, and what to do', async () => {
    const { code, stdout, stderr } = await cli(
      ['run', '--env', 'staging', '--shell', 'docker exec -it x sh'],
      ci,
    );
    expect({ code, stdout }).toEqual({ code: 122, stdout: '' });
    expect(stderr).toMatch(
      /^error: blocked by a policy: No shells: Use the console instead\.\nhint: nothing was run/m,
    );
  });
});

describe('offline, with --config', () => {
  const config = inDirectory(
    'gatehouse.yaml',
    `${CONFIG}\nemail: { smtp: "\${SMTP_URL}", from: gate@example.com }\n`,
  );
  const file = inDirectory(
    'offline.jsonl',
    ['psql *', 'kubectl get *', 'deployctl wipe *']
      .map((rule) => JSON.stringify({ rule, environment: '*', project: '*', allows_critical: rule === 'x' }))
      .join('\n'),
  );
  const check = async (...args: string[]) =>
    JSON.parse((await cli(['check', '--rules', file, '--explain', ...args])).stdout);

  it('judges as the gate would: policies, floor and the rows of the site', async () => {
    const get = ['--', 'kubectl', 'get', 'pods'];
    expect(await check('--config', config, '--env', 'production', ...get)).toMatchObject({
      covered: true,
      explain: { ruling: { kind: 'allow', by: 'rule' }, runs_without_asking: true },
    });
    expect(await check('--config', config, '--env', 'moon', ...get)).toMatchObject({
      covered: true,
      explain: {
        ruling: null,
        runs_without_asking: false,
        looked_at: [{ kind: 'environment', name: 'moon' }],
      },
    });
    const wipe = ['--env', 'staging', '--', 'deployctl', 'wipe', 'shop'];
    expect((await check(...wipe)).explain).toMatchObject({ runs_without_asking: true });
    expect((await check('--config', config, ...wipe)).explain).toMatchObject({
      risk: { level: 'CRITICAL' },
      runs_without_asking: false,
      floor: expect.stringContaining('administrator marked'),
    });
  });

  it('scores with the rows of the site', async () => {
    const { stdout } = await cli(['risk', '--config', config, '--', 'deployctl', 'wipe', 'shop']);
    expect(stdout).toContain('wipes a shop');
  });
});
