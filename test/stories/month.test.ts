import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DATABASE_KINDS } from '../support/databases.ts';
import { expectInvariants } from '../support/invariants.ts';
import { type Asked, type Month, startMonth, type Who } from '../support/month.ts';

/** Each step waits for real cards, real nights and, at times, a real terminal. */
vi.setConfig({ testTimeout: 60_000 });

const restart = (service: string) => `kubectl -n shop rollout restart deployment/${service}`;
const rollback = (service: string) => `kubectl -n shop rollout undo deployment/${service} --to-revision=41`;
const release = (service: string, sha: string) =>
  `kubectl -n shop set image deployment/${service} ${service}=registry.example.com/shop/${service}:${sha}`;
const flush = (cache: string) => `cachectl flush --cache ${cache}`;
const upgrade = (version: string) => `helm upgrade shop ./charts/shop --set image.tag=${version}`;
const SERVICES = ['api', 'web', 'worker'];
const REASON = 'Not during the sale: drain the web pods first';

/** One story, told day by day: each step goes on from the one before. */
describe.each(DATABASE_KINDS)('a month, %s', (kind) => {
  let month: Month;
  let bin: string;
  beforeAll(async () => {
    month = await startMonth(kind);
    bin = mkdtempSync(path.join(tmpdir(), 'gatehouse-bin-'));
    writeFileSync(path.join(bin, 'kubectl'), '#!/bin/sh\necho "kubectl did: $*"\n');
    chmodSync(path.join(bin, 'kubectl'), 0o755);
  });
  afterAll(async () => {
    await month.close();
    rmSync(bin, { recursive: true, force: true });
  });

  const passes = async (who: Who, ...commands: string[]) => {
    for (const command of commands)
      expect(await month.asks(who, command), command).toMatchObject({
        state: 'approved',
        decision: { by: 'rule' },
      });
  };
  const stillAsks = async (who: Who, command: string): Promise<Asked> => {
    const asked = await month.asks(who, command);
    expect(asked, command).toMatchObject({ state: 'pending' });
    return asked;
  };
  const listSays = async (person: string) => (await month.listOf(person)).says;
  const familyOf = async (words: string) => {
    const open: { id: string; family: string; kind: string; rules: string[] }[] = (
      await month.admin('/api/v1/suggestions')
    ).suggestions;
    const found = open.find(({ rules }) => rules.some((rule) => rule.includes(words)));
    if (!found) throw new Error(`no open suggestion has ${words}`);
    return found;
  };
  let restarts: string;

  it('day 1: everything asks; the first night has nothing to suggest', async () => {
    await month.areApproved('UANA', 'cleo', ...SERVICES.map(restart), ...SERVICES.map(flush));
    await month.areApproved('UANA', 'cleo', release('api', '4f2a91c'), release('web', '4f2a91c'));
    await month.areApproved('UANA', 'cleo', rollback('api'));
    await month.areApproved('UANA', 'ci', upgrade('1.4.2'));
    await month.morning();
    await month.inChannel(/Last night: nothing new to suggest/);
    expect(await month.nights()).toEqual({ done: 1, recorded: 1 });
  });

  it('day 2: others ask for the same; the night suggests, once, in the channel', async () => {
    await month.areApproved('UBEN', 'ci', ...SERVICES.map(restart), ...SERVICES.map(flush));
    await month.areApproved('UBEN', 'cleo', release('api', '4f2a91d'), release('web', '4f2a91d'));
    await month.areApproved('UBEN', 'ci', rollback('api'), upgrade('1.4.3'));
    await month.morning();
    const { says } = await month.inChannel(/Last night: 5 suggestions would save about \d+ approvals a week/);
    expect(says).toMatch(/0 % of 20 requests passed by rules · people answered in 4\d s \(median\)/);
    expect(await month.nights()).toEqual({ done: 2, recorded: 2 });
  });

  it('day 3: /gate rules shows each with its evidence', async () => {
    const list = await listSays('UANA');
    for (const words of [
      '5 suggestions. Together they save',
      '🟡 Let pass kubectl rollout restart in production',
      'deployment/{target:api,web,worker}',
      '6 approvals by 2 people',
      '🟠 Let pass kubectl rollout undo in production',
      'image.tag={semver}',
    ])
      expect(list).toContain(words);
    const modal = month.read(await month.opens('UANA', 'rollout restart'));
    for (const words of [
      'People approved it 6 times on 2 days; nobody denied it.',
      '6 approvals by @Ana and @Ben, asked by @Cleo and ci, on 2 days',
      restart('web'),
      `⛔ ${restart('api')}; rm -rf /`,
      '90 days',
      '7 days in the shadow first',
    ])
      expect(modal).toContain(words);
    await month.closes('UANA');
  });

  it('Ana accepts one, and the next of its kind runs at once', async () => {
    restarts = (await familyOf('rollout restart')).family;
    expect(await month.accepts('UANA', 'rollout restart')).toMatch(
      /✅ Ana accepted new rules[\s\S]*without asking from now on/,
    );
    await month.inChannel(/✅ Ana accepted new rules[\s\S]*rollout restart/);
    await passes('ci', restart('web'));
    const ran = await month.terminal(
      'cleo',
      ['run', '--env', 'production', '--', ...restart('api').split(' ')],
      { PATH: `${bin}:${process.env.PATH}` },
    );
    expect(ran).toMatchObject({
      code: 0,
      stdout: 'kubectl did: -n shop rollout restart deployment/api\n',
      stderr: expect.stringContaining('allowed by rule: kubectl -n shop rollout restart'),
    });
    const other = await stillAsks('cleo', restart('search'));
    await month.approves('UANA', other);
    await month.areApproved('UBEN', 'ci', restart('search'));
  });

  it('what is risky takes two: Ana again is not a second person, Ben is', async () => {
    expect(await month.accepts('UANA', 'rollout undo')).toMatch(/⏳ Ana[\s\S]*One more person must accept/);
    const half = await month.inChannel(/⏳ Ana accepted new rules[\s\S]*rollout undo/);
    expect((await month.opens('UANA', 'rollout undo')).submit ?? null).toBeNull();
    await month.closes('UANA');
    await month.slack.click('UBEN', half.place, 'open-suggestion');
    const modal = await month.modal('UBEN', /Accepted by Ana\. One more person must accept/);
    await month.slack.submit('UBEN', modal.id);
    await month.inChannel(/✅ Ana and Ben accepted new rules[\s\S]*rollout undo/);
    await month.closes('UBEN');
  });

  it('nobody accepts alone what only they have asked for', async () => {
    const modal = month.read(await month.opens('UCLEO', 'set image'));
    expect(modal).toContain('Only @Cleo asked for it so far.');
    await month.closes('UCLEO');
    expect(await month.accepts('UCLEO', 'set image')).toMatch(
      /⏳ Cleo[\s\S]*It mainly serves who accepted it, so somebody else must accept it/,
    );
    await month.approves('UANA', await stillAsks('cleo', release('api', '4f2a91e')));
    expect(await month.accepts('UANA', 'set image')).toMatch(/✅ Cleo and Ana accepted/);
    await passes('cleo', release('web', '4f2a91f'));
  });

  it('Ben tries one out: it still asks, and the card says what would have run', async () => {
    expect(await month.accepts('UBEN', 'helm upgrade', { shadow: ['7'] })).toMatch(
      /In the shadow until[\s\S]*everything still asks/,
    );
    const asked = await stillAsks('ci', upgrade('1.4.4'));
    await month.cardSays(asked, /a rule in the shadow would have run this/);
    await month.approves('UBEN', asked);
  });

  it('Ana makes one narrower, and accepts that: what she left out still asks', async () => {
    const wide = await month.opens('UANA', 'cachectl flush');
    await month.slack.click('UANA', { viewId: wide.id }, 'narrow-suggestion');
    const choose = await month.modal('UANA', /Leave values out/);
    await month.slack.submit('UANA', choose.id, { value: [stepOf(choose, 'without worker')] });
    const result = await month.modal(
      'UANA',
      /What would pass instead[\s\S]*\{target:api,web\}[\s\S]*Instead of/,
    );
    await month.slack.submit('UANA', result.id);
    const narrow = await month.modal('UANA', /What would pass without asking[\s\S]*\{target:api,web\}/);
    await month.slack.submit('UANA', narrow.id);
    await month.inChannel(/✅ Ana accepted new rules[\s\S]*cachectl flush --cache \{target:api,web\}/);
    await month.closes('UANA');
    await passes('ci', flush('api'), flush('web'));
    await month.approves('UBEN', await stillAsks('ci', flush('worker')));
    expect(await listSays('UANA')).toContain('No suggestions wait for an answer.');
  });

  it('day 4: the night extends a family under its name, and leaves alone what was narrowed', async () => {
    await month.morning();
    await month.inChannel(/Last night: 1 suggestion would save/);
    expect(await listSays('UBEN')).toContain('More of kubectl rollout restart in production');
    expect(await familyOf('rollout restart')).toMatchObject({ kind: 'extend', family: restarts });
    expect(await month.accepts('UBEN', 'rollout restart')).toMatch(/✅ Ben accepted new rules/);
    await passes('ci', restart('search'), restart('web'));
  });

  it('day 12: out of the shadow, it lets pass', async () => {
    await month.morning(8);
    await passes('ci', upgrade('1.4.5'));
  });

  it('day 18: a rule that nobody used is announced to go', async () => {
    await passes('cleo', restart('api'), restart('search'), flush('api'), release('web', '5f2a91c'));
    await month.morning(6);
    await month.inChannel(/🍂 1 rule nobody needs will go soon, unless somebody keeps it\./);
    expect(await listSays('UBEN')).toMatch(/🍂 A rule nobody needs goes on \d{4}-\d\d-\d\d\n.*rollout undo/);
    await passes('cleo', restart('api'), restart('search'), flush('web'), release('api', '5f2a91c'));
    await passes('ci', upgrade('1.5.0'));
  });

  it('day 26: it is gone, and with it what it covered asks; Ana brings it back', async () => {
    await month.morning(8);
    const gone = await month.inChannel(/🧹 1 rule went last night: nobody had needed it[\s\S]*rollout undo/);
    await month.approves('UBEN', await stillAsks('ci', rollback('api')));
    await month.slack.click('UANA', gone.place, 'restore-rule');
    await month.inChannel(/↩️ Ana brought a rule back/);
    await passes('ci', rollback('api'));
    await month.areApproved('UANA', 'cleo', restart('cart'));
    await month.areApproved('UBEN', 'ci', restart('cart'));
  });

  it('day 27: a spot check is denied, and the rule is on hold at once', async () => {
    await month.morning();
    expect(await listSays('UBEN')).toContain('More of kubectl rollout restart in production');
    await month.restartedWith('{ spot_checks: 1 }');
    const asked = await stillAsks('ci', restart('web'));
    await month.cardSays(asked, /spot check: a rule covers this/);
    await month.denies('UBEN', asked, REASON);
    await month.restartedWith('{}');
    await month.inChannel(/⏸️ A rule is on hold[\s\S]*Ben denied: .*deployment\/web/);
    expect(await listSays('UANA')).toMatch(
      /⏸️ A rule is on hold: what it covers was denied\n.*rollout restart/,
    );
    expect(await month.accepts('UANA', 'More of kubectl rollout restart')).toContain(
      'Somebody has denied a command that these rules would cover',
    );
    await passes('ci', restart('search'));
  });

  it('the next to ask is told why, before anybody is asked', async () => {
    const asked = await stillAsks('cleo', restart('web'));
    expect(asked.notes).toEqual([expect.stringMatching(`^denied on .* by Ben: ${REASON}$`)]);
    await month.cardSays(asked, new RegExp(REASON));
    await month.denies('UANA', asked, REASON);
  });

  it('day 28: the night has taken back what the denial spoke against', async () => {
    await month.morning();
    await month.inChannel(/Last night: .*to remove rules/);
    const list = await listSays('UBEN');
    expect(list).not.toContain('More of kubectl rollout restart');
    expect(list).toContain('🧹 Remove a rule that is contradicted by a denial');
    const { suggestions } = await month.admin('/api/v1/suggestions?state=withdrawn');
    expect(suggestions).toMatchObject([
      {
        family: restarts,
        kind: 'extend',
        reason: expect.stringMatching(/^Ben denied .*deployment\/web on /),
      },
    ]);
  });

  it('the runbook reads as what production may do, why not, and who decided', async () => {
    const file = path.join(bin, 'production.md');
    expect(await month.terminal('admin', ['notes', 'export', '--env', 'production', file])).toMatchObject({
      code: 0,
      stderr: '',
    });
    const runbook = readFileSync(file, 'utf8');
    expect(runbook).toBe(await month.admin('/api/v1/runbook/production.md'));
    const headings = [...runbook.matchAll(/^##? (.*)$/gm)].map(([, words]) => words);
    expect(headings).toEqual([
      'Runbook: production',
      'How it is decided',
      'Policies',
      'Runs without asking',
      'What to know first',
      'Who decided',
    ]);
    for (const words of [
      /^### cachectl\n\n```\ncachectl flush --cache \{target:api,web\}\n```\n\n- For project shop; until .*\n- Accepted by Ana on .*; used \d+ times/m,
      /^### kubectl rollout undo\n[\s\S]*?- Accepted by (Ana and Ben|Ben and Ana) on .*; used once/m,
      /^### kubectl set image\n[\s\S]*?- Accepted by (Ana and Cleo|Cleo and Ana) on /m,
      /^### helm upgrade\n/m,
      /^### kubectl rollout restart\n\n- Not during the sale\\: drain the web pods first\n {2}\(on `deployment\/web`; project shop; denied 2 times, last on .*, first by Ben\)/m,
      /^\| Ana \| \d+ \| 1 \| /m,
      /^\| Ben \| \d+ \| 1 \| /m,
    ])
      expect(runbook).toMatch(words);
    // On hold, it is not what production may do.
    expect(runbook).not.toMatch(/rollout restart deployment\/\{[^}]*web/);
  });

  it('the report tells how much passed, and the records prove all of it', async () => {
    const { code, stdout } = await month.terminal('admin', ['report', '--env', 'production']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/decided +\d+, of them \d+ by a rule \((3\d|4\d) %\)/);
    expect(stdout).toMatch(/who answers[\s\S]*Ana: \d+, median 4\d s/);
    expect(await month.nights()).toEqual({ done: 8, recorded: 8 });
    const lines = month.slack.messages('C0PROD').filter((each) => /Last night/.test(month.read(each)));
    // On the 12th and the 26th there was nothing to say.
    expect(lines).toHaveLength(6);
    await expectInvariants(month.database, month.slack, month.gate().publicKey);
  });
});

/** The value of the box that reads so, of all in a modal. */
function stepOf(view: { blocks: unknown[] }, words: string): string {
  type Field = { element?: { options?: { value: string; text: { text: string } }[] } };
  const options = (view.blocks as Field[]).flatMap(({ element }) => element?.options ?? []);
  const found = options.find(({ text }) => text.text.includes(words));
  if (!found) throw new Error(`no box reads ${words}`);
  return found.value;
}
