import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASE_KINDS } from '../support/databases.ts';
import { expectInvariants } from '../support/invariants.ts';
import { cardSays, expectExit, openCard, type Place, type Story, startStory } from '../support/story.ts';

const run = (id: number) => ({
  source: 'github-actions',
  repository: 'acme/shop',
  ref: 'refs/heads/main',
  sha: 'abc1234',
  run_id: String(id),
  run_attempt: '1',
  job: 'deploy',
  step: 'rollout',
});

describe.each(DATABASE_KINDS)('stories of attention, %s', (kind) => {
  let story: Story;
  beforeAll(async () => {
    story = await startStory(kind, 'socket');
  });
  afterAll(async () => {
    await expectInvariants(story.database, story.slack, story.gate.publicKey);
    await story.close();
  });

  const ask = async (token: string, body: object) =>
    (await story.gate.call('POST', '/api/v1/requests', { token, body: { environment: 'staging', ...body } }))
      .body;
  const read = async (token: string, id: string) =>
    (await story.gate.call('GET', `/api/v1/requests/${id}`, { token })).body;
  const cardOf = (words: string): Promise<Place> =>
    story.slack.waitFor(
      () => {
        const found = story.slack.messages('C0STAGE').find((m) => story.slack.texts(m).includes(words));
        return found && { channel: 'C0STAGE', ts: found.ts };
      },
      { what: `a card with ${words}`, timeoutMs: 20_000 },
    );
  const ended = (token: string, id: string, state: string) =>
    expect.poll(async () => (await read(token, id)).state).toBe(state);

  it('three clients ask the same: one card, one press, all three run', async () => {
    const { slack, gate } = story;
    const token = await gate.token();
    const args = ['--env', 'production', '--', 'echo', 'the same'];
    const runs = [];
    for (let i = 0; i < 3; i++) runs.push(await story.gateRun(args, { token }));
    const card = await openCard(slack);
    await cardSays(slack, card, 'Asked 3 times: one decision for all.');
    expect(slack.messages('C0PROD')).toHaveLength(1);
    await slack.click('UANA', card, 'approve');
    for (const each of runs) expect((await expectExit(each, 0)).stdout).toBe('the same\n');
    await cardSays(slack, card, 'Asked 3 times, decided once. 3 ran');
    await slack.click('UBEN', card, 'details');
    const details = await slack.waitFor(() => slack.openViews('UBEN')[0], { what: 'the details' });
    expect(slack.texts(details)).toContain('Asked the same, decided together');
    await slack.closeView('UBEN', details.id);
  });

  it('one of those that asked the same goes: the card counts on with the others', async () => {
    const { slack, gate } = story;
    const token = await gate.token();
    const command = 'echo fewer';
    const first = await ask(token, { command });
    const second = await ask(token, { command });
    const card = await cardOf('echo fewer');
    await cardSays(slack, card, 'Asked 2 times');
    await expect.poll(async () => (await read(token, second.id)).asked.posted).toBe(true);
    await gate.call('POST', `/api/v1/requests/${first.id}/withdraw`, { token, body: {} });
    await slack.waitFor(
      () => {
        const shown = slack.message(card.channel, card.ts);
        return shown && !slack.texts(shown).includes('Asked 2') && JSON.stringify(shown).includes(second.id);
      },
      { what: 'the card to count one and to be that of the second' },
    );
    await slack.click('UANA', card, 'approve');
    await ended(token, second.id, 'approved');
    await cardSays(slack, card, 'Approved by Ana');
    expect((await read(token, first.id)).state).toBe('withdrawn');
  });

  it('a newer run takes the place of the older one, whose card says so and leads to the new one', async () => {
    const { slack, gate } = story;
    const token = await gate.token();
    const older = await ask(token, { command: 'echo v1', context: run(812) });
    const card = await cardOf('echo v1');
    const newer = await ask(token, { command: 'echo v2', context: run(815) });
    await cardSays(slack, card, `A newer run asked: ${newer.id}`);
    await cardOf('echo v2');
    await slack.waitFor(
      () => JSON.stringify(slack.message(card.channel, card.ts)?.blocks).includes('"type":"link"'),
      { what: 'the link to the new card', timeoutMs: 20_000 },
    );
    expect(await read(token, older.id)).toMatchObject({
      state: 'withdrawn',
      decision: { by: 'newer-request', reason: `A newer run asked: ${newer.id}.` },
    });
    await gate.call('POST', `/api/v1/requests/${newer.id}/withdraw`, { token, body: {} });
  });

  it('a burst of seven: three cards and one for the others, each decided on its own', async () => {
    const { slack, gate } = story;
    const token = await gate.token();
    const context = { ...run(900), step: undefined };
    const asked = [];
    for (let i = 0; i < 6; i++) asked.push(await ask(token, { command: `echo burst-${i}`, context }));
    asked.push(await ask(token, { command: 'rm -rf /srv/shop', context }));
    const ids: string[] = asked.map(({ id }) => id);
    const batch = await cardOf('4 of 4 to decide');
    expect(slack.messages('C0STAGE').filter((m) => slack.texts(m).includes('burst-'))).toHaveLength(4);
    await expect.poll(async () => (await read(token, ids[4] ?? '')).asked.posted).toBe(true);

    await slack.click('UANA', batch, 'approve', { value: ids[3] ?? '' });
    await cardSays(slack, batch, '3 of 4 to decide');
    await slack.click('UBEN', batch, 'deny', { value: ids[6] ?? '' });
    const modal = await slack.waitFor(() => slack.openViews('UBEN').at(-1), { what: 'the deny modal' });
    await slack.submit('UBEN', modal.id, { words: 'Not this' });
    await cardSays(slack, batch, '2 of 4 to decide');
    expect(await read(token, ids[3] ?? '')).toMatchObject({ state: 'approved' });
    expect(await read(token, ids[6] ?? '')).toMatchObject({
      state: 'denied',
      decision: { reason: 'Not this' },
    });

    await slack.click('UDORA', batch, 'approve-batch');
    await slack.waitFor(() => slack.ephemeralsFor('UDORA').some((m) => slack.texts(m).includes('Guests')), {
      what: 'Dora to be told',
    });
    await slack.click('UANA', batch, 'approve-batch');
    await cardSays(slack, batch, '4 requests, all ended');
    for (const id of [ids[4], ids[5]]) {
      expect((await read(token, id ?? '')).decision.people).toMatchObject([{ name: 'Ana' }]);
    }
    for (const id of ids.slice(0, 3))
      await gate.call('POST', `/api/v1/requests/${id}/withdraw`, { token, body: {} });
  });
});
