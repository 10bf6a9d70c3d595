import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import type { Database } from '../../src/store/database.ts';
import { advance } from '../support/clock.ts';
import { freshDatabase } from '../support/databases.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import { cardSays, openCard, openSlack, slackVariables } from '../support/story.ts';
import { until } from '../support/until.ts';
import { inForm, measured } from './form.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const TIMES = inForm(1, 20);

/** A server inside, as a metadata service is: nobody but the gate could reach it. */
let inside: http.Server;
let opened = 0;
let address: string;
/** A server outside, that leads whoever calls it there. */
let outside: http.Server;
let lures = 0;
let lure: string;
let gate: TestGate;
let slack: LocalSlack;
let database: Database;
beforeAll(async () => {
  inside = await listen((_, response) => response.end('secret'));
  inside.on('connection', () => {
    opened += 1;
  });
  address = addressOf(inside);
  outside = await listen((_, response) => {
    lures += 1;
    response.writeHead(307, { location: `${address}/latest/meta-data` }).end();
  });
  lure = addressOf(outside);
  [slack, database] = [await openSlack(), await freshDatabase('embedded')];
  const config = `
url: http://gate.example.com
environments:
  production:
    channel: "#deploys"
    reviewers: channel
    escalation: [{ after: 1m, page: duty }, { after: 2m, page: hook }]
on_call:
  duty: { kind: pagerduty, routing_key: "${'r'.repeat(32)}", base_url: "${lure}" }
  hook: { kind: webhook, url: "${lure}", secret: "0123456789abcdef0123456789abcdef" }
`;
  gate = await startTestGate(database, { config, variables: slackVariables(slack, 'http') });
  slack.requestUrl = `${gate.address}/slack/events`;
});
afterAll(async () => {
  await gate.close();
  await slack.stop();
  inside.close();
  outside.close();
});

it(`no address that others name is called, and no redirect is followed to one inside, ${TIMES} times`, async () => {
  const token = await gate.token();
  for (let n = 0; n < TIMES; n++) {
    const answer = await gate.call('POST', '/api/v1/requests', {
      token,
      body: {
        environment: 'production',
        command: `curl ${address}/${n}`,
        reason: `${address} http://[::ffff:127.0.0.1]:${new URL(address).port}/`,
        context: {
          run_id: String(n),
          run_url: `${address}/run`,
          server_url: address,
          links: [{ title: 'inside', url: address }],
          checks: [{ name: 'ci', state: 'ok', url: address }],
        },
      },
    });
    expect(answer.status).toBe(202);
    const card = await openCard(slack);
    await advance(database, '2 minutes 1 second');
    await until('both pagers to be tried', () => lures >= 2 * (n + 1), 20_000);
    await slack.click('UANA', card, 'approve');
    await cardSays(slack, card, 'Approved by Ana');
  }
  expect(opened).toBe(0);
  measured({
    case: 'F4',
    promise:
      'addresses in what clients send are never called; a redirect to an address inside is not followed',
    runs: TIMES,
    figures: { 'redirects offered': lures, 'connections opened': opened },
  });
});

const listen = (answer: http.RequestListener): Promise<http.Server> =>
  new Promise((resolve) => {
    const server = http.createServer(answer).listen(0, '127.0.0.1', () => resolve(server));
  });
const addressOf = (server: http.Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
