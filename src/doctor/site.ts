import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config/config.ts';
import type { OpenedSlack } from '../slack/open.ts';
import { type Database, openEmbedded, openPostgres } from '../store/database.ts';
import { type DatabaseExamined, examineDatabase } from '../store/examine.ts';
import { ask } from './ask.ts';

/** What the checks look at, read once for all of them. */
export interface Site {
  config: Config;
  file: string;
  database(): Promise<DatabaseSeen>;
  /** The gate that listens on this machine, where this configuration says. */
  server(): Promise<ServerSeen>;
  /** What Slack says of the bot token; null: there is none. */
  auth(): Promise<AuthSeen | null>;
  /** null: no tokens are configured. */
  slack(): Promise<OpenedSlack | null>;
  close(): Promise<void>;
}

export type DatabaseSeen =
  | { is: 'open'; database: Database; examined: DatabaseExamined }
  /** Embedded, before the first start. */
  | { is: 'absent' }
  /** Embedded, and another process has it. */
  | { is: 'held'; by: string }
  | { is: 'out of reach'; error: unknown };

export type ServerSeen =
  | { is: 'running'; address: string; ready: boolean; checks: ServerCheck[]; keys: string[] }
  /** Something listens there that is no gate. */
  | { is: 'other'; address: string }
  | { is: 'silent'; address: string };

export interface ServerCheck {
  name: string;
  ok: boolean;
  needed: boolean;
  mend?: string;
}

export type AuthSeen =
  | {
      is: 'known';
      team: string;
      bot: string;
      scopes: string[] | null;
      date: Date | null;
      asked: { from: number; to: number };
    }
  | { is: 'refused'; code: string }
  | { is: 'out of reach'; problem: string };

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

export function openSite(config: Config, file: string): Site {
  const database = once(() => openDatabase(config));
  return {
    config,
    file,
    database,
    server: once(() => readServer(config)),
    auth: once(() => readAuth(config)),
    slack: once(async () => {
      if (!config.slack) return null;
      const { openSlack } = await import('../slack/open.ts');
      return openSlack({ ...config.slack, log: quiet, observe: () => {} });
    }),
    close: async () => {
      const seen = await database();
      if (seen.is === 'open') await seen.database.close();
    },
  };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | null = null;
  return () => {
    reading ??= read();
    return reading;
  };
}

/** Opens it as it is: nothing is made and nothing is migrated. */
async function openDatabase({ databaseUrl, dataDirectory }: Config): Promise<DatabaseSeen> {
  const directory = path.join(dataDirectory, 'database');
  if (!databaseUrl && !existsSync(directory)) return { is: 'absent' };
  let database: Database | null = null;
  try {
    database = databaseUrl
      ? await openPostgres(databaseUrl, { connections: 2, migrate: false })
      : await openEmbedded({ directory, migrate: false });
    return { is: 'open', database, examined: await examineDatabase(database) };
  } catch (error) {
    await database?.close().catch(() => {});
    const holder = /is in use by process (\S+);/.exec((error as Error).message)?.[1];
    return holder ? { is: 'held', by: holder } : { is: 'out of reach', error };
  }
}

async function readServer({ host, port }: Config): Promise<ServerSeen> {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  const address = `http://${name}:${port}`;
  const [readyz, keys] = await Promise.all([ask(`${address}/readyz`), ask(`${address}/api/v1/keys`)]);
  if ('problem' in readyz) return { is: 'silent', address };
  const { ready, checks } = readyz.json ?? {};
  if (typeof ready !== 'boolean' || !Array.isArray(checks)) return { is: 'other', address };
  return { is: 'running', address, ready, checks: checks as ServerCheck[], keys: keyIdsIn(keys) ?? [] };
}

/** The ids of the keys a gate publishes; null: no gate answered. */
export function keyIdsIn(answer: Awaited<ReturnType<typeof ask>>): string[] | null {
  if ('problem' in answer || answer.status !== 200 || !Array.isArray(answer.json?.keys)) return null;
  return answer.json.keys.map((key: { kid?: unknown }) => String(key?.kid));
}

async function readAuth({ slack }: Config): Promise<AuthSeen | null> {
  if (!slack) return null;
  const from = Date.now();
  const answer = await callSlack(slack.apiUrl, 'auth.test', slack.botToken);
  if ('problem' in answer) return { is: 'out of reach', problem: answer.problem };
  const { json, headers, status } = answer;
  if (json?.ok !== true)
    return json
      ? { is: 'refused', code: String(json.error) }
      : { is: 'out of reach', problem: `HTTP ${status}` };
  const date = Date.parse(headers.get('date') ?? '');
  return {
    is: 'known',
    team: String(json.team ?? json.team_id),
    bot: String(json.user ?? json.user_id),
    scopes: headers.get('x-oauth-scopes')?.split(/\s*,\s*/) ?? null,
    date: Number.isNaN(date) ? null : new Date(date),
    asked: { from, to: Date.now() },
  };
}

/** One method of Slack's, without its client: the headers of the answer matter. */
export const callSlack = (apiUrl: string | undefined, method: string, token: string) =>
  ask(`${apiUrl ?? 'https://slack.com/api/'}${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
