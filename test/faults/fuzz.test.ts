import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Envelope } from '../../src/core/proof/envelope.ts';
import { verifyRecord } from '../../src/core/proof/verify.ts';
import { signatureOf } from '../../src/demo/local-slack/delivery.ts';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import type { Database } from '../../src/store/database.ts';
import { freshDatabase } from '../support/databases.ts';
import { CONFIG, startTestGate, type TestGate } from '../support/gate.ts';
import { faultsIn } from '../support/invariants.ts';
import { openSlack, slackVariables, TOKENS } from '../support/story.ts';
import { inForm, measured, seed } from './form.ts';

vi.setConfig({ testTimeout: inForm(60_000, 600_000), hookTimeout: 60_000 });

const CASES = inForm(150, 10_000);
const AT_ONCE = 40;
const PAYLOADS = inForm(1, 75) * AT_ONCE;
const settings = { numRuns: CASES, seed, endOnFailure: true };

const hostile = fc.constantFrom(
  '<!channel>',
  '<@UANA>',
  '\u202e\u2066',
  '\u001b[2J',
  '```',
  '__proto__',
  '=cmd|calc',
  '\0',
  '\ud800',
  'x'.repeat(20_000),
  "'; drop table requests; --",
);
/** Words that every object of the language knows. */
const known = fc.constantFrom('constructor', 'hasOwnProperty', 'toString', '__proto__', 'valueOf', 'length');
const tools = fc.constantFrom(
  'git',
  'kubectl',
  'docker',
  'curl -X',
  'sudo',
  'aws s3',
  'terraform',
  'npm run',
  'psql -c',
  'bash -c',
);
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), hostile, known);
const leaf = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
})).value;

/** Something like a body, of which any part may be anything. */
const body = fc.record(
  {
    environment: fc.oneof(fc.constantFrom('production', 'staging'), leaf),
    command: fc.oneof(text, json),
    argv: fc.oneof(fc.array(text, { maxLength: 5 }), json),
    action: json,
    reason: fc.oneof(text, json),
    cwd: leaf,
    program: json,
    digest: fc.oneof(json, fc.record({ salt: text, sha256: text })),
    redacted: leaf,
    timeout_seconds: leaf,
    heartbeat_seconds: leaf,
    emergency: leaf,
    context: fc.oneof(json, fc.record({ run_id: text, actor: text, change_summary: text, links: json })),
  },
  { requiredKeys: ['environment'] },
);

/** A body that is well-formed, of whatever text. */
const wellFormed = fc.record({
  environment: fc.constantFrom('production', 'staging'),
  argv: fc
    .tuple(tools, fc.array(text, { minLength: 1, maxLength: 4 }))
    .map(([tool, words]) => [...tool.split(' '), ...words]),
  reason: text,
  context: fc.record({ run_id: fc.uuid(), actor: text, change_summary: text }),
});

describe('whatever is sent', () => {
  let gate: TestGate;
  let slack: LocalSlack;
  let database: Database;
  let token: string;
  beforeAll(async () => {
    slack = await openSlack();
    database = await freshDatabase('postgres');
    const config = CONFIG.replace(
      /^limits:.*$/m,
      'limits: { requests_per_second: 1000000, burst: 1000000, pending_per_token: 1000000 }',
    );
    gate = await startTestGate(database, { config, variables: slackVariables(slack, 'http') });
    token = await gate.token();
  });
  afterAll(async () => {
    await gate.close();
    await slack.stop();
  });

  const expectCalm = async (status: number) => expect(status).toBeLessThan(500);
  const nothingApproved = async () => {
    const approved = await database.rows(sql`select id from requests where state = 'approved'`);
    expect(approved).toEqual([]);
    expect(await faultsIn(database, gate.publicKey)).toEqual([]);
  };

  it(`as the body of a request: no fault and no approval, ${CASES} times`, async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(body, json, wellFormed), async (sent) => {
        const { status } = await gate.call('POST', '/api/v1/requests', { token, body: sent });
        await expectCalm(status);
        if (status === 202) taken += 1;
      }),
      settings,
    );
    await nothingApproved();
    expect(taken).toBeGreaterThan(0);
    measured({
      case: 'F1',
      promise: 'fuzzed bodies: no 5xx, no approval',
      runs: CASES,
      figures: { 'taken and pending': taken },
    });
  });

  it(`as raw bytes at every way in: no fault, ${CASES} times`, async () => {
    const ways = fc.constantFrom(
      ...[
        'requests',
        'check',
        'rules',
        'rules/import',
        'tokens',
        'requests/req_x/start',
        'requests/req_x/outcome',
      ].map((path) => `/api/v1/${path}`),
      '/webhooks/on-call/primary',
      '/slack/events',
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string().map((part) => Buffer.from(`{"a":${part}`)),
    );
    await fc.assert(
      fc.asyncProperty(ways, bytes, async (way, raw) => {
        await expectCalm((await gate.call('POST', way, { token: gate.adminToken.token, raw })).status);
      }),
      settings,
    );
    await nothingApproved();
    measured({ case: 'F1', promise: 'raw bytes at every way in: no 5xx', runs: CASES, figures: {} });
  });

  it(`as a rule: refused, or one that lets nothing else pass, ${CASES} times`, async () => {
    const rule = fc.oneof(
      text,
      fc.tuple(tools, text).map((words) => words.join(' ')),
      json,
    );
    const sent = fc.record({ rule, environment: fc.constantFrom('staging', '*'), project: fc.constant('*') });
    let added = 0;
    await fc.assert(
      fc.asyncProperty(sent, async (wish) => {
        const answer = await gate.call('POST', '/api/v1/rules', { token: gate.adminToken.token, body: wish });
        await expectCalm(answer.status);
        if (answer.status === 201) added += 1;
        const bait = {
          environment: 'staging',
          argv: ['rm', '-rf', '/srv/bait'],
          context: { run_id: 'bait' },
        };
        expect((await gate.call('POST', '/api/v1/check', { token, body: bait })).body.outcome).not.toBe(
          'allowed',
        );
      }),
      { ...settings, numRuns: inForm(50, CASES) },
    );
    await nothingApproved();
    measured({
      case: 'F1',
      promise: 'fuzzed rules: no 5xx, and none lets another command pass',
      runs: inForm(50, CASES),
      figures: { 'good rules': added },
    });
  });

  it(`as a signed record: one that was changed is never taken, ${CASES} times`, async () => {
    const [row] = await database.rows<{ envelope: Envelope }>(sql`select envelope from records limit 1`);
    const { envelope } = row as { envelope: Envelope };
    expect(verifyRecord(envelope, [gate.publicKey]).good).toBe(true);
    const bytes = Buffer.from(envelope.payload, 'base64');
    const signature = Buffer.from(envelope.signatures[0]?.sig ?? '', 'base64');
    /** The same with one bit turned. */
    const bent = (of: Buffer, bit: number) => {
      const copy = Buffer.from(of);
      const at = bit % (copy.length * 8);
      copy[at >> 3] = (copy[at >> 3] ?? 0) ^ (1 << (at & 7));
      return copy.toString('base64');
    };
    const changed = fc.oneof(
      fc.nat().map((bit) => ({ ...envelope, payload: bent(bytes, bit) })),
      fc.nat().map((bit) => ({
        ...envelope,
        signatures: envelope.signatures.map((one) => ({ ...one, sig: bent(signature, bit) })),
      })),
      json.map((payload) => ({ ...envelope, payload })),
      json.map((signatures) => ({ ...envelope, signatures })),
      text.map((payloadType) => ({ ...envelope, payloadType })),
      json,
    );
    fc.assert(
      fc.property(changed, (given) => !verifyRecord(given, [gate.publicKey]).good),
      settings,
    );
    measured({ case: 'F1', promise: 'changed records: none verifies', runs: CASES, figures: {} });
  });

  it(`as a payload that Slack has signed: no fault and no approval, ${PAYLOADS} times`, async () => {
    const answer = await gate.call('POST', '/api/v1/requests', {
      token,
      body: { environment: 'production', argv: ['echo', 'bait'] },
    });
    const id = answer.body.id as string;
    const value = fc.oneof(fc.constant(id), text, json);
    const payload = fc.record(
      {
        type: fc.oneof(
          fc.constantFrom('block_actions', 'view_submission', 'shortcut', 'event_callback'),
          leaf,
        ),
        api_app_id: fc.oneof(fc.constant('AGATEHOUSE'), leaf),
        user: fc.oneof(fc.record({ id: fc.constantFrom('UDORA', 'UOTTO', 'UNORA', 'UNOBODY') }), json),
        team: json,
        actions: fc.oneof(
          fc.array(
            fc.record({
              action_id: fc.constantFrom('approve', 'deny', 'review', 'claim', 'extend', 'details'),
              block_id: text,
              value,
            }),
            { maxLength: 2 },
          ),
          json,
        ),
        view: fc.oneof(
          fc.record({
            callback_id: fc.constantFrom('deny', 'review', 'ask'),
            private_metadata: fc.oneof(fc.constant(JSON.stringify({ requestId: id })), text),
            state: json,
          }),
          json,
        ),
        container: json,
        channel: json,
        message: json,
        trigger_id: leaf,
        response_url: leaf,
      },
      { requiredKeys: ['type'] },
    );
    let n = 0;
    const send = async (sent: unknown) => {
      const raw = new URLSearchParams({ payload: JSON.stringify(sent), n: String(n++) }).toString();
      const timestamp = Math.floor(Date.now() / 1000);
      const { status } = await gate.call('POST', '/slack/events', {
        raw,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-slack-request-timestamp': String(timestamp),
          'x-slack-signature': signatureOf(TOKENS.signingSecret, timestamp, raw),
        },
      });
      // What no listener can read is answered with an error, which Slack shows to the person.
      expect([200, 400, 403, 500, 503]).toContain(status);
    };
    // Side by side: Slack is kept waiting for three seconds by each that nobody understands.
    const many = fc.array(fc.oneof(payload, json), { minLength: AT_ONCE, maxLength: AT_ONCE });
    await fc.assert(
      fc.asyncProperty(many, async (payloads) => void (await Promise.all(payloads.map(send)))),
      { ...settings, numRuns: PAYLOADS / AT_ONCE },
    );
    await nothingApproved();
    measured({
      case: 'F1',
      promise: 'fuzzed payloads with a good signature: no approval',
      runs: PAYLOADS,
      figures: {},
    });
  });
});
