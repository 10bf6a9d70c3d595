import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { type Database, openEmbedded, openPostgres } from '../../src/store/database.ts';
import { DATABASE_KINDS, type DatabaseKind, freshPostgres } from '../support/databases.ts';
import { expectInvariants } from '../support/invariants.ts';
import { makeServer, type ServerProcess } from '../support/server-process.ts';
import {
  cardSays,
  expectExit,
  gateRun,
  hasButton,
  openCard,
  openSlack,
  TRANSPORTS,
  type Transport,
} from '../support/story.ts';

interface World {
  slack: LocalSlack;
  server: ServerProcess;
  /** Reads what the server wrote. An embedded database only while no server has it. */
  inDatabase(look: (database: Database) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

async function openWorld(kind: DatabaseKind, transport: Transport): Promise<World> {
  const slack = await openSlack();
  const postgres = kind === 'postgres' ? await freshPostgres() : null;
  const server = await makeServer({ slack, transport, databaseUrl: postgres?.url });
  if (transport === 'http') slack.requestUrl = server.slackUrl;
  const open = () =>
    postgres
      ? openPostgres(postgres.url, { connections: 1 })
      : openEmbedded({ directory: path.join(server.dataDirectory, 'database') });
  return {
    slack,
    server,
    inDatabase: async (look) => {
      const database = await open();
      await look(database).finally(() => database.close());
    },
    close: async () => {
      await server.close();
      await slack.stop();
      await postgres?.drop();
    },
  };
}

const worlds = DATABASE_KINDS.flatMap((kind) => TRANSPORTS.map((transport) => ({ kind, transport })));

describe.each(worlds)('the server is killed, $kind, $transport', ({ kind, transport }) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(kind, transport);
    await world.server.start();
  });
  afterAll(() => world.close());

  it('comes back, and the request that waited is approved and runs once', async () => {
    const { slack, server } = world;
    const publicKey = await server.publicKey();
    const command = ['--env', 'production', '--', 'sh', '-c', 'echo it runs'];
    const run = gateRun(command, { url: server.url, token: await server.token(), publicKey });
    const card = await openCard(slack);
    await run.says('#deploys');

    await server.kill();
    await run.says('lost contact');
    // Slack tells a person whose press no app acknowledges that it did not work.
    expect((await slack.click('UANA', card, 'approve')).status).toBe(0);
    expect(hasButton(slack, card, 'approve')).toBe(true);

    await server.start();
    await run.says('contact is back');
    expect(run.process.exitCode).toBeNull();
    expect((await slack.click('UANA', card, 'approve')).status).toBe(200);
    const ended = await expectExit(run, 0);
    expect(ended.stdout).toBe('it runs\n');
    await cardSays(slack, card, /exit 0/);
    expect(slack.messages('C0PROD')).toHaveLength(1);

    await server.kill();
    await world.inDatabase((database) => expectInvariants(database, slack, publicKey));
  });
});
