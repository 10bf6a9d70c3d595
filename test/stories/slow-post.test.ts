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
  const { slack, gate, leased, close } = await startTwoGates();
  const { database } = gate.deps;
  slack.fail({ method: 'chat.postMessage', delayMs: 7000 });
  const body = { environment: 'production', argv: ['echo', 'slow'] };
  await gate.call('POST', '/api/v1/requests', { token: await gate.token(), body });
  await leased();
  await advance(database, '31 seconds');
  await slack.waitFor(() => slack.messages('C0PROD').length === 2, {
    what: 'both cards',
    timeoutMs: 20_000,
  });
  await slack.click('UANA', await openCard(slack), 'approve');
  for (const { ts } of slack.messages('C0PROD'))
    await cardSays(slack, { channel: 'C0PROD', ts }, 'Approved by Ana');
  await expectInvariants(database, slack, gate.publicKey);
  await close();
});

it('a card that one server brings to an older state, after another one brought it to a newer, shows the newer in the end', async () => {
  const { slack, gate, leased, close } = await startTwoGates();
  const { database } = gate.deps;
  const body = { environment: 'production', argv: ['echo', 'late'] };
  await gate.call('POST', '/api/v1/requests', { token: await gate.token(), body });
  const card = await openCard(slack);
  await isNoted(slack, card);
  const updates = () => slack.callsOf('chat.update').length;
  const before = updates();
  slack.fail({ method: 'chat.update', delayMs: 4000 });
  await slack.click('UANA', card, 'claim');
  await leased();
  await advance(database, '31 seconds');
  await slack.click('UANA', card, 'approve');
  await cardSays(slack, card, 'Approved by Ana');
  await slack.waitFor(() => updates() >= before + 3, { what: 'it to be shown once more', timeoutMs: 20_000 });
  await cardSays(slack, card, 'Approved by Ana');
  await expectInvariants(database, slack, gate.publicKey);
  await close();
});

/** Two servers of one database and one key, as replicas are. */
async function startTwoGates() {
  const { url, drop } = await freshPostgres();
  const slack = await openSlack();
  const options = { variables: slackVariables(slack, 'http'), dataDirectory: freshDirectory() };
  const gate = await startTestGate(await openPostgres(url), options);
  const other = await startTestGate(await openPostgres(url), options);
  slack.requestUrl = `${gate.address}/slack/events`;
  const leases = () => gate.deps.database.rows(sql`select id from cards where lease_until is not null`);
  return {
    slack,
    gate,
    leased: () => expect.poll(async () => (await leases()).length).toBe(1),
    close: async () => {
      await gate.close();
      await other.close();
      await slack.stop();
      await drop();
    },
  };
}
