import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The part that every fake provider shares: a real HTTP server on this machine that misbehaves when it is told to. */

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
}
export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/**
 * What goes wrong with the next calls. `after`: it takes effect first, and then the answer goes wrong. `hold`: nothing
 * is answered, and at `release` the connection is cut.
 */
export type Fault = { times: number; when?: 'before' | 'after' } & (
  | { status: number; headers?: Record<string, string>; body?: unknown }
  | { reset: true }
  | { hold: true }
);

export interface PagerCall extends Asked {
  at: number;
  /** The status it was answered with; null: none. */
  status: number | null;
}

export interface PagerServer {
  url: string;
  calls: PagerCall[];
  faults: Fault[];
  /** Nobody listens any more: connections are refused. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  /** Lets every held call go. */
  release(): void;
  close(): Promise<void>;
}

export async function pagerServer(
  answer: (asked: Asked) => Reply,
  { port = 0, now = Date.now }: { port?: number; now?: () => number } = {},
): Promise<PagerServer> {
  const calls: PagerCall[] = [];
  const faults: Fault[] = [];
  const held = new Set<() => void>();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = await read(request);
    const call: PagerCall = { ...asked, at: now(), status: null };
    calls.push(call);
    const fault = takeFault(faults);
    if (fault?.when === 'after') answer(asked);
    if (fault && 'hold' in fault) await new Promise<void>((resolve) => held.add(resolve));
    if (fault && !('status' in fault)) return void request.socket.resetAndDestroy();
    const { status, headers, body } = fault ?? answer(asked);
    call.status = status;
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  const listen = (on: number): Promise<number> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(on, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  const release = (): void => {
    for (const go of held) go();
    held.clear();
  };
  const goDown = (): Promise<void> =>
    new Promise((resolve) => {
      release();
      server.close(() => resolve());
      server.closeAllConnections();
    });

  const bound = await listen(port);
  return {
    url: `http://127.0.0.1:${bound}`,
    calls,
    faults,
    goDown,
    comeBack: async () => void (await listen(bound)),
    release,
    close: goDown,
  };
}

function takeFault(faults: Fault[]): Fault | undefined {
  const [fault] = faults;
  if (!fault) return undefined;
  fault.times -= 1;
  if (fault.times <= 0) faults.shift();
  return fault;
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://fake');
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/** At most so many calls in the last minute, by key; as the providers count them. */
export function perMinute(limit: number, now: () => number): (key: string) => boolean {
  const recent = new Map<string, number[]>();
  return (key) => {
    const calls = (recent.get(key) ?? []).filter((at) => now() - at < 60_000);
    const isOver = calls.length >= limit;
    recent.set(key, isOver ? calls : [...calls, now()]);
    return !isOver;
  };
}

/** A JSON object, or null. */
export function jsonOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
