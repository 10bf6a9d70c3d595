import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import path from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { sql } from 'drizzle-orm';
import type { Config, SlackConfig } from './config/config.ts';
import { loadAdminToken, loadSigningKey } from './config/data-directory.ts';
import type { ModelSettings } from './config/model-shape.ts';
import { adoptSigningKey } from './gate/adopt-key.ts';
import type { Deps, GateEvent } from './gate/deps.ts';
import { learnInWorker } from './gate/night/learn.ts';
import { createRuleBook } from './gate/rule-book.ts';
import { createTogether } from './gate/together.ts';
import { ensureAdminToken } from './gate/tokens.ts';
import { createHttp } from './http/app.ts';
import type { Check } from './http/health.ts';
import { createMetrics } from './http/metrics.ts';
import { createLog, type Log } from './log.ts';
import type { Model } from './model/model.ts';
import { createMailer } from './on-call/mailer.ts';
import { makeOnCall } from './on-call/make.ts';
import { requestMailer } from './on-call/request-mailer.ts';
import type { OpenedSlack } from './slack/open.ts';
import type { RunningSlack } from './slack/start.ts';
import { openChanges } from './store/changes.ts';
import { type Database, openEmbedded, openPostgres } from './store/database.ts';
import { startTimers } from './timers.ts';
import { createWeb } from './web/web.ts';

/** A connection waits here while thousands of clients reconnect at once after a restart. */
const LISTEN_BACKLOG = 8192;
/** Longer than the idle time of common load balancers, so that they close first. */
const KEEP_ALIVE_MS = 75_000;
const CLOSE_WITHIN_MS = 10_000;

export interface Gatehouse {
  /** Where it listens on this machine. */
  address: string;
  deps: Deps;
  adminToken: { token: string; file: string | null; made: boolean };
  /** Raw, base64: what clients pin. */
  publicKey: string;
  ready(): Promise<Check[]>;
  /** From now on it is not ready, so that whoever spreads the load looks elsewhere; it still serves. */
  leave(): void;
  /** Stops taking requests, answers who waits, finishes what runs. */
  close(): Promise<void>;
}

/**
 * Wires everything from the configuration and starts it. Throws when it must not start.
 * @param given.database an open database instead of the configured one; it is closed with the rest
 */
export async function startGatehouse(
  config: Config,
  given: { database?: Database; log?: Log } = {},
): Promise<Gatehouse> {
  const log = given.log ?? createLog(config.logLevel);
  const signingKey = loadSigningKey(config);
  const database = given.database ?? (await openDatabase(config));
  const undo: (() => Promise<unknown>)[] = [() => database.close()];
  const close = async () => {
    for (const step of undo.splice(0).reverse())
      await step().catch((error) => log.error({ error }, 'while closing'));
  };

  try {
    const metrics = createMetrics();
    const observe = (event: GateEvent) => {
      metrics.observe(event);
      log.event(event);
    };
    const onFault = (where: string, error: unknown) => observe({ kind: 'fault', where, error });
    const changes = await openChanges(database, (error) => onFault('changes', error));
    undo.push(() => changes.close());

    const mailer = config.email && createMailer(config.email);
    const opened = config.slack && (await openSlack(config.slack, log, observe));
    const deps: Deps = {
      database,
      changes,
      signingKey,
      version: VERSION,
      environments: config.environments,
      policies: config.policies,
      riskRows: config.riskRows,
      ruleBook: createRuleBook(database),
      together: createTogether(database),
      secondPersonForRules: config.secondPersonForRules,
      personOf: personFinder(config.people),
      learning: config.learning,
      notesFirstSeconds: config.notesFirstSeconds,
      learn: learnInWorker,
      people: opened?.people ?? null,
      onCall: makeOnCall(config.onCall, { mailer, sendDirect: opened?.sendDirect ?? null }),
      mailer: mailer && requestMailer(mailer),
      model: config.model && (await openModel(config.model, observe)),
      url: config.url,
      canAsk: config.slack !== null,
      pendingPerToken: config.limits.pending_per_token,
      observe,
    };
    await adoptSigningKey(deps);
    const adminToken = loadAdminToken(config);
    await ensureAdminToken(deps, adminToken.token);

    const slack = opened && (await startSlack(deps, opened));
    if (slack) undo.push(() => slack.stop());
    const timers = await startTimers(deps);
    undo.push(() => timers.stop());
    // Before the timers: they wait for its answers.
    undo.push(async () => deps.model?.close());

    let isLeaving = false;
    const ready = async (): Promise<Check[]> => [
      ...(isLeaving ? [LEAVING] : []),
      await databaseCheck(database),
      slackCheck(slack?.status() ?? null),
    ];
    const leave = () => {
      isLeaving = true;
    };
    const closing = new AbortController();
    const { url, limits } = config;
    const signIn =
      config.slack?.signIn && opened
        ? { ...config.slack, ...config.slack.signIn, workspace: opened.workspace.identity }
        : null;
    const pages = createWeb(deps, { url, signIn, closing: closing.signal, onFault });
    const app = createHttp(deps, {
      pages,
      url,
      limits,
      metrics,
      health: ready,
      slack: slack?.router ?? null,
      closing: closing.signal,
      onFault,
    });
    const server = createAdaptorServer({ fetch: app.fetch }) as Server;
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.headersTimeout = 20_000;
    server.requestTimeout = 30_000;
    const address = await listen(server, config);
    undo.push(() => stopServing(server, closing));
    return { address, deps, adminToken, publicKey: signingKey.publicKey, ready, leave, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** Slack's packages are half of the start-up time and of the memory: loaded only by who has a Slack. */
async function openSlack(slack: SlackConfig, log: Log, observe: Deps['observe']): Promise<OpenedSlack> {
  const { openSlack: open } = await import('./slack/open.ts');
  return open({ ...slack, log, observe });
}

async function startSlack(deps: Deps, opened: OpenedSlack): Promise<RunningSlack> {
  const { startSlack: start } = await import('./slack/start.ts');
  return start(deps, opened);
}

/** The package is loaded only by who has a model. */
async function openModel(settings: ModelSettings, observe: Deps['observe']): Promise<Model> {
  const { createModel } = await import('./model/create-model.ts');
  return createModel(settings, { onAsked: (asked) => observe({ kind: 'model-asked', ...asked }) });
}

function openDatabase(config: Config): Promise<Database> {
  if (config.databaseUrl) return openPostgres(config.databaseUrl);
  return openEmbedded({ directory: path.join(config.dataDirectory, 'database') });
}

/** The Slack person behind an actor a client names, by the `people` of the configuration. */
function personFinder(people: Config['people']): Deps['personOf'] {
  const known = new Map<string, string>();
  for (const person of people) {
    if (person.github) known.set(`github-actions:${person.github.toLowerCase()}`, person.slack);
    if (person.gitlab) known.set(`gitlab-ci:${person.gitlab.toLowerCase()}`, person.slack);
    if (person.login)
      for (const source of ['terminal', 'ssh', 'cron'])
        known.set(`${source}:${person.login.toLowerCase()}`, person.slack);
  }
  return (source, actor) => known.get(`${source ?? 'terminal'}:${actor.toLowerCase()}`) ?? null;
}

const LEAVING: Check = {
  name: 'staying',
  needed: true,
  ok: false,
  mend: 'This server was told to end: ask another one.',
};

async function databaseCheck({ quick }: Database): Promise<Check> {
  const check = { name: 'database', needed: true };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, 2000, false);
  });
  const answers = quick.rows(sql`select 1`).then(
    () => true,
    () => false,
  );
  const ok = await Promise.race([answers, late]);
  clearTimeout(timer);
  return ok
    ? { ...check, ok }
    : { ...check, ok, mend: 'The database does not answer: check DATABASE_URL and the server.' };
}

function slackCheck(status: { ok: boolean; problem?: string } | null): Check {
  const check = { name: 'slack', needed: false };
  if (status?.ok) return { ...check, ok: true };
  const mend = status
    ? (status.problem ?? 'Slack does not answer. Cards wait until it does.')
    : 'Nobody can be asked: set SLACK_BOT_TOKEN with SLACK_APP_TOKEN or SLACK_SIGNING_SECRET. Until then every command that no rule covers is denied.';
  return { ...check, ok: false, mend };
}

const listen = (server: Server, config: Config): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: config.port, host: config.host, backlog: LISTEN_BACKLOG }, () => {
      const { port } = server.address() as { port: number };
      resolve(
        `http://${config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host}:${port}`,
      );
    });
  });

function stopServing(server: Server, closing: AbortController): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    closing.abort();
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    server.once('close', () => clearInterval(idle));
  });
}
