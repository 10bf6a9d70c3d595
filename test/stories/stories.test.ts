import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS } from '../support/databases.ts';
import {
  cardSays,
  expectExit,
  hasButton,
  isTold,
  openCard,
  type Story,
  startStory,
  TRANSPORTS,
} from '../support/story.ts';
import { startCable, startMeddler } from '../support/wire.ts';

const worlds = DATABASE_KINDS.flatMap((kind) => TRANSPORTS.map((transport) => ({ kind, transport })));

describe.each(worlds)('stories, $kind, $transport', ({ kind, transport }) => {
  let story: Story;
  let directory: string;
  beforeAll(async () => {
    story = await startStory(kind, transport);
    directory = mkdtempSync(path.join(tmpdir(), 'gatehouse-story-'));
  });
  afterAll(async () => {
    await story.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const production = (...command: string[]) => ['--env', 'production', '--', ...command];
  const echo = ['echo', 'it runs'];

  it('approve: the card asks, Ana approves, the command runs, the card tells how it ended', async () => {
    const { slack } = story;
    const run = await story.gateRun(['--env', 'production', '--reason', 'Release 4.2', '--', ...echo]);
    const card = await openCard(slack);
    const asked = await cardSays(slack, card, "echo 'it runs'");
    expect(asked).toContain('Release 4.2');
    expect(asked).toMatch(/production/i);
    await run.says('#deploys');
    await slack.click('UANA', card, 'approve');
    const ended = await expectExit(run, 0);
    expect(ended.stdout).toBe('it runs\n');
    expect(ended.stderr).toContain('Ana');
    await cardSays(slack, card, /exit(ed with)? (code )?0/i);
    await cardSays(slack, card, 'Approved by Ana');
    expect(hasButton(slack, card, 'approve')).toBe(false);
  });

  it('deny with a reason: nothing runs, and the terminal says who, why and what next', async () => {
    const { slack } = story;
    const run = await story.gateRun(production(...echo));
    const card = await openCard(slack);
    await slack.click('UBEN', card, 'deny');
    const view = await slack.waitFor(() => slack.openViews('UBEN')[0], { what: 'the deny modal' });
    const empty = await slack.submit('UBEN', view.id);
    expect(empty.errors).toBeDefined();
    await slack.submit('UBEN', view.id, { words: 'Not during the sale' });
    const ended = await expectExit(run, 120);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toMatch(/Ben[\s\S]*Not during the sale/);
    expect(await cardSays(slack, card, 'Not during the sale')).toMatch(/denied/i);
    expect(hasButton(slack, card, 'deny')).toBe(false);
  });

  it('expire: nobody answers, the request is denied, and both sides say so', async () => {
    const { slack } = story;
    const run = await story.gateRun(production(...echo));
    const card = await openCard(slack);
    await advance(story.database, '10 minutes 1 second');
    const ended = await expectExit(run, 124);
    expect(ended.stderr).toMatch(/nobody/i);
    await cardSays(slack, card, /expired|nobody/i);
    expect(hasButton(slack, card, 'approve')).toBe(false);
  });

  it('withdraw: Ctrl-C takes the request back', async () => {
    const { slack } = story;
    const run = await story.gateRun(production(...echo));
    const card = await openCard(slack);
    await run.says('#deploys');
    run.process.kill('SIGINT');
    await expectExit(run, 121);
    await cardSays(slack, card, /withdrawn|taken back/i);
    expect(hasButton(slack, card, 'approve')).toBe(false);
  });

  it('the requester tries to approve, and is told that somebody else has to', async () => {
    const { slack } = story;
    const run = await story.gateRun(production(...echo), { wish: { owner: 'UCLEO' } });
    const card = await openCard(slack);
    await slack.click('UCLEO', card, 'approve');
    await isTold(slack, 'UCLEO', /somebody else/i);
    expect(hasButton(slack, card, 'approve')).toBe(true);
    await slack.click('UANA', card, 'approve');
    await expectExit(run, 0);
    await slack.waitFor(
      () => slack.thread('C0PROD', card.ts).some((m) => slack.mentions(m).includes('UCLEO')),
      {
        what: 'Cleo to be told in the thread',
      },
    );
  });

  it('outsiders, guests and people who have left press in vain, and each is told', async () => {
    const { slack } = story;
    const run = await story.gateRun(production(...echo));
    const card = await openCard(slack);
    await slack.click('UOTTO', card, 'approve');
    await isTold(slack, 'UOTTO', /people of this workspace/i);
    await slack.click('UDORA', card, 'approve');
    await isTold(slack, 'UDORA', /guest/i);
    expect(hasButton(slack, card, 'approve')).toBe(true);
    await slack.click('UANA', card, 'approve');
    await expectExit(run, 0);
  });

  it('a member who is no reviewer presses in vain', async () => {
    const { slack } = story;
    const run = await story.gateRun(['--env', 'payments', '--', ...echo]);
    const card = await openCard(slack, 'C0PAY');
    await slack.click('UNORA', card, 'approve');
    await isTold(slack, 'UNORA', /may not|only|cannot/i);
    run.process.kill('SIGINT');
    await expectExit(run, 121);
  });

  it('two approvals: the card shows the first, the same person again does not count, the second lets it run', async () => {
    const { slack } = story;
    const run = await story.gateRun(['--env', 'payments', '--', ...echo]);
    const card = await openCard(slack, 'C0PAY');
    await slack.click('UANA', card, 'approve');
    expect(await cardSays(slack, card, '1 of 2')).toContain('Ana');
    await slack.click('UANA', card, 'approve');
    await isTold(slack, 'UANA', /already/i);
    await slack.click('UBEN', card, 'approve');
    await expectExit(run, 0);
    await cardSays(slack, card, 'Ben');
  });

  it('a late click is told who decided', async () => {
    const { slack } = story;
    const run = await story.gateRun(production(...echo));
    const card = await openCard(slack);
    const [first, second] = await Promise.all([
      slack.click('UANA', card, 'approve'),
      slack.click('UBEN', card, 'approve'),
    ]);
    expect([first.status, second.status]).toEqual([200, 200]);
    await slack.waitFor(
      () =>
        ['UANA', 'UBEN'].some((who) =>
          slack.ephemeralsFor(who).some((m) => /already approved by/i.test(slack.texts(m))),
        ),
      { what: 'the loser to be told' },
    );
    await expectExit(run, 0);
  });

  it('a command too long for the card: no Approve there; Review shows all of it and approves', async () => {
    const { slack } = story;
    const words = Array.from({ length: 900 }, (_, i) => `word-${i}`);
    const run = await story.gateRun(production('echo', ...words));
    const card = await openCard(slack, 'C0PROD', 'review');
    expect(hasButton(slack, card, 'approve')).toBe(false);
    await slack.click('UANA', card, 'review');
    const view = await slack.waitFor(() => slack.openViews('UANA')[0], { what: 'the review' });
    expect(slack.texts(view)).toContain('word-899');
    await slack.submit('UANA', view.id, {});
    const ended = await expectExit(run, 0);
    expect(ended.stdout).toContain('word-899');
  });

  it('a command full of markup, bidi and control characters is shown as what it is', async () => {
    const { slack } = story;
    const hostile = 'hi ``` <!channel> <https://evil.example.com|ok> *b* & \u202e txt \u200b \u001b[2K';
    const run = await story.gateRun([
      '--env',
      'production',
      '--reason',
      '<!here> *please*',
      '--',
      'echo',
      hostile,
    ]);
    const card = await openCard(slack);
    const seen = await cardSays(slack, card, 'U+202E');
    expect(seen).toContain('<!channel> <https://evil.example.com|ok> *b* &');
    expect(seen).toContain('<!here> *please*');
    expect(seen).toContain('U+001B');
    const message = slack.message(card.channel, card.ts);
    expect(message && slack.mentions(message)).toEqual([]);
    await slack.click('UANA', card, 'approve');
    const ended = await expectExit(run, 0);
    expect(ended.stdout).toBe(`${hostile}\n`);
    expect(ended.stderr).not.toContain('\u001b[2K');
  });

  it('Slack answers 429 and 500 first: the card comes all the same, once', async () => {
    const { slack } = story;
    slack.fail({ method: 'chat.postMessage', status: 500, times: 1 });
    slack.fail({ method: 'chat.postMessage', status: 429, retryAfter: 1, times: 1 });
    const run = await story.gateRun(production('echo', `patience ${kind} ${transport}`));
    const card = await openCard(slack);
    await slack.click('UANA', card, 'approve');
    await expectExit(run, 0);
    const shown = slack
      .messages('C0PROD')
      .filter((m) => slack.texts(m).includes(`patience ${kind} ${transport}`));
    expect(shown).toHaveLength(1);
  });

  it('the client loses the network and finds its request again', async () => {
    const { slack, gate } = story;
    const cable = await startCable(gate.address);
    const run = await story.gateRun(production(...echo), { url: cable.url });
    const card = await openCard(slack);
    await run.says('#deploys');
    cable.cut();
    await run.says('lost');
    await slack.click('UANA', card, 'approve');
    await cardSays(slack, card, 'Approved by Ana');
    cable.mend();
    const ended = await expectExit(run, 0);
    expect(ended.stdout).toBe('it runs\n');
    await cable.close();
  });

  it('the same idempotency key twice is one card', async () => {
    const { slack, gate } = story;
    const token = await gate.token();
    const ask = () =>
      gate.call('POST', '/api/v1/requests', {
        token,
        body: { environment: 'staging', argv: ['echo', 'once'] },
        headers: { 'idempotency-key': 'once' },
      });
    const [first, second] = [await ask(), await ask()];
    expect(second.body.id).toBe(first.body.id);
    const card = await openCard(slack, 'C0STAGE');
    await slack.click('UANA', card, 'approve');
    await cardSays(slack, card, 'Approved by Ana');
    expect(slack.messages('C0STAGE').filter((m) => slack.texts(m).includes('echo once'))).toHaveLength(1);
  });

  it('a grant tampered with by one byte runs nothing', async () => {
    const { slack, gate } = story;
    const meddler = await startMeddler(gate.address, (body) => {
      const grant = body.grant as { payload: string } | null | undefined;
      if (grant) grant.payload = flipOneByte(grant.payload);
      return body;
    });
    const run = await story.gateRun(production(...echo), { url: meddler.url });
    await slack.click('UANA', await openCard(slack), 'approve');
    const ended = await expectExit(run, 123);
    expect(ended.stdout).toBe('');
    await meddler.close();
  });

  it('a program changed after the approval does not run', async () => {
    const { slack } = story;
    const program = path.join(directory, 'deploy.sh');
    writeFileSync(program, '#!/bin/sh\necho good\n');
    chmodSync(program, 0o755);
    const run = await story.gateRun(production(program));
    const card = await openCard(slack);
    writeFileSync(program, '#!/bin/sh\necho evil\n');
    await slack.click('UANA', card, 'approve');
    const ended = await expectExit(run, 123);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toMatch(/chang/i);
  });

  it('an approval that nobody uses is void, and the card says so', async () => {
    const { slack, gate } = story;
    const token = await gate.token();
    const { body } = await gate.call('POST', '/api/v1/requests', {
      token,
      body: { environment: 'staging', command: 'true' },
    });
    const card = await openCard(slack, 'C0STAGE');
    await slack.click('UANA', card, 'approve');
    await cardSays(slack, card, 'Approved by Ana');
    await advance(story.database, '15 minutes 1 second');
    await cardSays(slack, card, 'not used in time');
    const start = await gate.call('POST', `/api/v1/requests/${body.id}/start`, {
      token,
      body: { start_id: 'late-start' },
    });
    expect(start.body.type).toBe('/docs#too-late');
  });
});

const flipOneByte = (base64: string): string => {
  const bytes = Buffer.from(base64, 'base64');
  bytes[40] = (bytes[40] as number) ^ 1;
  return bytes.toString('base64');
};
