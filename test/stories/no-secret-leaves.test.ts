import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { verifyRecord } from '../../src/core/proof/verify.ts';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { type FakePagerDuty, startFakePagerDuty } from '../../src/demo/pagers/fake-pagerduty.ts';
import { createLog } from '../../src/log.ts';
import type { Database } from '../../src/store/database.ts';
import { type MailHost, startMailHost } from '../on-call/smtp.ts';
import { advance } from '../support/clock.ts';
import { freshDatabase } from '../support/databases.ts';
import { CONFIG, startTestGate, type TestGate } from '../support/gate.ts';
import { gateRun, openCard, openSlack, slackVariables } from '../support/story.ts';

/** Made at run time, so that no scanner takes them for real ones. */
const CANARY = ['Zx9', 'canary', '7Qw2', 'Lp0v'].join('-');
const token = `gh${'p'}_${'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2'}`;
const jwt = `ey${'JhbGciOiJIUzI1NiJ9'}.ey${'JzdWIiOiJjYW5hcnkifQ'}.${'c2lnbmF0dXJlLWNhbmFyeS1jYW5hcnk'}`;
const SECRETS = [CANARY, token, jwt];

const COMMANDS: [where: string, command: string][] = [
  ['an option', `deploy --password ${CANARY}`],
  ['an option with =', `deploy --api-key=${CANARY}`],
  ['a quoted option', `deploy --token '${CANARY}'`],
  ['a variable', `DB_PASSWORD=${CANARY} migrate up`],
  ['an exported variable', `export API_TOKEN=${CANARY}; deploy`],
  ['a URL', `psql postgres://app:${CANARY}@db.example.com/shop`],
  ['a header', `curl -H "Authorization: Bearer ${CANARY}" https://api.example.com`],
  ['basic authentication', `curl -u app:${CANARY} https://api.example.com`],
  ['a known token, anywhere', `git clone https://x:${token}@code.example.com/shop`],
  ['a JWT as a word', `login ${jwt}`],
  ['inside bash -c', `bash -c 'deploy --password ${CANARY}'`],
  ['a container variable', `docker run -e SECRET_KEY=${CANARY} shop`],
];

describe('no secret leaves', () => {
  let slack: LocalSlack;
  let database: Database;
  let gate: TestGate;
  let mail: MailHost;
  let pagerDuty: FakePagerDuty;
  const lines: string[] = [];
  beforeAll(async () => {
    slack = await openSlack();
    database = await freshDatabase('embedded');
    const log = createLog('trace', { write: (line) => lines.push(line) });
    [mail, pagerDuty] = [await startMailHost(), await startFakePagerDuty()];
    const config = CONFIG.replace(
      'expires_after: 10m }',
      'expires_after: 10m, escalation: [{ after: 1m, tell: { users: [UNORA], emails: [b@example.com] } }, { after: 2m, page: pd }] }',
    ).concat(
      `on_call: { pd: { kind: pagerduty, routing_key: ${'k'.repeat(32)}, base_url: "${pagerDuty.url}" } }\nemail: { smtp: "smtp://127.0.0.1:${mail.port}", from: gate@example.com }\n`,
    );
    gate = await startTestGate(database, { config, variables: slackVariables(slack, 'socket'), log });
  });
  afterAll(async () => {
    await gate.close();
    await Promise.all([mail.close(), pagerDuty.close(), slack.stop()]);
  });

  const everything = async () => {
    const tables =
      'requests votes records cards outbox timers rules tokens steps pages page_requests questions'.split(
        ' ',
      );
    const dumps = tables.map((t) => database.rows(sql.raw(`select to_jsonb(t)::text as row from ${t} as t`)));
    const rows = JSON.stringify(await Promise.all(dumps));
    // Records are base64 inside.
    const payloads = await database.rows<{ p: string }>(sql`select envelope->>'payload' as p from records`);
    return {
      database: rows + payloads.map(({ p }) => Buffer.from(p, 'base64').toString()).join(''),
      slack: JSON.stringify(slack.calls),
      log: lines.join(''),
      metrics: (await gate.call('GET', '/metrics')).body as string,
      mail: JSON.stringify(mail.mails.map(({ raw, parts }) => [raw, ...parts.values()])),
      pager: JSON.stringify(pagerDuty.calls),
    };
  };
  const expectNoSecret = async () => {
    for (const [place, text] of Object.entries(await everything())) {
      for (const secret of SECRETS)
        expect(text.includes(secret), `${secret.slice(0, 3)}… in ${place}`).toBe(false);
    }
  };

  it('of a client that sends everything as it is', async () => {
    const sender = await gate.token();
    for (const [, command] of COMMANDS) {
      const body = {
        environment: 'production',
        command,
        reason: `use --password ${CANARY}`,
        context: { change_summary: `token ${token}` },
      };
      const { status, body: answer } = await gate.call('POST', '/api/v1/requests', { token: sender, body });
      expect(status, JSON.stringify(answer)).toBe(202);
      expect(JSON.stringify(answer)).not.toContain(CANARY);
    }
    await slack.waitFor(() => slack.messages('C0PROD').length > 0, { what: 'a card' });
    await advance(database, '2 minutes 1 second');
    await vi.waitFor(() => expect(pagerDuty.incidents.length).toBeGreaterThan(0), 20_000);
    await vi.waitFor(() => expect(mail.mails.length).toBeGreaterThan(0), 20_000);
    await expectNoSecret();
  });

  it('of gate run, whose approval still binds the real bytes', async () => {
    const run = gateRun(['--env', 'staging', '--', 'echo', '--password', CANARY], {
      url: gate.address,
      token: await gate.token(),
      publicKey: gate.publicKey,
    });
    const card = await openCard(slack, 'C0STAGE');
    await slack.click('UANA', card, 'approve');
    const ended = await run.exit;
    expect(ended).toMatchObject({ code: 0, stdout: `--password ${CANARY}\n` });
    expect(ended.stderr).not.toContain(CANARY);
    await expectNoSecret();
  });

  it('and every record can be verified, although its digest binds what is not shown', async () => {
    const records = await database.rows<{ envelope: unknown }>(sql`select envelope from records`);
    expect(records.length).toBeGreaterThan(COMMANDS.length);
    const faults = records
      .map(({ envelope }) => verifyRecord(envelope, [gate.publicKey]))
      .filter(({ good }) => !good);
    expect(faults).toEqual([]);
  });

  it('finds a secret when there is one', async () => {
    lines.push(CANARY);
    await expect(expectNoSecret()).rejects.toThrow('Zx9… in log');
    lines.pop();
  });
});
