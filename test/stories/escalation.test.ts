import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { type FakeGenie, startFakeGenie } from '../../src/demo/pagers/fake-genie.ts';
import { type FakePagerDuty, startFakePagerDuty } from '../../src/demo/pagers/fake-pagerduty.ts';
import type { Database } from '../../src/store/database.ts';
import { type MailHost, startMailHost } from '../on-call/smtp.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import { expectInvariants } from '../support/invariants.ts';
import {
  cardSays,
  gateRun,
  isTold,
  openCard,
  openSlack,
  type Place,
  slackVariables,
} from '../support/story.ts';
import { until } from '../support/until.ts';

const ROUTING_KEY = 'r'.repeat(32);
const CONFIG = (pd: string, genie: string, smtp: number) => `
url: http://gate.example.com
environments:
  production:
    channel: "#deploys"
    reviewers: { users: [UANA, UBEN] }
    expires_after: 10m
    time_zone: Europe/Berlin
    escalation:
      - { after: 2m, tell: reviewers }
      - { after: 4m, tell: { users: [UCLEO], emails: [backup@example.com] } }
      - { after: 6m, page: primary }
  quick:
    channel: "#payments"
    reviewers: { users: [UANA, UBEN] }
    expires_after: 40s
    escalation:
      - { after: 5s, tell: reviewers }
      - { after: 10s, tell: { users: [UNORA], emails: [backup@example.com] } }
      - { after: 15s, page: primary }
  alone:
    channel: "#staging"
    reviewers: { users: [UCLEO] }
    escalation: [{ after: 8m, page: primary }]
on_call:
  primary: { kind: pagerduty, routing_key: "${ROUTING_KEY}", base_url: "${pd}", webhook_secrets: [hook-secret], then: second }
  second: { kind: opsgenie, api_key: genie-key, base_url: "${genie}", webhook_secret: secret-of-the-genie }
email: { smtp: "smtp://127.0.0.1:${smtp}", from: gate@example.com }
limits: { requests_per_second: 1000, burst: 1000, pending_per_token: 1000 }
`;

/** The whole program with a Slack, a PagerDuty, an OpsGenie and a mail server that are real servers. */
interface World {
  slack: LocalSlack;
  gate: TestGate;
  database: Database;
  pagerDuty: FakePagerDuty;
  genie: FakeGenie;
  mail: MailHost;
  token: string;
}

describe.each(DATABASE_KINDS)('the ladder as people see it, %s', (kind) => {
  let world: World;
  beforeAll(async () => {
    const slack = await openSlack();
    const [pagerDuty, genie, mail] = [
      await startFakePagerDuty({ routingKeys: [ROUTING_KEY] }),
      await startFakeGenie({ apiKey: 'genie-key' }),
      await startMailHost(),
    ];
    const database = await freshDatabase(kind);
    const config = CONFIG(pagerDuty.url, genie.url, mail.port);
    const gate = await startTestGate(database, { config, variables: slackVariables(slack, 'socket') });
    const token = await gate.token({ owner: 'UCLEO' });
    world = { slack, gate, database, pagerDuty, genie, mail, token };
  });
  afterAll(async () => {
    await world.gate.close();
    await Promise.all([world.pagerDuty.close(), world.genie.close(), world.mail.close(), world.slack.stop()]);
  });
  afterEach(async () => {
    // Nothing of one story waits in the next, not even a call that is tried again, and no storm goes on.
    world.pagerDuty.faults.length = 0;
    await advance(world.database, '1 hour');
    await until('every incident to be closed', async () => {
      const open = world.pagerDuty.incidents.filter(({ status }) => status !== 'resolved');
      return open.length === 0 && world.genie.alerts.every(({ status }) => status === 'closed');
    });
    await until('every call to be made', async () => {
      const [row] = await world.database.rows<{ n: number }>(
        sql`select count(*)::int as n from pages where wanted_version > shown_version`,
      );
      return row?.n === 0;
    });
  });

  const ask = async (environment = 'production'): Promise<string> => {
    const body = {
      environment,
      argv: ['kubectl', 'rollout', 'restart', randomUUID()],
      context: { run_id: randomUUID() },
    };
    const answer = await world.gate.call('POST', '/api/v1/requests', { token: world.token, body });
    expect(answer.status).toBe(202);
    return answer.body.id;
  };
  const stateOf = async (id: string): Promise<string> =>
    (await world.gate.call('GET', `/api/v1/requests/${id}`, { token: world.token })).body.state;
  const deadlineOf = async (id: string): Promise<number> =>
    Date.parse(
      (await world.gate.call('GET', `/api/v1/requests/${id}`, { token: world.token })).body.expires_at,
    );
  const forward = (by: string) => advance(world.database, by);
  const incident = (status: string) => world.pagerDuty.incidents.find((one) => one.status === status);

  it('climbs the whole ladder in sight of everybody, and ends as expired', async () => {
    const { slack, mail, pagerDuty } = world;
    const home = world.gate.publicKey;
    const run = gateRun(['--env', 'quick', '--', 'echo', 'hello'], {
      url: world.gate.address,
      token: world.token,
      publicKey: home,
    });
    const card = await openCard(slack, 'C0PAY');
    await cardSays(slack, card, /Reach: .*reviewers.*backups at .*pager at/);
    await run.says('backups at');
    await forward('5 seconds');
    await cardSays(slack, card, /reviewers told: Ana and Ben/);
    await until('a mention in the thread', () =>
      slack.thread('C0PAY', card.ts).some((message) => slack.mentions(message).includes('UANA')),
    );
    await forward('5 seconds');
    await run.says('backups told');
    await until('a mail', () => mail.mails.some(({ to }) => to.includes('backup@example.com')));
    expect(mail.mails.at(-1)?.parts.get('text/plain')).toContain('http://gate.example.com/requests/req_');
    await cardSays(slack, card, /Next: pager at/);
    await forward('5 seconds');
    await until('an incident', () => incident('triggered') !== undefined);
    expect(incident('triggered')?.summary).toContain('quick: approve "echo hello"?');
    await cardSays(slack, card, /pager primary called/);
    await forward('25 seconds');
    expect((await run.exit).code).toBe(124);
    await until('the incident to be closed', () =>
      pagerDuty.incidents.every(({ status }) => status === 'resolved'),
    );
    await cardSays(slack, card, /expired/i);
  });

  it('an acknowledgement at PagerDuty shows on the card; deciding stays in Slack', async () => {
    const { slack, pagerDuty } = world;
    const subscription = pagerDuty.subscribe({
      url: `${world.gate.address}/webhooks/on-call/primary`,
      secrets: ['old-secret', 'hook-secret'],
    });
    const id = await ask();
    const card = await openCard(slack);
    await forward('6 minutes');
    await until('an incident', () => incident('triggered') !== undefined);
    await pagerDuty.press(incident('triggered') as never, 'acknowledged', 'Otto OnCall');
    await cardSays(slack, card, /pager primary: Otto OnCall has it/);
    await subscription.settled();
    expect(subscription.isDisabled()).toBe(false);
    expect(await stateOf(id)).toBe('pending');
    await slack.click('UANA', card, 'approve');
    await until('the approval', async () => (await stateOf(id)) === 'approved');
    await until('the incident to be closed', () =>
      pagerDuty.incidents.every(({ status }) => status === 'resolved'),
    );
    // Told of what is over, or of what never was, it answers with a 2xx all the same.
    await Promise.all(subscription.deliveries.map((delivery) => subscription.redeliver(delivery)));
    expect(
      subscription.deliveries.flatMap(({ statuses }) => statuses).every((status) => status === 202),
    ).toBe(true);
    const forged = await fetch(`${world.gate.address}/webhooks/on-call/primary`, {
      method: 'POST',
      body: subscription.deliveries[0]?.body ?? '',
      headers: { 'x-pagerduty-signature': `v1=${'0'.repeat(64)}` },
    });
    expect(forged.status).toBe(401);
  });

  it('an acknowledgement at OpsGenie shows on the card, too', async () => {
    const { slack, pagerDuty, genie } = world;
    pagerDuty.faults.push({ times: 100, status: 500 });
    genie.subscribe({
      url: `${world.gate.address}/webhooks/on-call/second`,
      headers: { authorization: 'Bearer secret-of-the-genie' },
    });
    const id = await ask();
    const card = await openCard(slack);
    await forward('6 minutes');
    const alert = await until('an alert', () => genie.alerts.find(({ status }) => status === 'open'));
    await genie.press(alert, 'Acknowledge', 'Gina OnCall');
    await cardSays(slack, card, /Gina OnCall has it/);
    expect(await stateOf(id)).toBe('pending');
  });

  it.each([
    ['answers 500', (pd: FakePagerDuty) => void pd.faults.push({ times: 3, status: 500 })],
    ['answers 429', (pd: FakePagerDuty) => void pd.faults.push({ times: 3, status: 429 })],
    [
      'takes the event and loses the answer',
      (pd: FakePagerDuty) => void pd.faults.push({ times: 3, when: 'after', reset: true }),
    ],
    ['cuts the connection', (pd: FakePagerDuty) => void pd.faults.push({ times: 3, reset: true })],
  ])(
    'PagerDuty %s: OpsGenie rings at once, the deadline stands, and nothing stays open',
    async (_, breaks) => {
      const { pagerDuty, genie } = world;
      breaks(pagerDuty);
      const id = await ask();
      await forward('6 minutes');
      await until('an alert at OpsGenie', () => genie.alerts.some(({ status }) => status === 'open'));
      await forward('4 minutes');
      await until('the end', async () => (await stateOf(id)) === 'expired');
      await forward('5 minutes');
      await until('no open incident', () => {
        const open = pagerDuty.incidents.filter(({ status }) => status !== 'resolved');
        return open.length === 0 && genie.alerts.every(({ status }) => status === 'closed');
      });
      pagerDuty.faults.length = 0;
    },
  );

  it('the requester is the only reviewer: whoever is on call is paged at once, and the card says why', async () => {
    const { slack, pagerDuty } = world;
    await ask('alone');
    const card = await openCard(slack, 'C0STAGE');
    await until('an incident', () => pagerDuty.incidents.some(({ status }) => status === 'triggered'));
    await cardSays(slack, card, /only who asked is on it/);
  });

  it('"I am looking", a question and its answer stand on the card', async () => {
    const { slack } = world;
    const id = await ask();
    const card = await openCard(slack);
    await slack.click('UANA', card, 'claim');
    await cardSays(slack, card, /Ana is looking at it/);
    await slack.click('UANA', card, 'ask');
    const modal = await slack.waitFor(() => slack.openViews('UANA')[0], { what: 'the modal to ask' });
    await slack.submit('UANA', modal.id, { words: 'Is the backup done?' });
    await cardSays(slack, card, /Ana asks: Is the backup done\?/);
    await cardSays(slack, card, /Held up by a question/);
    const question = await slack.waitFor(
      () =>
        slack
          .thread('C0PROD', card.ts)
          .find((message) => slack.texts(message).includes('Is the backup done?')),
      { what: 'the question in the thread' },
    );
    const place: Place = { channel: 'C0PROD', ts: question.ts };
    await slack.click('UBEN', place, 'answer');
    const wrong = await slack.waitFor(() => slack.openViews('UBEN')[0], { what: 'the modal to answer' });
    await slack.submit('UBEN', wrong.id, { words: 'I think so' });
    await isTold(slack, 'UBEN', /Only who asked/);
    await slack.click('UCLEO', place, 'answer');
    const right = await slack.waitFor(() => slack.openViews('UCLEO')[0], { what: 'the modal to answer' });
    await slack.submit('UCLEO', right.id, { words: 'Yes, at noon' });
    await cardSays(slack, card, /Cleo: Yes, at noon/);
    await slack.click('UANA', card, 'approve');
    await until('the approval', async () => (await stateOf(id)) === 'approved');
  });

  it('Extend appears in the last third, and gives more time', async () => {
    const { slack } = world;
    const id = await ask();
    const card = await openCard(slack);
    expect(
      slack.buttons(slack.message('C0PROD', card.ts) as never).some((b) => b.actionId === 'extend'),
    ).toBe(false);
    await forward('7 minutes');
    await slack.waitFor(
      () => slack.buttons(slack.message('C0PROD', card.ts) as never).some((b) => b.actionId === 'extend'),
      { what: 'the button to extend' },
    );
    const before = await deadlineOf(id);
    await slack.click('UBEN', card, 'extend');
    await until('more time', async () => (await deadlineOf(id)) - before === 300_000);
    await forward('4 minutes');
    expect(await stateOf(id)).toBe('pending');
    await slack.click('UANA', card, 'deny');
    const modal = await slack.waitFor(() => slack.openViews('UANA')[0], { what: 'the modal to deny' });
    await slack.submit('UANA', modal.id, { words: 'Not today' });
    await until('the denial', async () => (await stateOf(id)) === 'denied');
  });

  it('leaves everything in order', async () => {
    await until('all records', async () => {
      const [open] = await world.database.rows<{ n: number }>(
        sql`select count(*)::int as n from requests where state = 'pending'`,
      );
      return open?.n === 0;
    });
    await expectInvariants(world.database, world.slack, world.gate.publicKey);
  });
});
