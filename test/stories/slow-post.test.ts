import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { openPostgres } from '../../src/store/database.ts';
import { advance } from '../support/clock.ts';
import { freshPostgres } from '../support/databases.ts';
import { startTestGate } from '../support/gate.ts';
import { freshDirectory } from '../support/gate-process.ts';
import { expectInvariants } from '../support/invariants.ts';
import { cardSays, isNoted, openCard, openSlack, slackVariables, startStory } from '../support/story.ts';

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

it('a card that two servers posted, because one took longer than its lease, shows the end in both places', async () => {
  const { url, drop } = await freshPostgres();
  const slack = await openSlack();
  const options = { variables: slackVariables(slack, 'http'), dataDirectory: freshDirectory() };
  // Of one directory they have one key, as replicas do.
  const gates = [
    await startTestGate(await openPostgres(url), options),
    await startTestGate(await openPostgres(url), options),
  ] as const;
  const [gate] = gates;
  const { database } = gate.deps;
  slack.requestUrl = `${gate.address}/slack/events`;
  slack.fail({ method: 'chat.postMessage', delayMs: 7000 });
  const body = { environment: 'production', argv: ['echo', 'slow'] };
  await gate.call('POST', '/api/v1/requests', { token: await gate.token(), body });
  const leases = () => database.rows(sql`select id from cards where lease_until is not null`);
  await expect.poll(async () => (await leases()).length).toBe(1);
  await advance(database, '31 seconds');
  await slack.waitFor(() => slack.messages('C0PROD').length === 2, {
    what: 'both cards',
    timeoutMs: 20_000,
  });
  await slack.click('UANA', await openCard(slack), 'approve');
  for (const { ts } of slack.messages('C0PROD'))
    await cardSays(slack, { channel: 'C0PROD', ts }, 'Approved by Ana');
  await expectInvariants(database, slack, gate.publicKey);
  for (const each of gates) await each.close();
  await slack.stop();
  await drop();
});
