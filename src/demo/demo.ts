import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../config/config.ts';
import { createToken } from '../gate/tokens.ts';
import { type Gatehouse, startGatehouse } from '../main.ts';
import { openEmbedded } from '../store/database.ts';
import { CAST, DEMO_CONFIG } from './cast.ts';
import { type LocalSlack, startLocalSlack } from './local-slack/local-slack.ts';
import { type FakeModel, startFakeModel } from './model/fake-model.ts';
import { pressButtons } from './press-buttons.ts';
import { sampleDeploy } from './sample-deploy.ts';

export interface DemoOptions {
  /** Presses the buttons itself and ends with the deploy. */
  auto: boolean;
  slackPort: number;
  gatePort: number;
  say(line: string): void;
  signal: AbortSignal;
}

/** The whole product on this machine: gate, embedded database, a Slack in the browser, a deploy that asks. */
export async function demo(options: DemoOptions): Promise<number> {
  const { say, signal } = options;
  say('Starting Gatehouse, its database and a local Slack (about ten seconds) …');
  const gatePort = await freePort(options.gatePort);
  const slack = await startSlack(options.slackPort, `http://127.0.0.1:${gatePort}`);
  const model = await startFakeModel();
  const directory = mkdtempSync(path.join(tmpdir(), 'gatehouse-demo-'));
  const gate = await startGate({ slack, model, directory, port: gatePort });
  try {
    const surroundings = { url: gate.address, token: await tokenFor(gate), publicKey: gate.publicKey };
    say(options.auto ? '' : INVITATION(slack.url));
    const done = new AbortController();
    const pressing = options.auto ? pressButtons(slack, done.signal) : null;
    const { exitCode, ran } = await sampleDeploy(surroundings, say, signal);
    done.abort();
    await pressing;
    if (options.auto || signal.aborted) {
      say(
        exitCode === 0
          ? `\nThe deploy went through: ${ran} commands, each approved by itself.`
          : '\nThe deploy stopped.',
      );
      return exitCode;
    }
    say(exitCode === 0 ? WENT_THROUGH : STOPPED(ran));
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    return 0;
  } finally {
    await gate.close();
    await Promise.all([slack.stop(), model.close()]);
    rmSync(directory, { recursive: true, force: true });
  }
}

const INVITATION = (url: string): string => `
  Open  ${url}
  You are Ana there, a reviewer. Press Approve, and the command below runs; press Deny, and it does not.
  Act as somebody else at the top right: Cleo asked, so she may not approve. The last command asks in #payments,
  where two people must.

A sample deploy of six commands asks its way through now. Nothing leaves this machine. Ctrl-C ends it.`;

const WENT_THROUGH = `
The deploy went through. Look around in the local Slack: the cards show who decided and how each command ended.
Type /gate help there. Ctrl-C ends the demo. Next: "Set it up" in the README.`;

const STOPPED = (ran: number): string => `
The deploy stopped after ${ran} of its commands: nothing after the last one ran. That is what the gate is for.
Ctrl-C ends the demo; start it again for another try.`;

/** With it people sign in to the pages. */
const CLIENT = { id: 'local.gatehouse', secret: randomBytes(16).toString('hex') };

async function startSlack(port: number, gate: string): Promise<LocalSlack> {
  const client = { ...CLIENT, redirectUris: [`${gate}/sign-in/slack`] };
  const tokens = {
    client,
    signingSecret: randomBytes(16).toString('hex'),
    botToken: 'xoxb-local',
    appToken: 'xapp-local',
  };
  return startLocalSlack({ ...tokens, ...CAST, port: await freePort(port) });
}

async function startGate(around: {
  slack: LocalSlack;
  model: FakeModel;
  directory: string;
  port: number;
}): Promise<Gatehouse> {
  const { slack, model, directory, port } = around;
  const variables = {
    PORT: String(port),
    HOST: '127.0.0.1',
    GATE_DATA: directory,
    LOG_LEVEL: 'silent',
    SLACK_BOT_TOKEN: 'xoxb-local',
    SLACK_APP_TOKEN: 'xapp-local',
    SLACK_API_URL: slack.apiUrl,
    SLACK_CLIENT_ID: CLIENT.id,
    SLACK_CLIENT_SECRET: CLIENT.secret,
  };
  const config = readConfig(DEMO_CONFIG(`http://127.0.0.1:${port}`, model.url), variables, 'the demo');
  return startGatehouse(config, { database: await openEmbedded() });
}

async function tokenFor(gate: Gatehouse): Promise<string> {
  const wish = { name: 'deploy job', role: 'client', kind: 'ci', project: 'shop' } as const;
  const made = await createToken(gate.deps, 'demo', {
    ...wish,
    environments: null,
    owner: null,
    expiresInDays: 1,
  });
  return made.secret;
}

/** The wished port, or any other when somebody has it. */
const freePort = (wish: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (e: NodeJS.ErrnoException) =>
      e.code === 'EADDRINUSE' && wish !== 0 ? resolve(freePort(0)) : reject(e),
    );
    probe.listen(wish, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
