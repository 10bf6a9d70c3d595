import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase } from '../support/databases.ts';
import { callerOf } from '../support/deps.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import { freshDirectory, startGate } from '../support/gate-process.ts';
import { decided } from '../support/history.ts';
import { openSuggestion } from '../support/learning.ts';

const directory = freshDirectory();
let gate: TestGate;
beforeAll(async () => {
  gate = await startTestGate(await freshDatabase('embedded'));
  gate.deps.canAsk = true;
});
afterAll(() => gate.close());

const cli = (...args: string[]) =>
  startGate(args, {
    env: { GATE_URL: gate.address, GATE_TOKEN: gate.adminToken.token, GATE_PUBLIC_KEY: gate.publicKey },
    cwd: directory,
  }).ended;
const open = (id: string, over = {}) =>
  openSuggestion(gate.deps.database, { id, family: `fam_${id}`, environment: 'staging', ...over });

describe('gate suggestions', () => {
  it('lists, shows, narrows, accepts and undoes', async () => {
    await open('sug_first');
    const listed = await cli('suggestions', 'list');
    expect(listed.stdout).toMatch(/^ID +KIND +ENVIRONMENT/);
    expect(listed.stdout).toMatch(/^sug_first +add +staging +shop +MEDIUM +1 +4 +Let pass/m);
    const shown = await cli('suggestions', 'show', 'sug_first');
    expect(shown.stdout).toContain('narrow by        value:0:0  {svc:api,web} without api');
    expect(shown.stdout).toContain('would not allow  kubectl rollout restart deployment/db');

    const narrowed = await cli('suggestions', 'narrow', 'sug_first', 'value:0:1', '--json');
    const { id } = JSON.parse(narrowed.stdout) as { id: string };
    const accepted = await cli('suggestions', 'accept', id);
    expect(accepted).toMatchObject({
      code: 0,
      stderr: `${id}: accepted. To take it back: gate suggestions undo ${id}\n`,
    });
    expect(accepted.stdout).toMatch(/^\+ kubectl rollout restart deployment\/api {2}\(rul_[0-9a-f]{16}\)\n$/);
    expect((await cli('rules', 'list', '--search', 'restart')).stdout).toMatch(/in force$/m);
    expect((await cli('suggestions', 'undo', id)).stdout).toMatch(/^- kubectl rollout restart/);
    expect((await cli('suggestions', 'list')).stderr).toBe('nothing waits for an answer\n');
  });

  it('puts off, refuses, exports and says what is wrong', async () => {
    await open('sug_off');
    await open('sug_no');
    expect(
      (await cli('suggestions', 'export')).stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { source: 'suggested', environment: 'staging' },
      { source: 'suggested', environment: 'staging' },
    ]);
    expect(await cli('suggestions', 'not-now', 'sug_off')).toMatchObject({
      code: 0,
      stderr: 'sug_off: put off for a week\n',
    });
    expect(await cli('suggestions', 'reject', 'sug_no', '--reason', 'no')).toMatchObject({
      code: 0,
      stderr: 'sug_no: refused\n',
    });
    expect(await cli('suggestions', 'accept', 'sug_no')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has been answered'),
    });
    expect(await cli('suggestions', 'accept')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: name the suggestion\nhint: /),
    });
    expect(await cli('suggestions', 'lst')).toMatchObject({ code: 2 });
  });

  it('accepts into the shadow, which the list of rules shows', async () => {
    await open('sug_shadow', { rules: ['echo {int}'], evidence: { examples: ['echo 1'] } as never });
    const { stderr } = await cli('suggestions', 'accept', 'sug_shadow', '--shadow', '7d');
    expect(stderr).toMatch(/^sug_shadow: in the shadow until \d{4}-\d\d-\d\d\./);
    expect((await cli('rules', 'list', '--search', 'echo')).stdout).toMatch(
      /in the shadow, until \S+, would have run 0$/m,
    );
    expect((await cli('rules', 'export')).stdout).toMatch(/"shadow_until":".+"suggestion":"sug_shadow"/);
  });
});

describe('gate rules simulate and gate report', () => {
  it('says which decisions would be others, and fails when one of them was denied', async () => {
    const caller = await callerOf(gate.deps);
    const over = { environment: 'staging' };
    await decided(gate.deps, caller, { text: 'deployctl go fast', verdict: 'approve', by: 'ana', over });
    await decided(gate.deps, caller, { text: 'deployctl go wild', verdict: 'deny', by: 'ana', over });
    const file = path.join(directory, 'rules.jsonl');
    const write = (...rules: string[]) =>
      writeFileSync(
        file,
        rules.map((rule) => `${JSON.stringify({ rule, environment: 'staging' })}\n`).join(''),
      );
    write('deployctl go fast');
    const fine = await cli('rules', 'simulate', '--file', file);
    expect(fine.code).toBe(0);
    expect(fine.stdout).toContain(
      'would run without asking:\n      1  deployctl  in staging\n         deployctl go fast\n',
    );
    write('deployctl go *');
    const bad = await cli('rules', 'simulate', '--file', file, '--days', '30');
    expect(bad.code).toBe(1);
    expect(bad.stdout).toContain(
      'DENIED by people, and would run:\n      1  deployctl  in staging\n         deployctl go wild\n',
    );
    expect(await cli('rules', 'simulate')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--file is missing'),
    });
  });

  it('reports, for people and as JSON', async () => {
    const { stdout } = await cli('report', '--days', '7');
    expect(stdout).toMatch(/^decided +2, of them 0 by a rule \(0 %\)$/m);
    expect(stdout).toMatch(/^who answers +ana: 2, median/m);
    expect(JSON.parse((await cli('report', '--json')).stdout)).toMatchObject({ days: 30, decided: 2 });
  });

  it('keeps, resumes and brings back', async () => {
    expect(await cli('rules', 'keep')).toMatchObject({ code: 2 });
    for (const verb of ['keep', 'resume', 'undo'])
      expect(await cli('rules', verb, 'rul_0000000000000000')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('no such thing'),
      });
  });
});
