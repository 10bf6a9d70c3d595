import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RequestBody } from '../../src/api.ts';
import { advance } from '../support/clock.ts';
import { cardsIn, expectInvariants } from '../support/invariants.ts';
import { followEvents, type Replicas, startReplicas } from '../support/replicas.ts';
import { cardSays, expectExit, gateRun, isNoted } from '../support/story.ts';
import { startCable } from '../support/wire.ts';

const STILL_PENDING = sql`select id from requests where state = 'pending'`;
/** What a client may have to wait for a decision made at another replica, on a machine that does much else. */
const LEARNS_WITHIN_MS = 5000;

let replicas: Replicas;
afterEach(() => expectInvariants(replicas.database, replicas.slack, replicas.publicKey), 60_000);

/** Who can be reached is noted in the first moments, and counts as a change. */
const reachNoted = async (read: () => Promise<RequestBody>): Promise<RequestBody> => {
  await expect.poll(async () => (await read()).asked.reach).not.toBeNull();
  return read();
};

describe('two replicas', () => {
  beforeAll(async () => {
    replicas = await startReplicas('http');
  }, 120_000);
  afterAll(() => replicas.close());

  it('a client that waits at one learns what was pressed at the other', async () => {
    const { slack, a, b, token, ask, cardOf, read } = replicas;
    const { id } = await ask(a, 'production', 'echo', 'far away');
    const { version } = await reachNoted(() => read(a, id));
    const poll = a.call('GET', `/api/v1/requests/${id}?wait=40&version=${version}`, { token });
    const events = await followEvents(a, { id, token });
    expect((await events.next()).request.state).toBe('pending');
    const card = await cardOf(id);
    slack.requestUrl = b.slackUrl;
    const from = performance.now();
    await slack.click('UANA', card, 'approve');
    const polled = (await (await poll).json()) as RequestBody;
    expect(performance.now() - from).toBeLessThan(LEARNS_WITHIN_MS);
    expect(polled).toMatchObject({ id, state: 'approved', version: version + 1 });
    expect(polled.grant).not.toBeNull();
    expect((await events.next()).request).toMatchObject({ state: 'approved', version: version + 1 });
    expect(performance.now() - from).toBeLessThan(LEARNS_WITHIN_MS);
    events.close();
  });

  it('events go on at the other replica where they stopped at the first', async () => {
    const { slack, a, b, token, ask, cardOf, read } = replicas;
    const { id } = await ask(b, 'payments', 'echo', 'two of you');
    await reachNoted(() => read(b, id));
    const card = await cardOf(id);
    const first = await followEvents(a, { id, token });
    await first.next();
    slack.requestUrl = b.slackUrl;
    await slack.click('UANA', card, 'approve');
    const seen = await first.next();
    expect(seen.request.asked.approvals).toHaveLength(1);
    first.close();

    slack.requestUrl = a.slackUrl;
    const second = await followEvents(b, { id, token, seen: seen.id });
    await slack.click('UBEN', card, 'approve');
    const next = await second.next();
    expect(next.id).toBe(seen.id + 1);
    expect(next.request.state).toBe('approved');
    second.close();
  });

  it('a client whose replica is killed goes on at the other one', async () => {
    const { slack, a, b, token, publicKey } = replicas;
    const way = await startCable(a.url);
    const run = gateRun(['--env', 'production', '--', 'echo', 'it runs'], {
      url: way.url,
      token,
      publicKey,
    });
    await run.says('#deploys');
    const [card] = await slack.waitFor(() => {
      const open = slack
        .messages('C0PROD')
        .filter((m) => slack.buttons(m).some((one) => one.actionId === 'deny'));
      return open.length > 0 && open;
    });
    way.lead(b.url);
    await a.kill();
    slack.requestUrl = b.slackUrl;
    const from = performance.now();
    await slack.click('UANA', card!, 'approve');
    const ended = await expectExit(run, 0);
    expect(performance.now() - from).toBeLessThan(2 * LEARNS_WITHIN_MS);
    expect(ended.stdout).toBe('it runs\n');
    await way.close();
    await a.start();
  });

  it('each card is posted once, and each request expires once, although both look after them', async () => {
    const { slack, a, b, database, ask } = replicas;
    const asked = await Promise.all(
      Array.from({ length: 20 }, (_, i) => ask(i % 2 ? a : b, 'staging', 'echo', String(i))),
    );
    const ids = asked.map(({ id }) => id);
    for (const id of ids) await isNoted(slack, await replicas.cardOf(id));
    await advance(database, '10 minutes 1 second');
    await expect.poll(async () => (await replicas.database.rows(STILL_PENDING)).length).toBe(0);
    for (const id of ids) {
      const [card, ...others] = cardsIn(slack).get(id) ?? [];
      expect(others.map(({ ts }) => ts)).toEqual([]);
      await cardSays(slack, card!, /Expired because nobody answered/);
    }
    const posts = slack.callsOf('chat.postMessage').filter(({ body }) => body.channel === '#staging');
    expect(posts.length).toBe(ids.length);
  });
});
