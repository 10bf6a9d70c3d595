import { App } from '@slack/bolt';
import type { WebClientOptions } from '@slack/web-api';
import type { Hono } from 'hono';
import type { Deps } from '../gate/deps.ts';
import { commands } from './command.ts';
import { listenToHome } from './home.ts';
import type { Identity } from './identity.ts';
import { listen } from './listeners.ts';
import { boltLogger, type Log } from './log.ts';
import { listenToMe } from './me.ts';
import { listenToNotes } from './notes/note-listeners.ts';
import { clientOptionsOf, type OpenedSlack, type SlackOptions, type Who } from './open.ts';
import { startPublishing } from './publish.ts';
import { type HttpReceiver, httpReceiver } from './receiver.ts';
import { listenToRules } from './rule-listeners.ts';
import type { Slack } from './slack.ts';
import { openSocket, type Socket } from './socket.ts';
import { listenToSuggestions } from './suggestions/listeners.ts';
import { listenToTestCards } from './test-card.ts';

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

const IDENTITY_AGAIN_MS = 5000;

/**
 * Starts the whole Slack surface: cards, clicks, modals and `/gate`. It starts while Slack is down, too, and goes on
 * trying; until Slack has said which workspace this is, nobody's click counts.
 */
export async function startSlack(
  deps: Deps,
  { workspace, options, who }: OpenedSlack,
): Promise<RunningSlack> {
  const clientOptions = clientOptionsOf(options);
  const slack: Slack = { ...workspace, deps, wake: () => publisher.wake() };
  const { http, socket } = transport(options, clientOptions, who.known);
  const app = new App({
    receiver: http ?? socket?.receiver,
    authorize: async () => authorization(options.botToken, await who.read()),
    logger: boltLogger(options.log),
    clientOptions,
    convoStore: false,
  });
  const status = (): SlackStatus => {
    const known = who.known();
    const problem = who.problem() ?? socket?.problem() ?? undefined;
    return { ok: known !== null && (socket?.isConnected() ?? true), team: known?.team, problem };
  };
  app.error(async (error) => deps.observe({ kind: 'fault', where: 'Slack listener', error }));
  listen(app, slack);
  listenToRules(app, slack);
  listenToSuggestions(app, slack);
  listenToNotes(app, slack);
  listenToMe(app, slack);
  listenToHome(app, slack, status);
  listenToTestCards(app, slack);
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
    status,
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
