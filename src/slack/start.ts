import { App } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Hono } from 'hono';
import type { Deps } from '../gate/deps.ts';
import { commands } from './command.ts';
import { openDirectory } from './directory.ts';
import { type Identity, readIdentity } from './identity.ts';
import { listen } from './listeners.ts';
import { boltLogger, type Log } from './log.ts';
import { startPublishing } from './publish.ts';
import { type HttpReceiver, httpReceiver } from './receiver.ts';
import { listenToRules } from './rule-listeners.ts';
import type { Slack } from './slack.ts';
import { openSocket, type Socket } from './socket.ts';

export interface SlackOptions {
  botToken: string;
  /** For Slack over HTTP. */
  signingSecret?: string;
  /** For Socket Mode; takes precedence. */
  appToken?: string;
  /** Where the Web API is, when it is not Slack's own. */
  apiUrl?: string;
  log: Log;
}

export interface SlackStatus {
  /** Slack has said who we are, and over Socket Mode the socket is open. */
  ok: boolean;
  team?: string;
  problem?: string;
}

export interface RunningSlack {
  /** Answers POST /slack/events; only over HTTP. */
  router?: Hono;
  /** Takes no more clicks, ends those under way, then what is being posted. */
  stop(): Promise<void>;
  publishNow(): void;
  status(): SlackStatus;
}

const CALL_TIMEOUT_MS = 5000;
const IDENTITY_AGAIN_MS = 5000;

/**
 * Starts the whole Slack surface: cards, clicks, modals and `/gate`. It starts while Slack is down, too, and goes on
 * trying; until Slack has said which workspace this is, nobody's click counts.
 */
export async function startSlack(deps: Deps, options: SlackOptions): Promise<RunningSlack> {
  const clientOptions = clientOptionsOf(options);
  const client = new WebClient(options.botToken, { ...clientOptions, logger: boltLogger(options.log) });
  const who = identity(client);
  const slack: Slack = {
    deps,
    client,
    log: options.log,
    identity: who.read,
    ...openDirectory(client),
    wake: () => publisher.wake(),
  };
  const { http, socket } = transport(options, clientOptions, who.known);
  const app = new App({
    receiver: http ?? socket?.receiver,
    authorize: async () => authorization(options.botToken, await who.read()),
    logger: boltLogger(options.log),
    clientOptions,
    convoStore: false,
  });
  app.error(async (error) => deps.observe({ kind: 'fault', where: 'Slack listener', error }));
  listen(app, slack);
  listenToRules(app, slack);
  commands(app, slack);
  const publisher = startPublishing(slack);
  const stopAsking = keepAsking(who, options.log);
  socket?.connect();

  return {
    ...(http && { router: http.router }),
    stop: async () => {
      stopAsking();
      await Promise.all([http?.stop(), socket?.stop()]);
      await publisher.stop();
    },
    publishNow: publisher.wake,
    status: () => {
      const known = who.known();
      const problem = who.problem() ?? socket?.problem() ?? undefined;
      return { ok: known !== null && (socket?.isConnected() ?? true), team: known?.team, problem };
    },
  };
}

/** One try per call, answered within five seconds: what has to arrive is in the database and is tried again from there. */
function clientOptionsOf({ apiUrl }: SlackOptions): WebClientOptions {
  return {
    ...(apiUrl && { slackApiUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/` }),
    timeout: CALL_TIMEOUT_MS,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
  };
}

function transport(
  { appToken, signingSecret, log }: SlackOptions,
  clientOptions: WebClientOptions,
  known: () => Identity | null,
): { http: HttpReceiver | null; socket: Socket | null } {
  if (appToken) return { http: null, socket: openSocket({ appToken, clientOptions, log }) };
  if (!signingSecret) throw new Error('Slack needs an app token (Socket Mode) or a signing secret (HTTP)');
  const isOurApp = (appId: unknown) => {
    const ours = known()?.appId;
    return !ours || !appId || appId === ours;
  };
  return { http: httpReceiver({ signingSecret, isOurApp }), socket: null };
}

const authorization = (botToken: string, identity: Identity) => ({
  botToken,
  botUserId: identity.botUserId,
  ...(identity.botId && { botId: identity.botId }),
  teamId: identity.teamId,
});

interface Who {
  read(): Promise<Identity>;
  known(): Identity | null;
  problem(): string | null;
}

/** Asks until it is known, once at a time; then it is known for good. */
function identity(client: WebClient): Who {
  let known: Identity | null = null;
  let asking: Promise<Identity> | null = null;
  let problem: string | null = 'Slack has not answered yet';
  const ask = async () => {
    try {
      known = await readIdentity(client);
      problem = null;
      return known;
    } catch (error) {
      problem = `Slack did not say whose token this is: ${error instanceof Error ? error.message : String(error)}`;
      throw error;
    } finally {
      asking = null;
    }
  };
  return {
    known: () => known,
    problem: () => problem,
    read: () => {
      if (known) return Promise.resolve(known);
      asking ??= ask();
      return asking;
    },
  };
}

function keepAsking(who: Who, log: Log): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const ask = () =>
    who.read().then(
      ({ team, teamId }) => log.info({ team, teamId }, 'connected to Slack'),
      () => {
        log.warn({ problem: who.problem() }, 'Slack is not reachable; trying again');
        if (!isStopped) timer = setTimeout(ask, IDENTITY_AGAIN_MS);
      },
    );
  ask();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
