import path from 'node:path';
import { sql } from 'drizzle-orm';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { type Database, openEmbedded, openPostgres } from '../../src/store/database.ts';
import { advance } from './clock.ts';
import { type DatabaseKind, freshPostgres } from './databases.ts';
import { makeServer, type ServerProcess } from './server-process.ts';
import { openSlack, type Transport } from './story.ts';

/** A server in a process of its own that can be killed and started again, with a Slack and a database that outlive it. */
export interface ServerWorld {
  slack: LocalSlack;
  server: ServerProcess;
  /** Ends the server in good order, then looks into what it wrote. */
  atRest<T>(look: (database: Database) => Promise<T>): Promise<T>;
  /** Lets the time pass that a dead server holds a card. Not while an embedded server runs. */
  endLeases(): Promise<void>;
  close(): Promise<void>;
}

export async function openServerWorld(kind: DatabaseKind, transport: Transport): Promise<ServerWorld> {
  const slack = await openSlack();
  const postgres = kind === 'postgres' ? await freshPostgres() : null;
  const server = await makeServer({ slack, transport, databaseUrl: postgres?.url });
  if (transport === 'http') slack.requestUrl = server.slackUrl;
  const inDatabase = async <T>(look: (database: Database) => Promise<T>): Promise<T> => {
    const database = postgres
      ? await openPostgres(postgres.url, { connections: 1 })
      : await openEmbedded({ directory: path.join(server.dataDirectory, 'database') });
    return look(database).finally(() => database.close());
  };
  return {
    slack,
    server,
    atRest: async (look) => {
      await server.stop();
      return inDatabase(look);
    },
    endLeases: () =>
      inDatabase(async (database) => {
        // An embedded database that a server made has no clock to move.
        if (postgres) await advance(database, '31 seconds');
        else await database.rows(sql`update cards set lease_until = now()`);
      }),
    close: async () => {
      await server.close();
      await slack.stop();
      await postgres?.drop();
    },
  };
}
