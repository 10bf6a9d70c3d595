import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { advance } from '../support/clock.ts';
import { expectInvariants } from '../support/invariants.ts';
import { cardSays, isNoted, openCard, startStory } from '../support/story.ts';

it('a card whose posting outlives its lease is not forgotten', async () => {
  const { slack, gate, database, close } = await startStory('postgres', 'http');
  slack.fail({ method: 'chat.postMessage', delayMs: 3000 });
  const body = { environment: 'production', argv: ['echo', 'slow'] };
  await gate.call('POST', '/api/v1/requests', { token: await gate.token(), body });
  const leases = () => database.rows(sql`select id from cards where lease_until is not null`);
  await expect.poll(async () => (await leases()).length).toBe(1);
  await advance(database, '31 seconds');
  const card = await openCard(slack);
  await isNoted(slack, card);
  await advance(database, '10 minutes');
  await cardSays(slack, card, 'Expired because nobody answered');
  await expectInvariants(database, slack, gate.publicKey);
  await close();
});
