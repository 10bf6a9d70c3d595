import type { OutcomeBody, Problem, RequestBody, Submit } from './api.ts';
import { readAddress } from './client/address.ts';
import { readKeys, readProblem, readRequest } from './client/answers.ts';
import { type Answer, exchange, newAgent } from './client/exchange.ts';
import { type Bounds, persist, Transient } from './client/persist.ts';

export { Misconfigured } from './client/address.ts';
export type { Bounds } from './client/persist.ts';

/** The gate gave no usable answer within the caller's bounds. */
export class Unreachable extends Error {}

/** The gate answered: no. Trying the same again is no use. */
export class Refused extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
}

export interface ClientOptions {
  url: string;
  /** Empty: calls that need none. */
  token: string;
  /** Lets the token travel over plain http to another machine. */
  allowInsecure?: boolean;
}

export interface Client {
  /** Scheme, host and port: what a remembered key belongs to. */
  readonly origin: string;
  /** The gate's clock (ms since 1970), as its answers tell it. */
  now(): number;
  submit(body: Submit, idempotencyKey: string, bounds?: Bounds): Promise<RequestBody>;
  /** The request as soon as it differs from version `seen`, or as it is after `waitSeconds`. */
  wait(id: string, seen: number, waitSeconds: number, bounds?: Bounds): Promise<RequestBody>;
  /** Burns the single use of the grant. Whoever gets an answer from this, and only they, may run the command. */
  start(id: string, startId: string, bounds?: Bounds): Promise<void>;
  report(id: string, outcome: OutcomeBody, bounds?: Bounds): Promise<void>;
  withdraw(id: string, reason: string, bounds?: Bounds): Promise<void>;
  /** The public keys (raw, base64) that sign records. */
  keys(bounds?: Bounds): Promise<string[]>;
  /** Any other call: the answer's JSON, the text of a document, null for an empty one. */
  call(method: string, path: string, body?: unknown, bounds?: Bounds): Promise<unknown>;
  close(): void;
}

const ANSWER_MS = 15_000;
const LONGEST_RETRY_AFTER_MS = 60_000;

/** A client of the HTTP API. Throws with a message for the user when the address will not do. */
export function createClient(options: ClientOptions): Client {
  const base = readAddress(options);
  const agent = newAgent(base);
  let skewMs = 0;

  const call = async (method: string, path: string | Poll, given: CallOptions = {}): Promise<unknown> => {
    const { body, key, ...bounds } = given;
    const once = async () => {
      const { where, timeoutMs } = typeof path === 'string' ? { where: path, timeoutMs: ANSWER_MS } : path();
      const sent = {
        method,
        url: new URL(where, base),
        headers: headersOf(options.token, body !== undefined, key),
        body: body === undefined ? undefined : JSON.stringify(body),
        timeoutMs,
        signal: bounds.signal,
      };
      const answer = await exchange(agent, sent).catch((error: unknown) => {
        throw new Transient(reasonOf(error));
      });
      skewMs = skewOf(answer, skewMs);
      return judge(answer);
    };
    return persist(once, bounds).catch((error: unknown) => {
      throw error instanceof Transient ? new Unreachable(error.message) : error;
    });
  };

  const path = (id: string, verb = '') => `api/v1/requests/${encodeURIComponent(id)}${verb}`;
  return {
    origin: base.origin,
    now: () => Date.now() + skewMs,
    submit: async (body, key, bounds) =>
      expected(readRequest(await call('POST', 'api/v1/requests', { body, key, ...bounds }))),
    wait: async (id, seen, waitSeconds, bounds) => {
      let tries = 0;
      // After a failure it is to say at once where things stand; the waiting comes with the next poll.
      const poll = () => {
        const wait = tries++ === 0 ? waitSeconds : 0;
        return { where: path(id, `?wait=${wait}&version=${seen}`), timeoutMs: (wait + 10) * 1000 };
      };
      return expected(readRequest(await call('GET', poll, bounds)));
    },
    start: async (id, startId, bounds) => {
      const answer = await call('POST', path(id, '/start'), { body: { start_id: startId }, ...bounds });
      expected(typeof (answer as { started_at?: unknown } | null)?.started_at === 'string' ? answer : null);
    },
    report: async (id, body, bounds) => {
      await call('POST', path(id, '/outcome'), { body, ...bounds });
    },
    withdraw: async (id, reason, bounds) => {
      await call('POST', path(id, '/withdraw'), { body: { reason }, ...bounds });
    },
    keys: async (bounds) => expected(readKeys(await call('GET', 'api/v1/keys', bounds))),
    call: (method, where, body, bounds) => call(method, where.replace(/^\//, ''), { body, ...bounds }),
    close: () => agent.destroy(),
  };
}

interface CallOptions extends Bounds {
  body?: unknown;
  /** Idempotency-Key */
  key?: string;
}

/** Where the next try goes, and how long its answer may take. */
type Poll = () => { where: string; timeoutMs: number };

const headersOf = (token: string, hasBody: boolean, key: string | undefined): Record<string, string> => ({
  accept: 'application/json',
  ...(token && { authorization: `Bearer ${token}` }),
  ...(hasBody && { 'content-type': 'application/json' }),
  ...(key && { 'idempotency-key': key }),
});

/** The JSON of a success; throws what any other answer means. */
function judge(answer: Answer): unknown {
  const { status, headers, text } = answer;
  const value = parse(text);
  if (status >= 200 && status < 300) {
    if (text === '') return null;
    if (headers['content-type']?.startsWith('text/markdown')) return text;
    if (value === undefined) throw new Refused(readProblem(status, undefined, undefined));
    return value;
  }
  const problem = readProblem(status, value, headers.location);
  if (status < 500 && status !== 429) throw new Refused(problem);
  throw new Transient(`HTTP ${status}: ${problem.title}`, retryAfterMs(headers['retry-after']));
}

function retryAfterMs(header: string | undefined): number {
  if (!header) return 0;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS) : 0;
}

function skewOf(answer: Answer, before: number): number {
  const told = Date.parse(answer.headers.date ?? '') - Date.now();
  // The header counts whole seconds: less than two is no difference.
  if (Number.isNaN(told)) return before;
  return Math.abs(told) < 2000 ? 0 : told;
}

function expected<T>(value: T | null): T {
  if (value !== null) return value;
  const hint = 'client and gate may be of different versions: bring both to the same one';
  throw new Refused({
    type: 'about:blank',
    title: 'the answer is not what the API promises',
    status: 200,
    hint,
  });
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What went wrong with a connection. Node hides it in `code` when several addresses were tried. */
function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message || code || String(error);
}
