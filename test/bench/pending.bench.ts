import postgres from 'postgres';
import { type LocalSlack, startLocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { startPostgres } from './postgres.ts';
import { type Served, serve } from './processes.ts';
import { figure, goal, percentile } from './report.ts';
import { askOnce, copyRequest } from './requests.ts';

/**
 * The way of a request that people decide: from the ask to its card in a local Slack, and from the click to the client
 * that waits, with one request open and with a thousand.
 */
const TIMES = Number(process.env.BENCH_TIMES ?? 60);
const PART = 'pending';
const TOKENS = { botToken: 'xoxb-local', signingSecret: 'secret-of-the-local-slack', appToken: 'xapp-local' };

const slack = await startLocalSlack({
  ...TOKENS,
  people: [
    { id: 'UANA', name: 'ana', realName: 'Ana', tz: 'Europe/Berlin' },
    { id: 'UBEN', name: 'ben', realName: 'Ben', tz: 'America/New_York' },
  ],
  channels: [{ id: 'C0PROD', name: 'deploys', members: ['UANA', 'UBEN', 'UGATEHOUSE'] }],
});
const database = await startPostgres();
const url = await database.fresh();
const server = await serve('gatehouse', {
  BENCH_SERVER: 'gatehouse',
  BENCH_DATABASE: url,
  BENCH_RULES: '0',
  BENCH_VARIABLES: JSON.stringify({
    SLACK_BOT_TOKEN: TOKENS.botToken,
    SLACK_SIGNING_SECRET: TOKENS.signingSecret,
    SLACK_API_URL: slack.apiUrl,
  }),
});
slack.requestUrl = `http://127.0.0.1:${server.port}/slack/events`;
const sql = postgres(url, { max: 1, onnotice: () => {} });

let asked = 0;
const warm = await measure(server, slack, 20);
for (const open of [1, 1000]) {
  if (open > 1) await copyRequest(sql, await askOnce(server, 9_000_000), open);
  await sql`analyze`;
  const { posted, woken } = await measure(server, slack, TIMES);
  figure(PART, `ask to card posted, ${open} open, p50`, percentile(posted, 0.5), 'ms');
  figure(PART, `ask to card posted, ${open} open, p99`, percentile(posted, 0.99), 'ms');
  figure(PART, `click to client, ${open} open, p50`, percentile(woken, 0.5), 'ms');
  figure(PART, `click to client, ${open} open, p99`, percentile(woken, 0.99), 'ms');
  goal(`click to client p99, ${open} open`, percentile(woken, 0.99), { most: 100 });
}
if (warm.woken.length === 0) throw new Error('nothing was measured');

await sql.end();
await server.stop();
await database.stop();
await slack.stop();

/** One request after the other: asked, shown, approved, answered. */
async function measure(at: Served, local: LocalSlack, times: number) {
  const [posted, woken]: [number[], number[]] = [[], []];
  for (let i = 0; i < times; i++) {
    asked += 1;
    const start = performance.now();
    const id = await askOnce(at, asked);
    const card = await local.waitFor(
      () =>
        local
          .messages('C0PROD')
          .findLast(({ blocks }) => blocks?.some(({ block_id }) => block_id === `request:${id}`)),
      { what: `the card of ${id}`, timeoutMs: 20_000 },
    );
    posted.push(performance.now() - start);
    const waited = decisionOf(at, id);
    // The client waits before anybody clicks.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const clicked = performance.now();
    const click = local.click('UANA', { channel: 'C0PROD', ts: card.ts }, 'approve');
    const state = await waited;
    woken.push(performance.now() - clicked);
    if (state !== 'approved') throw new Error(`the request is ${state}`);
    await click;
  }
  return { posted, woken };
}

/** Waits as a client does: asks again when something else changed. */
async function decisionOf({ port, token }: Served, id: string): Promise<string> {
  let [state, version] = ['pending', 1];
  while (state === 'pending') {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/requests/${id}?wait=50&version=${version}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    ({ state, version } = (await answer.json()) as { state: string; version: number });
  }
  return state;
}
