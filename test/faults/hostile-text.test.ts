import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Json } from '../../src/demo/local-slack/checks.ts';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import type { Database } from '../../src/store/database.ts';
import { advance } from '../support/clock.ts';
import { freshDatabase } from '../support/databases.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import { cardsIn, expectInvariants } from '../support/invariants.ts';
import { openSlack, slackVariables } from '../support/story.ts';
import { until } from '../support/until.ts';
import { chance, inForm, measured } from './form.ts';

vi.setConfig({ testTimeout: inForm(60_000, 300_000), hookTimeout: 60_000 });

const CONFIG = `
url: http://gate.example.com
environments:
  production:
    channel: "#deploys"
    reviewers: channel
    escalation: [{ after: 1m, tell: { users: [UNORA] } }]
limits: { requests_per_second: 10000, burst: 10000, pending_per_token: 10000 }
`;

const CORPUS = [
  '<!channel>',
  '<!here|fine>',
  '<!everyone>',
  '<@UANA>',
  '<!subteam^S0DBA>',
  '<#C0PROD>',
  '@channel',
  '<https://evil.example.com|https://gate.example.com>',
  '*bold* _it_ ~no~ `code`',
  '```\n*out of the block*',
  '\u202egpj.exe',
  '\u2066left\u2069',
  'zero\u200bwidth',
  'a\u0301\u0301\u0301\u0301\u0301\u0301\u0301',
  '\u001b[31mred\u001b[0m',
  '\u001b]8;;https://evil.example.com\u0007click\u001b]8;;\u0007',
  '\rrm -rf /',
  '=HYPERLINK("https://evil.example.com")',
  '+1+1',
  '@SUM(1)',
  '&lt;!channel&gt;',
  '&amp;',
  '<script>alert(1)</script>',
  '"><img src=x>',
  '{{7*7}}',
  '%00',
  '\ufeff',
  'раураl.example.com',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  'x'.repeat(3000),
  '\n'.repeat(200),
  '\t',
  '<',
  '>',
  '&',
  '|',
  '',
];
const TEXTS = inForm(8, 200);

/** What Slack would take for a mention, a link or formatting, if it stands in mrkdwn or in a message's text. */
const COMMANDS = /<!(channel|here|everyone)|<!subteam|<#C0PROD>|<https:\/\/evil|<script|<@UANA>/;

describe('hostile texts', () => {
  let gate: TestGate;
  let slack: LocalSlack;
  let database: Database;
  beforeAll(async () => {
    slack = await openSlack();
    database = await freshDatabase('embedded');
    gate = await startTestGate(database, { config: CONFIG, variables: slackVariables(slack, 'socket') });
  });
  afterAll(async () => {
    await gate.close();
    await slack.stop();
  });

  it(`reach Slack as text and nothing else: ${TEXTS} mixtures, in every field`, async () => {
    const random = chance('hostile texts');
    const pick = () => CORPUS[Math.floor(random() * CORPUS.length)] ?? '';
    const token = await gate.token();
    let taken = 0;
    for (let n = 0; n < TEXTS; n++) {
      const [a, b, c] = [pick(), pick(), pick()];
      const { status } = await gate.call('POST', '/api/v1/requests', {
        token,
        body: {
          environment: 'production',
          ...(n % 2 ? { argv: ['echo', a, b || '-'] } : { command: `echo '${a.replaceAll("'", '')}' ${n}` }),
          reason: `${b} ${c}`.slice(0, 2900),
          context: {
            run_id: `${n}`,
            actor: a.slice(0, 150),
            host: b.slice(0, 150),
            job: c.slice(0, 150),
            step: a.slice(0, 150),
            ref: b.slice(0, 150),
            repository: c.slice(0, 150),
            change_summary: `${a}${b}`.slice(0, 1900),
            links: [{ title: c.slice(0, 90), url: 'https://ci.example.com/run' }],
            checks: [{ name: a.slice(0, 90), state: b.slice(0, 40) }],
          },
        },
      });
      expect(status).toBeLessThan(500);
      if (status === 202) taken += 1;
    }
    expect(taken).toBeGreaterThan(TEXTS / 2);
    const all = () => database.rows<{ id: string }>(sql`select id from requests`);
    await until('every card', async () => cardsIn(slack).size > 0 && (await shown()));
    await advance(database, '1 minute 1 second');
    await until('the backup to be told', () => slack.dm('UNORA').length > 0);
    await advance(database, '10 minutes');
    await until(
      'the end',
      async () => (await database.rows(sql`select id from requests where state = 'pending'`)).length === 0,
      60_000,
    );
    await expectInvariants(database, slack, gate.publicKey);
    const wrong = slack.calls.flatMap(({ method, body }) =>
      interpreted(body).map((text) => `${method}: ${text.slice(0, 200)}`),
    );
    expect(wrong.filter((text) => COMMANDS.test(text))).toEqual([]);
    const hidden = slack.calls.filter(({ body }) =>
      /[\u202a-\u202e\u2066-\u2069\u200b\u001b]/.test(JSON.stringify(body)),
    );
    expect(hidden.map(({ method }) => method)).toEqual([]);
    const pinged = [...slack.channels.keys()]
      .flatMap((channel) => slack.messages(channel))
      .flatMap((message) => slack.mentions(message));
    expect(pinged.filter((who) => who !== 'UNORA')).toEqual([]);
    measured({
      case: 'F2',
      promise: 'hostile texts in every field: nothing is a mention, a link or an escape in Slack',
      runs: TEXTS,
      figures: { taken, 'requests shown': (await all()).length },
    });
  });

  const shown = async () => {
    const open = await database.rows(sql`select id from cards where ts is null`);
    return open.length === 0;
  };
});

/** Every text that Slack reads for mentions and formatting. */
function interpreted(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(interpreted);
  if (typeof value !== 'object' || value === null) return [];
  const { type, text, ...rest } = value as Json;
  const own = typeof text === 'string' && (type === 'mrkdwn' || type === undefined) ? [text] : [];
  const isPreformatted = type === 'rich_text_preformatted' || type === 'plain_text' || type === 'text';
  return isPreformatted ? [] : [...own, ...interpreted(text), ...Object.values(rest).flatMap(interpreted)];
}
