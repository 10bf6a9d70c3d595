import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { startFakeGenie } from '../../src/demo/pagers/fake-genie.ts';
import { startFakePagerDuty } from '../../src/demo/pagers/fake-pagerduty.ts';
import { examine } from '../../src/doctor/examine.ts';
import { startMailHost } from '../on-call/smtp.ts';
import { TOKENS } from '../support/story.ts';
import { diagnose, doctorsSlack, GOOD, slackTokens } from './site.ts';

let slack: LocalSlack;
beforeAll(async () => {
  slack = await doctorsSlack();
});
afterEach(() => {
  slack.missingScopes.clear();
  slack.workAgain();
  slack.down = false;
});
afterAll(() => slack.stop());

const withSlack = (config = GOOD, over: Record<string, string> = {}) =>
  diagnose(config, slackTokens(slack, over));
/** What is said of the reviewers of one environment with these keys. */
const reviewers = async (keys: string, more = ''): Promise<string[]> =>
  (await withSlack(`url: http://127.0.0.1:1\nenvironments:\n  one: { time_zone: UTC, ${keys} }\n${more}`)).of(
    'one reviewers',
  );

it('a gate with everything has no fault, and the doctor has posted nothing', async () => {
  const { code, of, findings } = await withSlack();
  expect(findings.filter(({ status }) => status === 'fault')).toEqual([]);
  expect(code).toBe(0);
  expect(of('Slack')).toEqual(['ok: gatehouse in Local Slack']);
  expect(of('Slack scopes')).toEqual(['ok: all 11 of manifest.yml']);
  expect(of('Slack clicks')).toEqual(['ok: Socket Mode: Slack takes SLACK_APP_TOKEN']);
  expect(of('staging channel')).toEqual(['ok: #deploys (C0DEPLOYS), Gatehouse is in it']);
  expect(of('staging reviewers')).toEqual(['ok: 3 could approve, 1 needed; 3 active']);
  expect(of('clocks')[0]).toContain('Slack agrees within 30 s');
  expect(slack.callsOf('chat.postMessage')).toEqual([]);
});

describe('Slack tokens', () => {
  it('that are not set', async () => {
    const { of, findings } = await diagnose(GOOD);
    expect(of('Slack')).toEqual([
      expect.stringMatching(/^fault: nobody can be asked.* → set SLACK_BOT_TOKEN with SLACK_APP_TOKEN or/),
    ]);
    expect(findings.some(({ name }) => /reviewers|channel|scopes/.test(name))).toBe(false);
  });

  it.each([
    [
      { SLACK_BOT_TOKEN: 'xoxb-old' },
      /^fault: Slack does not take SLACK_BOT_TOKEN: invalid_auth → .*install it again/,
    ],
    [
      { SLACK_BOT_TOKEN: TOKENS.appToken },
      /^fault: SLACK_BOT_TOKEN is a token of another kind → set it to the bot token \(xoxb/,
    ],
  ])('that Slack does not take: %j', async (over, words) => {
    const { of, findings } = await withSlack(GOOD, over);
    expect(of('Slack')).toEqual([expect.stringMatching(words)]);
    expect(findings.filter(({ name }) => /channel|reviewers|scopes/.test(name))).toEqual([]);
  });

  it('for the socket', async () => {
    const { of } = await withSlack(GOOD, { SLACK_APP_TOKEN: 'xapp-old' });
    expect(of('Slack clicks')).toEqual([
      expect.stringMatching(
        /^fault: Slack does not take SLACK_APP_TOKEN: invalid_auth → make an app-level token with connections:write/,
      ),
    ]);
  });

  it('while Slack is down, or asks for patience', async () => {
    slack.down = true;
    expect((await withSlack()).of('Slack')).toEqual([
      expect.stringMatching(
        /^fault: Slack does not answer at 127\.0\.0\.1:\d+ \((ECONNRESET|UND_ERR_SOCKET)\) → let this machine reach it/,
      ),
    ]);
    slack.down = false;
    slack.fail({ method: 'auth.test', error: 'ratelimited', times: 1 });
    expect((await withSlack()).of('Slack')).toEqual([
      'note: Slack asks to be called less often → try again in a minute',
    ]);
  });
});

it('scopes: what is missing, and what works less well', async () => {
  slack.missingScopes.add('usergroups:read');
  slack.missingScopes.add('dnd:read');
  expect((await withSlack()).of('Slack scopes')).toEqual([
    expect.stringMatching(
      /^fault: missing: usergroups:read → add usergroups:read under "OAuth & Permissions".*install it again/,
    ),
    expect.stringMatching(
      /^note: without dnd:read: cards do not know who has notifications paused → add dnd:read/,
    ),
  ]);
  expect(await reviewers('channel: "#deploys", reviewers: { groups: [S0DBA] }')).toEqual([
    expect.stringMatching(/^fault: the user group S0DBA cannot be read → the app lacks usergroups:read/),
  ]);
});

it('the clock of Slack', async () => {
  const apart = await (async (offMs: number) => {
    const other = await startClockedSlack(offMs);
    const { of } = await diagnose(GOOD, slackTokens(other));
    await other.stop();
    return of('clocks');
  })(-10 * 60_000);
  expect(apart).toEqual([
    expect.stringMatching(
      /^fault: the clock of this machine is (9 min 5\d s|10 min( \d s)?) ahead of that of Slack → clicks are taken for forgeries/,
    ),
  ]);
});

async function startClockedSlack(offMs: number): Promise<LocalSlack> {
  const { startLocalSlack } = await import('../../src/demo/local-slack/local-slack.ts');
  return startLocalSlack({ ...TOKENS, people: [], channels: [], now: () => Date.now() + offMs });
}

describe('channels', () => {
  it.each([
    [
      '#nowhere',
      /^fault: there is no open channel #nowhere that Gatehouse sees → make it.*\/invite @gatehouse/,
    ],
    [
      'C0NOWHERE',
      /^fault: C0NOWHERE: Slack says channel_not_found → Gatehouse is not in the channel C0NOWHERE: type \/invite/,
    ],
    ['#without', /^fault: Gatehouse is not in #without → type \/invite @gatehouse in #without/],
    ['#old', /^fault: there is no open channel #old that Gatehouse sees → make it, or unarchive it/],
    ['C0OLD', /^fault: #old is archived → unarchive it, or configure another channel/],
  ])('%s', async (channel, words) => {
    const { of, code } = await withSlack(GOOD.replace('#deploys', channel));
    expect(of('staging channel')).toEqual([expect.stringMatching(words)]);
    expect(code).toBe(1);
  });
});

describe('reviewers', () => {
  it.each([
    [
      'nobody but a guest',
      'channel: "#guests", reviewers: channel',
      [/^fault: nobody could approve.* → invite full members to #guests/],
    ],
    [
      'only people who left',
      'channel: "#deploys", reviewers: { users: [UROLF] }',
      [
        /^note: cannot approve any more.*UROLF.* → take them out of "reviewers"/,
        /^fault: nobody could approve.* → name full members/,
      ],
    ],
    [
      'nobody Slack knows',
      'channel: "#deploys", reviewers: { users: [U0TYPO] }',
      [/^note: .*U0TYPO/, /^fault: nobody could approve/],
    ],
    [
      'fewer than approvals',
      'channel: "#deploys", reviewers: { users: [UANA] }, approvals: 2',
      [/^fault: 2 approvals are needed, and only Ana could give one → name full members/],
    ],
    [
      'only one',
      'channel: "#alone", reviewers: channel',
      [/^note: only Ana could approve, so nobody could when they ask or is away → add a reviewer/],
    ],
    [
      'nobody who is there',
      'channel: "#night", reviewers: channel',
      [/^note: 2 could approve, 1 needed; nobody is there now → say who is told or paged/],
    ],
    [
      'nobody there, and backups',
      'channel: "#night", reviewers: channel, escalation: [{ after: 2m, tell: { users: [UANA] } }]',
      [/^note: 2 could approve.*nobody is there now; backups are told$/],
    ],
    [
      'a group that is none',
      'channel: "#deploys", reviewers: { groups: [S0TYPO] }',
      [/^fault: there is no user group S0TYPO → mend its id/],
    ],
    [
      'an empty group',
      'channel: "#deploys", reviewers: { users: [UANA, UBEN], groups: [S0EMPTY] }',
      [/^note: nobody is in the user group S0EMPTY → fill it/, /^ok: 2 could approve/],
    ],
    [
      'a group with people',
      'channel: "#deploys", reviewers: { groups: [S0DBA] }',
      [/^ok: 3 could approve, 1 needed; 3 active/],
    ],
    [
      'a channel that is not there',
      'channel: "#nowhere", reviewers: channel',
      [/^fault: Slack does not say who could approve: .* → mend the channel first: #nowhere/],
    ],
    [
      'an emergency list of nobody',
      'channel: "#deploys", reviewers: channel, emergency: { users: [UGUS] }',
      [/^ok/, /^note: emergency: .*Gus/, /^fault: emergency: nobody could approve/],
    ],
    [
      'a step that tells nobody',
      'channel: "#deploys", reviewers: channel, escalation: [{ after: 4m, tell: { users: [UROLF] } }]',
      [/^ok/, /^note: the step after 4 min tells nobody.* → mend whom it tells/],
    ],
  ])('%s', async (_, keys, words) => {
    const said = await reviewers(keys);
    expect(said).toEqual(words.map((one) => expect.stringMatching(one)));
  });

  it('a policy that asks people who are gone', async () => {
    const config = `${GOOD}policies:\n  - { name: Schema, match: { command: ["psql *"] }, require: { from: { users: [UROLF] } } }\n`;
    expect((await withSlack(config)).of('policy Schema')).toContainEqual(
      expect.stringMatching(/^fault: nobody could approve.* → name full members of this workspace in "from"/),
    );
  });

  it('when Slack does not say', async () => {
    slack.fail({ method: 'conversations.members', error: 'fatal_error', times: 20 });
    expect((await withSlack()).of('staging reviewers')).toEqual([
      expect.stringMatching(
        /^fault: Slack does not say who could approve: fatal_error → mend the channel first/,
      ),
    ]);
  });
});

describe('on call', () => {
  const KEY = 'R0123456789abcdef0123456789ABCDE';
  const onCall = (entry: string, led = true) =>
    `${GOOD.replace(' }', led ? ', escalation: [{ after: 2m, page: primary }] }' : ' }')}on_call: { primary: ${entry} }\n`;
  const said = async (entry: string, led = true) =>
    (await withSlack(onCall(entry, led))).of('on call primary');

  it('PagerDuty: knows the key or not, and no incident comes of looking', async () => {
    const pager = await startFakePagerDuty({ routingKeys: [KEY] });
    const entry = (key: string) => `{ kind: pagerduty, routing_key: ${key}, base_url: "${pager.url}" }`;
    expect(await said(entry(KEY))).toEqual(['ok: PagerDuty takes this routing key']);
    expect(await said(entry(KEY), false)).toContainEqual(
      expect.stringMatching(/^note: no environment pages it → write \{ after: 6m, page: primary \}/),
    );
    const wrong = await said(entry('R0000000000000000000000000000000'));
    expect(wrong).toEqual([
      expect.stringMatching(
        /^fault: PagerDuty answered 400: .*Invalid routing key → copy the Integration Key/,
      ),
    ]);
    await pager.goDown();
    expect(await said(entry(KEY))).toEqual([
      expect.stringMatching(/^fault: PagerDuty could not be reached.* → let this machine reach it/),
    ]);
    expect(pager.incidents).toEqual([]);
    await pager.close();
  });

  it('OpsGenie: the same', async () => {
    const genie = await startFakeGenie({ apiKey: 'genie-key-77' });
    const entry = (key: string) => `{ kind: opsgenie, api_key: ${key}, base_url: "${genie.url}" }`;
    expect(await said(entry('genie-key-77'))).toEqual(['ok: OpsGenie takes this key']);
    const wrong = await said(entry('genie-key-78'));
    expect(wrong).toEqual([
      expect.stringMatching(/^fault: OpsGenie answered 4\d\d.* → copy the key of an API integration/),
    ]);
    expect(wrong.join()).not.toContain('genie-key-78');
    expect(genie.alerts).toEqual([]);
    await genie.close();
  });

  it('a webhook is connected to, and sent nothing', async () => {
    const hits: string[] = [];
    const server = await listening((request) => void hits.push(request.url ?? ''));
    expect(await said(`{ kind: webhook, url: "${server.url}/hook/secret123" }`)).toEqual([
      expect.stringMatching(/^ok: 127\.0\.0\.1:\d+ answers; its keys are not looked at/),
    ]);
    expect(hits).toEqual([]);
    await server.close();
    expect(await said(`{ kind: webhook, url: "${server.url}/hook/secret123" }`)).toEqual([
      expect.stringMatching(/^fault: 127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\) → mend the address/),
    ]);
  });

  it('people in Slack', async () => {
    expect(await said('{ kind: slack, users: [UANA] }')).toEqual(['ok: a direct message to Ana']);
    expect(await said('{ kind: slack, users: [UANA, UROLF] }')).toEqual([
      'note: not in Slack any more: UROLF → take them out',
    ]);
    expect(await said('{ kind: slack, users: [UROLF] }')).toEqual([
      'fault: nobody of them is in Slack: UROLF → name other users',
    ]);
  });
});

it('mail: takes the password, or does not, or is not there; none is sent', async () => {
  const host = await startMailHost();
  const mail = async (pass: string) => {
    const smtp = `smtp://gate:${encodeURIComponent(pass)}@127.0.0.1:${host.port}`;
    return (await withSlack(`${GOOD}email: { smtp: "${smtp}", from: gate@example.com }\n`)).of('mail');
  };
  expect(await mail('right p@ss')).toEqual([
    expect.stringMatching(/^ok: 127\.0\.0\.1:\d+ takes mail from gate@example\.com/),
  ]);
  const wrong = await mail('wrong-pass');
  expect(wrong).toEqual([
    expect.stringMatching(/^fault: the mail server answered 535.* → mend user and password in email\.smtp/),
  ]);
  expect(wrong.join()).not.toContain('wrong-pass');
  expect(host.mails).toEqual([]);
  await host.close();
  expect(await mail('right p@ss')).toEqual([
    expect.stringMatching(
      /^fault: the mail server could not be reached \(ECONNREFUSED\) → let this machine reach 127/,
    ),
  ]);
});

it('mail and pages lead to a page where one signs in: without its secret that is said', async () => {
  const { of } = await withSlack(`${GOOD}email: { smtp: "smtp://127.0.0.1:1", from: gate@example.com }\n`);
  expect(of('configuration')).toContainEqual(
    expect.stringMatching(
      /^note: people who come from a mail or a page cannot sign in → set SLACK_CLIENT_ID/,
    ),
  );
});

it('the language model that is not there', async () => {
  const { of } = await diagnose(
    `${GOOD}learning: { model: { base_url: "http://127.0.0.1:1/v1", name: tiny } }\n`,
  );
  expect(of('model')).toEqual([expect.stringMatching(/^fault: .+ → .+/)]);
});

describe('the address', () => {
  it('of something that is no gate, and a port that something else has', async () => {
    const server = await listening((_, response) => response.end('<html>hello</html>'));
    const { of } = await diagnose(GOOD, { PORT: new URL(server.url).port });
    expect(of('server')).toEqual([
      expect.stringMatching(
        /^fault: something that is no gate listens at .* → choose another port with PORT/,
      ),
    ]);
    await server.close();
  });

  it('in the clear is noted', async () => {
    const { of } = await diagnose(GOOD.replace('http://127.0.0.1:1', 'http://gate.invalid'));
    expect(of('address')).toContainEqual(
      expect.stringMatching(/^note: http:\/\/gate\.invalid is not https.* → put a proxy with TLS/),
    );
    expect(of('address')).toContainEqual(
      expect.stringMatching(/^note: .* looked at when the gate runs → start it: gate serve/),
    );
  });
});

it('what takes too long, or breaks, is a finding; what was asked later waits for nobody', async () => {
  const hanging = { name: 'hangs', look: () => new Promise<never>(() => {}) };
  const breaking = { name: 'breaks', look: () => Promise.reject(new Error('ouch\nat line 1')) };
  const said: string[] = [];
  for await (const { name, status, says } of examine([hanging, breaking], { withinMs: 30 }))
    said.push(`${name} ${status} ${says}`);
  expect(said).toEqual([
    'hangs fault this took longer than 0.03 s',
    'breaks fault this could not be looked at: ouch',
  ]);
});

async function listening(
  handle: Parameters<typeof createServer>[1],
): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer(handle as never);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
