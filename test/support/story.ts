import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { startLocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import type { TokenWish } from '../../src/gate/tokens.ts';
import type { Database } from '../../src/store/database.ts';
import { type DatabaseKind, freshDatabase } from './databases.ts';
import { startTestGate, type TestGate } from './gate.ts';
import { GATE } from './gate-process.ts';

export const TRANSPORTS = ['http', 'socket'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export const TOKENS = {
  signingSecret: 'secret-of-the-local-slack',
  botToken: 'xoxb-local',
  appToken: 'xapp-local',
};

/** Ana and Ben review; Cleo asks; Dora is a guest, Otto from another organisation, Nora in no channel, Rolf has left. */
const people = [
  { id: 'UANA', name: 'ana', realName: 'Ana', tz: 'Europe/Berlin' },
  { id: 'UBEN', name: 'ben', realName: 'Ben', tz: 'America/New_York' },
  { id: 'UCLEO', name: 'cleo', realName: 'Cleo', tz: 'Europe/Berlin' },
  { id: 'UDORA', name: 'dora', realName: 'Dora', isGuest: true },
  { id: 'UOTTO', name: 'otto', realName: 'Otto', isStranger: true },
  { id: 'UNORA', name: 'nora', realName: 'Nora' },
];
const all = ['UANA', 'UBEN', 'UCLEO', 'UDORA', 'UOTTO', 'UGATEHOUSE'];
const channels = [
  { id: 'C0PROD', name: 'deploys', members: all },
  { id: 'C0STAGE', name: 'staging', members: all },
  { id: 'C0PAY', name: 'payments', members: [...all, 'UNORA'] },
];

export const openSlack = (over: { postsPerSecond?: number; ackMs?: number } = {}): Promise<LocalSlack> =>
  startLocalSlack({
    ...TOKENS,
    people: structuredClone(people),
    channels: structuredClone(channels),
    ...over,
  });

/** The variables that lead a gate to this Slack. */
export const slackVariables = (slack: LocalSlack, transport: Transport): Record<string, string> => ({
  SLACK_BOT_TOKEN: TOKENS.botToken,
  SLACK_API_URL: slack.apiUrl,
  ...(transport === 'socket'
    ? { SLACK_APP_TOKEN: TOKENS.appToken }
    : { SLACK_SIGNING_SECRET: TOKENS.signingSecret }),
});

export interface Story {
  slack: LocalSlack;
  gate: TestGate;
  database: Database;
  /** Runs the real `gate run` in a process of its own. */
  gateRun(args: string[], options?: RunOptions): Promise<GateRun>;
  close(): Promise<void>;
}

/** The whole product over a fresh database, with a Slack and a client. */
export async function startStory(kind: DatabaseKind, transport: Transport): Promise<Story> {
  const slack = await openSlack();
  const database = await freshDatabase(kind);
  const gate = await startTestGate(database, { variables: slackVariables(slack, transport) });
  if (transport === 'http') slack.requestUrl = `${gate.address}/slack/events`;
  const home = mkdtempSync(path.join(tmpdir(), 'gatehouse-home-'));
  return {
    slack,
    gate,
    database,
    gateRun: async (args, options = {}) =>
      gateRun(args, {
        url: gate.address,
        token: options.token ?? (await gate.token(options.wish)),
        publicKey: gate.publicKey,
        home,
        ...options,
      }),
    close: async () => {
      await gate.close();
      await slack.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export interface RunOptions {
  url?: string;
  token?: string;
  wish?: Partial<TokenWish>;
  publicKey?: string;
  home?: string;
  env?: Record<string, string>;
}

export interface GateRun {
  process: ChildProcess;
  /** Resolves when stderr holds this text. */
  says(text: string): Promise<void>;
  exit: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** Starts `gate run` with these arguments against any gate. */
export function gateRun(args: string[], options: RunOptions): GateRun {
  const child = spawn(process.execPath, [GATE, 'run', ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: options.home ?? tmpdir(),
      XDG_CONFIG_HOME: options.home ?? tmpdir(),
      GATE_URL: options.url,
      GATE_TOKEN: options.token,
      GATE_PUBLIC_KEY: options.publicKey,
      ...options.env,
    } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  let look = () => {};
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
    look();
  });
  return {
    process: child,
    says: (text) =>
      new Promise((resolve, reject) => {
        look = () => stderr.includes(text) && resolve();
        look();
        child.once('exit', () => reject(new Error(`it ended without saying "${text}":\n${stderr}`)));
      }),
    exit: new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr }))),
  };
}

export interface Place {
  channel: string;
  ts: string;
}

/** Cards that a story has taken up, so that the next one does not find them again. */
const taken = new WeakMap<LocalSlack, Set<string>>();

/** The newest card in a channel that waits for somebody and that no story has seen yet. */
export async function openCard(slack: LocalSlack, channel = 'C0PROD', button = 'deny'): Promise<Place> {
  const seen = taken.get(slack) ?? new Set();
  taken.set(slack, seen);
  const waits = (ts: string) => {
    const message = slack.message(channel, ts);
    return message !== undefined && slack.buttons(message).some((b) => b.actionId === button);
  };
  const card = await slack.waitFor(
    () => slack.messages(channel).findLast(({ ts }) => !seen.has(ts) && waits(ts)),
    { what: `a card with ${button} in ${channel}`, timeoutMs: 20_000 },
  );
  seen.add(card.ts);
  return { channel, ts: card.ts };
}

/** Waits until a person reads this on the card. */
export const cardSays = (slack: LocalSlack, place: Place, words: string | RegExp): Promise<string> =>
  slack.waitFor(
    () => {
      const message = slack.message(place.channel, place.ts);
      const seen = message ? slack.texts(message) : '';
      return (typeof words === 'string' ? seen.includes(words) : words.test(seen)) && seen;
    },
    { what: `the card to say ${words}`, timeoutMs: 20_000 },
  );

/** Waits until the gate has noted where its card is: it asks for the link to it next. */
export const isNoted = (slack: LocalSlack, place: Place): Promise<unknown> =>
  slack.waitFor(() => slack.callsOf('chat.getPermalink').find(({ body }) => body.message_ts === place.ts), {
    what: `the gate to note the card ${place.ts}`,
    timeoutMs: 20_000,
  });

/** Waits until this person is told this in private. */
export const isTold = (slack: LocalSlack, person: string, words: string | RegExp): Promise<unknown> =>
  slack.waitFor(
    () =>
      slack.ephemeralsFor(person).some((m) => {
        const seen = slack.texts(m);
        return typeof words === 'string' ? seen.includes(words) : words.test(seen);
      }),
    { what: `${person} to be told ${words}`, timeoutMs: 20_000 },
  );

export const hasButton = (slack: LocalSlack, place: Place, actionId: string): boolean => {
  const message = slack.message(place.channel, place.ts);
  return message !== undefined && slack.buttons(message).some((b) => b.actionId === actionId);
};

export const expectExit = async (run: GateRun, code: number) => {
  const ended = await run.exit;
  expect(ended.code, ended.stderr).toBe(code);
  return ended;
};

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
