import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { CONFIG } from './gate.ts';
import { freshDirectory, type Running, startGate } from './gate-process.ts';
import { freePort, slackVariables, type Transport } from './story.ts';

const START_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 40;

export interface ServerOptions {
  slack: LocalSlack;
  transport: Transport;
  /** Without one the server keeps an embedded database in its own directory. */
  databaseUrl?: string;
  variables?: Record<string, string>;
  /** Another configuration than that of the tests. */
  config?: string;
}

/** The real `gate serve` in a process of its own. It keeps its port and its directory from one start to the next. */
export interface ServerProcess {
  url: string;
  /** Where Slack sends clicks to, over HTTP. */
  slackUrl: string;
  dataDirectory: string;
  /** Resolves when it is ready: the database answers, and Slack knows it. */
  start(variables?: Record<string, string>): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Stops its process where it stands, as a machine that is paused; it goes on at `thaw`. */
  freeze(): void;
  thaw(): void;
  isRunning(): boolean;
  /** All that it has printed, since its first start. */
  printed(): string;
  /** Ends it in good order: what is under way is done first. */
  stop(): Promise<void>;
  /** Resolves to the signal, or to null, when it has ended by itself. */
  ended(): Promise<NodeJS.Signals | null>;
  publicKey(): Promise<string>;
  /** Makes a token for a client. */
  token(): Promise<string>;
  call(
    method: string,
    target: string,
    options?: { token?: string; body?: unknown; headers?: Record<string, string>; signal?: AbortSignal },
  ): Promise<Response>;
  close(): Promise<void>;
}

/** What replicas of one gate share. */
export const sharedSecrets = (): Record<string, string> => ({
  GATE_SIGNING_KEY: generateKeyPairSync('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString(),
  GATE_ADMIN_TOKEN: 'gate_administrator-of-the-replicas-in-tests',
});

export async function makeServer(options: ServerOptions): Promise<ServerProcess> {
  const { slack, transport, databaseUrl } = options;
  const directory = freshDirectory();
  const dataDirectory = path.join(directory, 'data');
  const config = path.join(directory, 'gatehouse.yaml');
  writeFileSync(config, options.config ?? CONFIG);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env: Record<string, string> = {
    HOST: '127.0.0.1',
    PORT: String(port),
    GATE_DATA: dataDirectory,
    LOG_LEVEL: 'warn',
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
    ...slackVariables(slack, transport),
    ...options.variables,
  };
  let running: Running | null = null;
  let before = '';
  const current = (): Running => {
    if (!running) throw new Error('the server was never started');
    return running;
  };
  const server: ServerProcess = {
    url,
    slackUrl: `${url}/slack/events`,
    dataDirectory,
    start: async (variables = {}) => {
      before = server.printed();
      running = startGate(['serve', '--config', config], { env: { ...env, ...variables } });
      untilItsEnd(running);
      await untilReady(running, url);
    },
    kill: async () => {
      current().child.kill('SIGKILL');
      await current().ended;
    },
    freeze: () => void current().child.kill('SIGSTOP'),
    thaw: () => void current().child.kill('SIGCONT'),
    isRunning: () => running !== null && running.child.exitCode === null && running.child.signalCode === null,
    printed: () => before + (running ? running.stdout + running.stderr : ''),
    stop: async () => {
      running?.child.kill('SIGTERM');
      await running?.ended;
    },
    ended: async () => (await current().ended).signal,
    publicKey: async () => {
      const { keys } = (await (await server.call('GET', '/api/v1/keys')).json()) as { keys: { x: string }[] };
      return Buffer.from(keys[0]?.x ?? '', 'base64url').toString('base64');
    },
    token: async () => {
      const made = await server.call('POST', '/api/v1/tokens', {
        token: env.GATE_ADMIN_TOKEN ?? readFileSync(path.join(dataDirectory, 'admin-token'), 'utf8').trim(),
        body: { name: 'ci', project: 'shop', environments: null },
      });
      if (made.status !== 201) throw new Error(`no token: ${made.status} ${await made.text()}`);
      return ((await made.json()) as { token: string }).token;
    },
    call: (method, target, { token, body, headers, signal } = {}) =>
      fetch(new URL(target, url), {
        method,
        signal,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    close: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return server;
}

/** A test that is given up must not leave a server behind. */
const alive = new Set<Running>();
process.once('exit', () => {
  for (const { child } of alive) child.kill('SIGKILL');
});
function untilItsEnd(running: Running): void {
  alive.add(running);
  running.ended.finally(() => alive.delete(running)).catch(() => {});
}

interface Readiness {
  checks: { ok: boolean }[];
}

async function untilReady(running: Running, url: string): Promise<void> {
  const late = Date.now() + START_WITHIN_MS;
  let isOver = false;
  void running.ended.then(() => {
    isOver = true;
  });
  while (!isOver && Date.now() < late) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    const readiness = answer && ((await answer.json()) as Readiness);
    if (readiness?.checks.every(({ ok }) => ok)) return;
    await sleep(LOOK_AGAIN_MS);
  }
  throw new Error(`the server did not get ready:\n${running.stderr}\n${running.stdout}`);
}
