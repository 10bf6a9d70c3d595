import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DATABASE_KINDS } from '../support/databases.ts';
import { expectInvariants } from '../support/invariants.ts';
import { openServerWorld, type ServerWorld } from '../support/server-world.ts';
import { cardSays, expectExit, gateRun, hasButton, isTold, openCard } from '../support/story.ts';

/** Each starts a server two times, and an embedded database makes itself first. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** After the lease of the dead server: what a look at the database and a post may take, on a busy machine. */
const APPEARS_WITHIN_MS = 8000;

describe.each(DATABASE_KINDS)('the server dies while it posts a card, %s', (kind) => {
  let world: ServerWorld;
  let publicKey: string;
  beforeEach(async () => {
    world = await openServerWorld(kind, kind === 'postgres' ? 'http' : 'socket');
  });
  afterEach(() => world.close());

  /** Asks, and waits until the server is dead at the named place. The one who asked waits on. */
  async function askAndDieAt(failPoint: string) {
    const { slack, server } = world;
    await server.start({ FAILPOINT: failPoint });
    publicKey = await server.publicKey();
    const run = gateRun(['--env', 'production', '--', 'echo', 'it runs'], {
      url: server.url,
      token: await server.token(),
      publicKey,
    });
    expect(await server.ended()).toBe('SIGKILL');
    await world.endLeases();
    return { slack, server, run };
  }

  async function expectRunOnce(run: ReturnType<typeof gateRun>) {
    expect((await expectExit(run, 0)).stdout).toBe('it runs\n');
  }

  const cards = () => world.slack.messages('C0PROD').map(({ channel, ts }) => ({ channel, ts }));

  async function expectTheEnd() {
    for (const card of cards()) await cardSays(world.slack, card, 'Ran: exit 0');
    await world.atRest((database) => expectInvariants(database, world.slack, publicKey));
  }

  it('before Slack has it: the next server posts it', async () => {
    const { slack, server, run } = await askAndDieAt('slack-before-post');
    expect(cards()).toEqual([]);
    await server.start();
    const from = performance.now();
    const card = await openCard(slack);
    expect(performance.now() - from).toBeLessThan(APPEARS_WITHIN_MS);
    await slack.click('UANA', card, 'approve');
    await expectRunOnce(run);
    expect(cards()).toEqual([card]);
    await expectTheEnd();
  });

  // What follows asks the database nothing new, and an embedded one starts slowly.
  const onPostgres = kind === 'postgres';

  it.runIf(onPostgres)(
    'after Slack took it: the next server finds it there, and posts no second',
    async () => {
      const { slack, server, run } = await askAndDieAt('slack-after-post');
      const [card, ...others] = cards();
      expect(others).toEqual([]);
      await server.start();
      await slack.click('UANA', card!, 'approve');
      await expectRunOnce(run);
      expect(cards()).toEqual([card]);
      await expectTheEnd();
    },
  );

  describe.runIf(onPostgres)('after Slack took it, and it may not look there', () => {
    async function askTwice() {
      const { slack, server, run } = await askAndDieAt('slack-after-post');
      const [old] = cards();
      slack.fail({ method: 'conversations.history', error: 'missing_scope', times: 1000 });
      await server.start();
      const what = 'the second card';
      const second = await slack.waitFor(() => cards()[1], { what, timeoutMs: APPEARS_WITHIN_MS });
      return { slack, run, old: old!, second };
    }

    it('there is one card more, and the old one decides for both', async () => {
      const { slack, run, old, second } = await askTwice();
      await slack.click('UANA', old, 'approve');
      await expectRunOnce(run);
      await cardSays(slack, second, 'Approved by Ana');
      expect(cards()).toEqual([old, second]);
      await expectTheEnd();
    });

    it('decided on the second card: who presses the old one is told so, and that one ends too', async () => {
      const { slack, run, old, second } = await askTwice();
      await slack.click('UANA', second, 'approve');
      await expectRunOnce(run);
      await slack.click('UBEN', old, 'approve');
      await isTold(slack, 'UBEN', 'Already approved by Ana');
      await cardSays(slack, old, 'Approved by Ana');
      expect(hasButton(slack, old, 'approve')).toBe(false);
      expect(cards()).toEqual([old, second]);
      await expectTheEnd();
    });
  });
});
