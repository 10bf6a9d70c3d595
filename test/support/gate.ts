import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Config, readConfig } from '../../src/config/config.ts';
import { createToken, type TokenWish } from '../../src/gate/tokens.ts';
import { createLog, type Log } from '../../src/log.ts';
import { type Gatehouse, startGatehouse } from '../../src/main.ts';
import type { Database } from '../../src/store/database.ts';

export const CONFIG = `
url: http://gate.example.com
environments:
  production: { channel: "#deploys", reviewers: channel, expires_after: 10m }
  staging: { channel: "#staging", reviewers: channel }
  payments: { channel: "#payments", reviewers: { users: [UANA, UBEN] }, approvals: 2 }
limits: { requests_per_second: 1000, burst: 1000, pending_per_token: 1000 }
runbook: { notes_first: 0s }
people:
  - { slack: UCLEO, github: cleo, login: cleo }
`;

export interface TestGate extends Gatehouse {
  /** Makes a client's token; say what is different. */
  token(over?: Partial<TokenWish>): Promise<string>;
  call(
    method: string,
    path: string,
    options?: CallOptions,
    // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
  ): Promise<{ status: number; body: any; headers: Headers }>;
}
interface CallOptions {
  token?: string;
  body?: unknown;
  raw?: string | Uint8Array;
  headers?: Record<string, string>;
}

/** The whole program over this database, on a free port, with a data directory of its own. */
export async function startTestGate(
  database: Database,
  options: {
    config?: string;
    variables?: Record<string, string>;
    over?: Partial<Config>;
    log?: Log;
    dataDirectory?: string;
  } = {},
): Promise<TestGate> {
  const dataDirectory = options.dataDirectory ?? mkdtempSync(path.join(tmpdir(), 'gatehouse-data-'));
  const variables = {
    PORT: '0',
    HOST: '127.0.0.1',
    GATE_DATA: dataDirectory,
    LOG_LEVEL: 'silent',
    ...options.variables,
  };
  const config = { ...readConfig(options.config ?? CONFIG, variables), ...options.over };
  const gate = await startGatehouse(config, { database, log: options.log ?? createLog(config.logLevel) });
  return {
    ...gate,
    close: async () => {
      await gate.close();
      if (!options.dataDirectory) rmSync(dataDirectory, { recursive: true, force: true });
    },
    token: async (over = {}) => {
      const wish: TokenWish = {
        name: 'ci',
        role: 'client',
        kind: 'ci',
        project: 'shop',
        environments: null,
        owner: null,
        expiresInDays: null,
        ...over,
      };
      return (await createToken(gate.deps, 'test', wish)).secret;
    },
    call: async (method, target, { token, body, raw, headers = {} } = {}) => {
      const answer = await fetch(new URL(target, gate.address), {
        method,
        redirect: 'manual',
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...((body !== undefined || raw !== undefined) && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(raw !== undefined
          ? { body: raw as never }
          : body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      const isJson = /json/.test(answer.headers.get('content-type') ?? '');
      return { status: answer.status, body: isJson ? JSON.parse(text) : text, headers: answer.headers };
    },
  };
}
