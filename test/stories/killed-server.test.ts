import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DATABASE_KINDS } from '../support/databases.ts';
import { expectInvariants } from '../support/invariants.ts';
import { openServerWorld, type ServerWorld } from '../support/server-world.ts';
import { cardSays, expectExit, gateRun, hasButton, isNoted, openCard, TRANSPORTS } from '../support/story.ts';

/** Each starts a server two times, and an embedded database makes itself first. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const worlds = DATABASE_KINDS.flatMap((kind) => TRANSPORTS.map((transport) => ({ kind, transport })));

describe.each(worlds)('the server is killed, $kind, $transport', ({ kind, transport }) => {
  let world: ServerWorld;
  beforeAll(async () => {
    world = await openServerWorld(kind, transport);
    await world.server.start();
  });
  afterAll(() => world.close());

  it('comes back, and the request that waited is approved and runs once', async () => {
    const { slack, server } = world;
    const publicKey = await server.publicKey();
    const run = gateRun(['--env', 'production', '--', 'sh', '-c', 'echo it runs'], {
      url: server.url,
      token: await server.token(),
      publicKey,
    });
    const card = await openCard(slack);
    await run.says('#deploys');
    // Killed before, it is another story.
    await isNoted(slack, card);

    await server.kill();
    await run.says('lost contact');
    // Slack shows whoever presses now that the app did not answer.
    expect((await slack.click('UANA', card, 'approve')).status).toBe(0);
    expect(hasButton(slack, card, 'approve')).toBe(true);

    await server.start();
    await run.says('contact is back');
    expect(run.process.exitCode).toBeNull();
    expect(hasButton(slack, card, 'approve')).toBe(true);
    expect((await slack.click('UANA', card, 'approve')).status).toBe(200);
    const ended = await expectExit(run, 0);
    expect(ended.stdout).toBe('it runs\n');
    await cardSays(slack, card, 'Ran: exit 0');
    expect(slack.messages('C0PROD')).toHaveLength(1);

    await world.atRest((database) => expectInvariants(database, slack, publicKey));
  });
});
