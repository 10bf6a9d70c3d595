import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Step, startStep } from '../action/runner.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS } from '../support/databases.ts';
import { freshDirectory } from '../support/gate-process.ts';
import { expectInvariants } from '../support/invariants.ts';
import { cardSays, hasButton, isNoted, openCard, type Story, startStory } from '../support/story.ts';
import { newKey } from '../support/stub-gate.ts';

describe.each(DATABASE_KINDS)('the action against a real gate, %s', (kind) => {
  let story: Story;
  let token: string;
  const steps: Step[] = [];
  beforeAll(async () => {
    story = await startStory(kind, kind === 'postgres' ? 'http' : 'socket');
    token = await story.gate.token();
  });
  afterEach(() => {
    for (const { child } of steps.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => story.close());

  /** A step of a workflow whose command leaves a file where it ran. */
  function step(inputs: Record<string, string> = {}): { running: Step; hasRun: () => boolean } {
    const workspace = freshDirectory();
    const given = {
      command: 'touch was-here && echo it ran',
      environment: 'production',
      url: story.gate.address,
      token,
      'public-key': story.gate.publicKey,
      reason: 'Release 4.2',
      ...inputs,
    };
    const running = startStep(given, { workspace });
    steps.push(running);
    return { running, hasRun: () => existsSync(path.join(workspace, 'was-here')) };
  }

  it('approved: it runs, and the outputs and the summary tell who approved', async () => {
    const { slack } = story;
    const { running, hasRun } = step();
    const card = await openCard(slack);
    const asked = await cardSays(slack, card, 'Release 4.2');
    expect(asked).toContain('acme/shop');
    await running.says(/Waiting for approval until/);
    expect(hasRun()).toBe(false);
    await slack.click('UANA', card, 'approve');
    const { code, stdout } = await running.ended;
    expect(code, stdout).toBe(0);
    expect(hasRun()).toBe(true);
    expect(stdout).toMatch(/^it ran$/m);
    expect(running.outputs()).toMatchObject({ decision: 'approved', 'decided-by': 'Ana', 'exit-code': '0' });
    expect(running.outputs()['request-id']).toMatch(/^req_/);
    expect(running.summary()).toMatch(/approved and run[\s\S]*production[\s\S]*approved by Ana/);
    await cardSays(slack, card, 'Ran: exit 0');
  });

  it('denied: nothing runs, the step fails, and the reason stands beside the run', async () => {
    const { slack } = story;
    const { running, hasRun } = step();
    const card = await openCard(slack);
    await slack.click('UBEN', card, 'deny');
    const view = await slack.waitFor(() => slack.openViews('UBEN')[0], { timeoutMs: 20_000 });
    await slack.submit('UBEN', view.id, { words: 'Not during the sale' });
    const { code, stdout } = await running.ended;
    expect(code).toBe(120);
    expect(hasRun()).toBe(false);
    expect(stdout).toMatch(/^::error title=Gatehouse::Denied by Ben after .*: Not during the sale/m);
    expect(running.outputs()).toMatchObject({
      decision: 'denied',
      'decided-by': 'Ben',
      reason: 'Not during the sale',
      'exit-code': '',
    });
    expect(running.summary()).toMatch(/⛔ Gatehouse: denied[\s\S]*Not during the sale/);
    await cardSays(slack, card, 'Denied by Ben');
  });

  it('expired: nobody answers, nothing runs, the step fails', async () => {
    const { slack } = story;
    const { running, hasRun } = step();
    const card = await openCard(slack);
    await isNoted(slack, card);
    await running.says(/Waiting for approval until/);
    await advance(story.database, '10 minutes 1 second');
    const { code, stdout } = await running.ended;
    expect(code).toBe(124);
    expect(hasRun()).toBe(false);
    expect(stdout).toMatch(/^::error title=Gatehouse::Expired: nobody decided within 10 min/m);
    expect(running.outputs()).toMatchObject({
      decision: 'expired',
      'decided-by': 'deadline',
      'exit-code': '',
    });
    expect(running.summary()).toMatch(/⛔ Gatehouse: expired/);
    await cardSays(slack, card, 'Expired because nobody answered');
  });

  it('the wrong key: although it is approved, nothing runs', async () => {
    const { slack } = story;
    const { running, hasRun } = step({ 'public-key': newKey().publicKey });
    const card = await openCard(slack);
    await slack.click('UANA', card, 'approve');
    const { code, stdout } = await running.ended;
    expect(code).toBe(123);
    expect(hasRun()).toBe(false);
    expect(stdout).toMatch(/^::error title=Gatehouse::Not run, what would run is not what was approved/m);
    expect(running.outputs()).toMatchObject({ decision: 'mismatch', 'exit-code': '' });
    expect(running.summary()).toMatch(/⛔ Gatehouse: mismatch/);
    await cardSays(slack, card, 'Approved by Ana');
  });

  // The last one: it closes the gate.
  it('the gate is gone and stays away: nothing runs, the step fails when the time is over', async () => {
    const { slack, gate, database } = story;
    // It is tried until a minute after the deadline, and the gate's clock says when that is.
    await advance(database, '-10 minutes -60 seconds');
    const { running, hasRun } = step({ timeout: '5s' });
    const card = await openCard(slack);
    await running.says(/Waiting for approval until/);
    await expectInvariants(database, slack, gate.publicKey);
    await gate.close();
    await running.says(/Lost contact with the gate/);
    const { code, stdout } = await running.ended;
    expect(code).toBe(125);
    expect(hasRun()).toBe(false);
    expect(stdout).toMatch(/^::error title=Gatehouse::The gate cannot be reached, nothing was run/m);
    expect(running.outputs()).toMatchObject({ decision: 'unreachable', 'exit-code': '' });
    expect(running.summary()).toMatch(/⛔ Gatehouse: unreachable/);
    expect(hasButton(slack, card, 'approve')).toBe(true);
  });
});
