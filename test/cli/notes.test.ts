import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PolicyShape } from '../../src/config/policy-shape.ts';
import { vote } from '../../src/gate/vote.ts';
import { freshDatabase } from '../support/databases.ts';
import { voterNamed } from '../support/deps.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import { freshDirectory, startGate } from '../support/gate-process.ts';
import { gateRun } from '../support/story.ts';

const directory = freshDirectory();
let gate: TestGate;
let ci: string;
beforeAll(async () => {
  gate = await startTestGate(await freshDatabase('embedded'));
  gate.deps.canAsk = true;
  ci = await gate.token();
});
afterAll(() => gate.close());

/** The real `gate notes`, as an administrator unless said otherwise. */
const notes = (args: string[], token = gate.adminToken.token) =>
  startGate(['notes', ...args], {
    env: { GATE_URL: gate.address, GATE_TOKEN: token, GATE_PUBLIC_KEY: gate.publicKey },
    cwd: directory,
  }).ended;
const deny = async (command: string, reason: string) => {
  const body = { environment: 'production', command };
  const { id } = (await gate.call('POST', '/api/v1/requests', { token: ci, body })).body;
  await vote(gate.deps, { requestId: id, voter: voterNamed('Ana'), verdict: 'deny', reason, method: 'card' });
};

describe('gate notes', () => {
  it('lists what denials said in a table, and finds it by a word', async () => {
    await deny('psql -c "vacuum full orders"', 'use pg_repack\nnot \x1b[31mVACUUM FULL');
    await notes([
      'add',
      'ask #search',
      '--env',
      'production',
      '--project',
      'shop',
      '--command',
      'kubectl delete pod s-0',
    ]);
    const { stdout } = await notes(['list', '--env', 'production']);
    const [heading = '', ...rows] = stdout.trimEnd().split('\n');
    expect(heading).toMatch(/^ID +ABOUT +NOTE +ENVIRONMENT +PROJECT +BY +SAID +STATE$/);
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row.indexOf('production')).toBe(heading.indexOf('ENVIRONMENT'));
    expect(rows[0]).toMatch(
      /^note_[0-9a-f]{16} +kubectl delete pod\/s-0 +ask #search +production +shop +admin/,
    );
    expect(stdout).not.toContain('\x1b');
    expect((await notes(['search', 'PG_REPACK'])).stdout).toMatch(/use pg_repack ⏎ not/);
    expect(await notes(['search', 'nothing like it'])).toMatchObject({
      stdout: '',
      stderr: 'there are no such notes\n',
    });
    const json = (await notes(['search', 'repack', '--json'])).stdout;
    expect(JSON.parse(json)).toMatchObject({ family: 'psql', denials: 1, author: { name: 'Ana' } });
  });

  it('adds, edits, pins, unpins, retires and restores', async () => {
    const added = await notes([
      'add',
      'slow',
      '--env',
      'staging',
      '--family',
      'helm upgrade',
      '--project',
      '*',
    ]);
    expect(added).toMatchObject({ code: 0, stderr: 'noted on helm upgrade in staging\n' });
    const id = added.stdout.trim();
    const now = async () =>
      JSON.parse((await notes(['list', '--env', 'staging', '--json'])).stdout || 'null');
    expect(await notes(['edit', id, 'takes 10 minutes'])).toMatchObject({
      code: 0,
      stderr: 'edited in staging: takes 10 minutes\n',
    });
    expect(await notes(['edit', id, 'late', '--version', '1'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: Somebody has changed this note.*\nhint: /),
    });
    expect((await notes(['pin', id])).stderr).toBe('pinned in staging: takes 10 minutes\n');
    expect(await now()).toMatchObject({ text: 'takes 10 minutes', pinned: true });
    await notes(['unpin', id]);
    expect(await now()).toMatchObject({ pinned: false });
    await notes(['retire', id]);
    expect(await now()).toBeNull();
    expect((await notes(['list', '--retired'])).stdout).toMatch(/ retired, edited by admin$/m);
    await notes(['restore', id]);
    expect(await now()).toMatchObject({ version: 6, retired_at: null });
  });

  it('prints the policies that denials propose, to be pasted', async () => {
    for (const _ of [1, 2, 3]) await deny('kubectl delete pvc data', 'restore: "first" # please');
    const { stdout, code } = await notes(['proposals', '--env', 'production']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^policies:\n {2}# kubectl delete persistentvolumeclaim\/data was denied 3 times in production, last on /,
    );
    const { policies } = parse(stdout) as { policies: unknown[] };
    expect(policies.map((policy) => PolicyShape.parse(policy).block)).toEqual([
      'Denied 3 times. People said: “restore: "first" # please”.',
    ]);
    expect((await notes(['proposals', '--env', 'staging'])).stderr).toMatch(/^nothing was denied so often/);
  });

  it('exports the runbook of an environment, to a file or to the terminal', async () => {
    const printed = await notes(['export', '--environment', 'production']);
    expect(printed.stdout).toMatch(/^# Runbook: production\n/);
    expect(await notes(['export', '--env', 'production', 'production.md'])).toMatchObject({
      code: 0,
      stdout: '',
    });
    expect(readFileSync(path.join(directory, 'production.md'), 'utf8')).toBe(printed.stdout);
    expect(await notes(['export', '--env', 'nowhere'])).toMatchObject({ code: 1, stdout: '' });
  });

  it.each([
    [[], /say what gate notes should do/],
    [['frobnicate'], /no gate notes frobnicate/],
    [['list', 'x'], /takes no arguments/],
    [['search'], /no text to look for/],
    [['add', 'x', '--env', 'production'], /does not say what it is about/],
    [['add', 'x', 'y', '--env', 'production', '--family', 'rm'], /one argument/],
    [['add', 'x', '--env', 'production', '--command', 'rm', '--target', 'y'], /--target goes with --family/],
    [['edit', 'note_1'], /name one note/],
    [['edit', 'note_1', 'x', '--version', 'old'], /--version is no number/],
    [['pin'], /name the notes/],
    [['export'], /--env is missing/],
  ])('is not used wrongly: %j', async (args, words) => {
    expect(await notes(args)).toMatchObject({ code: 2, stderr: expect.stringMatching(words) });
  });
});

describe('gate run', () => {
  it('prints what the runbook says before it waits, safe for the terminal', async () => {
    await deny('touch maintenance', 'never here:\n\x1b[2Juse a migration');
    const run = gateRun(['--env', 'production', '--', 'touch', 'maintenance'], {
      url: gate.address,
      token: ci,
      publicKey: gate.publicKey,
    });
    await run.says('waiting for approval');
    run.process.kill('SIGINT');
    const { stderr } = await run.exit;
    const [first, note, third] = stderr.split('\n');
    expect(first).toBe('gate: read this first, from the runbook:');
    expect(note).toMatch(/^ {6}denied on \d+ \w+ by Ana: never here: ⟦U\+001B⟧\[2Juse a migration$/);
    expect(third).toBe('gate: waiting for approval in production');
  });
});
