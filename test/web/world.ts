import { createServer } from 'node:net';
import { type LocalSlack, startLocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import type { Database } from '../../src/store/database.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import { Browser } from './browser.ts';

const TOKENS = { signingSecret: 'shhh', botToken: 'xoxb-1', appToken: 'xapp-1-A0GATEHOUSE-1' };
export const CLIENT = { id: '2141029472.691202649728', secret: 'the-client-secret' };

const CONFIG = (url: string) => `
url: ${url}
environments:
  production:
    channel: "#deploys"
    reviewers: channel
    expires_after: 10m
    question_pause: 5m
    extend: { by: 5m, times: 2 }
    emergency: { users: [UBEN], alone: true }
    escalation:
      - { after: 2m, tell: reviewers }
      - { after: 4m, tell: { users: [UBEN] } }
  staging: { channel: "#staging", reviewers: channel }
  payments: { channel: "#deploys", reviewers: { users: [UANA, UBEN] }, approvals: 2 }
limits: { requests_per_second: 1000, burst: 1000, pending_per_token: 1000 }
`;

/** Ana and Ben review; Cleo asks; Gus is a guest; Stan is of another organisation; Nora is in no channel. */
const PEOPLE = [
  { id: 'UANA', name: 'ana', realName: 'Ana' },
  { id: 'UBEN', name: 'ben', realName: 'Ben' },
  { id: 'UCLEO', name: 'cleo', realName: 'Cleo' },
  { id: 'UGUEST', name: 'gus', realName: 'Gus', isGuest: true },
  { id: 'USTRANGE', name: 'stan', realName: 'Stan', isStranger: true },
  { id: 'UNORA', name: 'nora', realName: 'Nora' },
];
const MEMBERS = ['UGATEHOUSE', 'UANA', 'UBEN', 'UCLEO', 'UGUEST', 'USTRANGE'];

export interface World {
  slack: LocalSlack;
  gate: TestGate;
  database: Database;
  /** Where people reach the pages. */
  url: string;
  /** A browser of its own; signed in when it is somebody's. */
  browser(person?: string): Promise<Browser>;
  /** Asks for a command, in Cleo's name; the id of the request. */
  ask(over?: Record<string, unknown>): Promise<string>;
  state(requestId: string): Promise<string>;
  close(): Promise<void>;
}

/** The whole gate over a local Slack, with its pages. */
export async function startWorld(
  database: Database,
  options: { canSignIn?: boolean; url?: string } = {},
): Promise<World> {
  const port = await freePort();
  const url = options.url ?? `http://127.0.0.1:${port}`;
  const slack = await startLocalSlack({
    ...TOKENS,
    people: structuredClone(PEOPLE),
    channels: [
      { id: 'C0DEPLOYS', name: 'deploys', members: [...MEMBERS] },
      { id: 'C0STAGING', name: 'staging', members: ['UGATEHOUSE', 'UANA', 'UNORA'] },
    ],
    client: { ...CLIENT, redirectUris: [url] },
  });
  const gate = await startTestGate(database, {
    config: CONFIG(url),
    variables: {
      PORT: String(port),
      SLACK_BOT_TOKEN: TOKENS.botToken,
      SLACK_SIGNING_SECRET: TOKENS.signingSecret,
      SLACK_API_URL: slack.apiUrl,
      ...(options.canSignIn !== false && { SLACK_CLIENT_ID: CLIENT.id, SLACK_CLIENT_SECRET: CLIENT.secret }),
    },
  });
  slack.requestUrl = `${gate.address}/slack/events`;
  let asked = 0;
  const token = await gate.token({ name: 'deploy job', owner: 'UCLEO' });
  return {
    slack,
    gate,
    database,
    url,
    browser: async (person) => {
      const browser = new Browser(gate.address, url);
      if (person) await browser.signIn(person);
      return browser;
    },
    ask: async (over = {}) => {
      asked += 1;
      const isGiven = 'command' in over || 'action' in over;
      const what = isGiven ? {} : { argv: ['echo', 'hello', String(asked)] };
      const body = { environment: 'production', ...what, ...over };
      const answer = await gate.call('POST', '/api/v1/requests', { token, body });
      if (answer.status !== 202) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body.id;
    },
    state: async (id) => (await gate.call('GET', `/api/v1/requests/${id}`, { token })).body.state,
    close: async () => {
      await gate.close();
      await slack.stop();
    },
  };
}

/** The address people know has to stand in the configuration before anything listens there. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
