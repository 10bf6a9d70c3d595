import { existsSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { advance } from '../support/clock.ts';
import { freshDirectory } from '../support/gate-process.ts';
import { gateRun } from '../support/story.ts';
import { until } from '../support/until.ts';
import { inForm, largest, measured } from './form.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

vi.setConfig({ testTimeout: inForm(60_000, 300_000), hookTimeout: 120_000 });

const CLIENTS = inForm(2, 50);
const AT_ONCE = inForm(2, 5);

let world: FaultWorld;
beforeAll(async () => {
  world = await startFaultWorld({ count: 1 });
});
afterAll(() => world.close());

it(`of ${CLIENTS} clients that are killed while they wait none runs anything; what they asked is withdrawn`, async () => {
  const { balancer, token, publicKey, database } = world;
  const proof = freshDirectory();
  for (let from = 0; from < CLIENTS; from += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, (_, i) => path.join(proof, `ran-${from + i}`));
    await Promise.all(
      some.map(async (file) => {
        const run = gateRun(['--env', 'production', '--', 'touch', file], {
          url: balancer.url,
          token,
          publicKey,
        });
        await run.says('#deploys');
        run.process.kill('SIGKILL');
        await run.exit;
      }),
    );
  }
  const areOver = async () =>
    (await database.rows(sql`select id from requests where state = 'pending'`)).length === 0;
  // The poll that was open when it died is good for its wait and for one heartbeat more.
  await advance(database, '51 seconds');
  // One that was still on its way to the server is heard only now.
  await until('those that were heard last to be withdrawn', areOver, 3000).catch(() =>
    advance(database, '51 seconds'),
  );
  await until('all to be withdrawn', areOver);
  const ended = await database.rows<{ by: string; late: number }>(sql`
    select decision->>'by' as by, (extract(epoch from decided_at - due_at) * 1000)::float8 as late
    from requests join timers on request_id = requests.id and kind = 'heartbeat'`);
  expect(ended.map(({ by }) => by)).toEqual(Array(CLIENTS).fill('lost-contact'));
  expect(Array.from({ length: CLIENTS }, (_, i) => existsSync(path.join(proof, `ran-${i}`)))).not.toContain(
    true,
  );
  await world.expectPromises();
  measured({
    case: 'K9',
    promise: 'kill -9 of a client that waits: withdrawn after its heartbeat, never run',
    runs: CLIENTS,
    figures: { 'withdrawn late at most, ms': largest(ended.map(({ late }) => late)) },
  });
});
