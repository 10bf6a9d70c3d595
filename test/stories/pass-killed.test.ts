import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { faultsOfRequests, faultsOfTheChain } from '../support/invariants.ts';
import { openServerWorld, type ServerWorld } from '../support/server-world.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const AT_ONCE = 30;

/** A server is killed while what rules let pass is on its way to the database, many requests in one commit. */
describe.each([{ point: 'pass-before-commit' }, { point: 'pass-after-commit' }])(
  'killed at $point',
  ({ point }) => {
    let world: ServerWorld;
    beforeAll(async () => {
      world = await openServerWorld('postgres', 'http');
      await world.server.start();
    });
    afterAll(() => world.close());

    it('nothing is half done: who asks again is answered once, with one request', async () => {
      const { server } = world;
      const token = await server.token();
      await world.atRest((database) =>
        database.rows(sql`
        insert into rules (id, text, environment, project, source, allows_critical, match, not_match, created_at,
          created_by, created_by_name, confirmed_at, hits)
        values ('rul_1', 'kubectl get pods -n team-*', '*', '*', 'manual', false, '[]', '[]', now(), 'test', 'test', now(), 0)`),
      );
      await server.start({ FAILPOINT: point });
      const ask = (n: number) =>
        server.call('POST', '/api/v1/requests', {
          token,
          body: { environment: 'production', argv: ['kubectl', 'get', 'pods', '-n', `team-${n}`] },
          headers: { 'idempotency-key': `ask-${n}` },
        });
      const all = Array.from({ length: AT_ONCE }, (_, n) => n);
      const first = await Promise.allSettled(all.map(ask));
      expect(first.filter(({ status }) => status === 'fulfilled')).toEqual([]);
      expect(await server.ended()).toBe('SIGKILL');

      await server.start();
      const publicKey = await server.publicKey();
      const answers = await Promise.all(
        all.map(async (n) => (await ask(n)).json() as Promise<{ id: string; state: string }>),
      );
      expect(new Set(answers.map(({ state }) => state))).toEqual(new Set(['approved']));
      await world.atRest(async (database) => {
        const rows = await database.rows<{ id: string }>(sql`select id from requests`);
        expect(rows.map(({ id }) => id).toSorted()).toEqual(answers.map(({ id }) => id).toSorted());
        const [rule] = await database.rows<{ hits: number }>(sql`select hits::int as hits from rules`);
        expect(rule?.hits).toBe(AT_ONCE);
        expect([
          ...(await faultsOfRequests(database)),
          ...(await faultsOfTheChain(database, publicKey)),
        ]).toEqual([]);
      });
    });
  },
);
