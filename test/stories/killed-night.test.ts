import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { type Database, openPostgres } from '../../src/store/database.ts';
import { advance } from '../support/clock.ts';
import { freshPostgres } from '../support/databases.ts';
import { callerOf, depsOver } from '../support/deps.ts';
import { decided } from '../support/history.ts';
import { makeServer, type ServerProcess, sharedSecrets } from '../support/server-process.ts';
import { openSlack } from '../support/story.ts';
import { until } from '../support/until.ts';

/** It starts servers of their own. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Night {
  done: string[];
  isDone: boolean;
  attempts: number;
}

describe('the server is killed at night', () => {
  let slack: LocalSlack;
  let server: ServerProcess;
  let database: Database;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const fresh = await freshPostgres();
    drop = fresh.drop;
    database = await openPostgres(fresh.url);
    const deps = await depsOver(database);
    const caller = await callerOf(deps);
    for (const by of ['ana', 'ben', 'ana'])
      for (const ago of ['3d', '4d'])
        await decided(deps, caller, { text: `deployctl restart web`, verdict: 'approve', by, ago });
    await deps.changes.close();
    slack = await openSlack();
    server = await makeServer({
      slack,
      transport: 'http',
      databaseUrl: fresh.url,
      variables: sharedSecrets(),
    });
  });
  afterAll(async () => {
    await server.close();
    await slack.stop();
    await database.close();
    await drop();
  });

  const night = async (): Promise<Night | undefined> =>
    (
      await database.rows<Night>(
        sql`select done, attempts, finished_at is not null as "isDone" from nights order by id desc limit 1`,
      )
    )[0];
  const counted = async (query: string) =>
    (await database.rows<{ n: number }>(sql.raw(`select count(*)::int as n from ${query}`)))[0]?.n;

  it('goes on where it was, and nothing is done twice', async () => {
    // Before the first step is stored: all of it is to be done again.
    await server.start({ FAILPOINT: 'night-before-commit' }).catch(() => {});
    expect(await server.ended()).toBe('SIGKILL');
    expect(await night()).toMatchObject({ done: [], isDone: false });
    expect(await counted('suggestions')).toBe(0);

    await advance(database, '2 minutes');
    await server.start({ FAILPOINT: 'night-after-step' }).catch(() => {});
    expect(await server.ended()).toBe('SIGKILL');
    expect(await night()).toMatchObject({ done: ['learn'], isDone: false });
    expect(await counted('suggestions')).toBe(1);

    await advance(database, '2 minutes');
    await server.start();
    await until('the night to be done', async () => (await night())?.isDone);
    expect(await night()).toMatchObject({
      done: ['learn', 'notices', 'prune', 'report', 'post'],
      attempts: 3,
    });
    expect(await counted('suggestions where version = 1')).toBe(1);
    expect(await counted("records where type = 'night'")).toBe(1);
    expect(await counted('learning_posts')).toBe(1);
  });
});
