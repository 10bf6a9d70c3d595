import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context as HonoContext } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Json } from './checks.ts';
import { type Fault, outcomeOf, takeFault } from './faults.ts';
import type { OpenId } from './open-id.ts';
import { respond } from './response-urls.ts';
import { grantedScopes } from './scopes.ts';
import { type ApiContext, answer, readArguments } from './web-api.ts';
import type { Workspace } from './workspace.ts';

/** One call of the Web API or of a response_url (`method` is then `response_url`), and what it got. */
export type ApiCall = {
  method: string;
  body: Json;
  at: number;
  answer: { status: number; body: unknown } | 'reset';
};

export type ServerDeps = {
  api: () => ApiContext;
  openId: OpenId;
  faults: Fault[];
  isDown: () => boolean;
  rateLimit: (channel: string) => number | undefined;
  record: (call: ApiCall) => void;
  signIn: Hono;
  page: Hono;
};

type Bindings = { incoming: IncomingMessage; outgoing: ServerResponse };
type App = { Bindings: Bindings };
type Reply = { status: number; body: unknown; headers?: Record<string, string> };

/** Everything that answers over HTTP. */
export function routes(deps: ServerDeps): Hono<App> {
  const app = new Hono<App>();
  const outside = ['/api/*', '/upload/*', '/response/*', '/openid/*'];
  for (const path of outside) app.use(path, async (c, next) => (deps.isDown() ? reset(c) : next()));
  app.post('/api/openid.connect.token', (c) => openIdToken(c, deps));
  app.on(['GET', 'POST'], '/api/:method', (c) => webApi(c, deps));
  app.post('/upload/:id', (c) => upload(c, deps));
  app.post('/response/:id', (c) => responseUrl(c, deps));
  app.route('/', deps.signIn);
  app.route('/', deps.page);
  return app;
}

async function webApi(c: HonoContext<App>, deps: ServerDeps): Promise<Response> {
  const method = c.req.param('method') ?? '';
  const raw = c.req.method === 'GET' ? new URL(c.req.url).search.slice(1) : await c.req.text();
  const body = readBody(c, raw);
  if (!body) return c.json({ ok: false, error: 'invalid_json' });
  const { token: bodyToken, ...args } = body;
  const token = c.req.header('authorization')?.replace(/^Bearer /, '') ?? (bodyToken as string | undefined);
  return withFaults(c, deps, method, args, () => {
    const retryAfter = method === 'chat.postMessage' ? deps.rateLimit(String(args.channel)) : undefined;
    if (retryAfter !== undefined) return rateLimited(retryAfter);
    const body = answer(deps.api(), method, token, args);
    return { status: 200, body, headers: headersOf(deps.api().workspace, body) };
  });
}

/** The clock of this Slack; and to a token that it knows, what the app may do. */
const headersOf = ({ now, missingScopes }: Workspace, { ok }: Json): Record<string, string> => ({
  Date: new Date(now()).toUTCString(),
  ...(ok === true && { 'X-OAuth-Scopes': grantedScopes(missingScopes).join(',') }),
});

/** The one method that is called with the app's own credentials instead of a token. */
async function openIdToken(c: HonoContext<App>, deps: ServerDeps): Promise<Response> {
  const body = readBody(c, await c.req.text());
  if (!body) return c.json({ ok: false, error: 'invalid_json' });
  const { client_secret, ...shown } = body;
  return withFaults(c, deps, 'openid.connect.token', shown, () => ({
    status: 200,
    body: deps.openId.token(body),
  }));
}

const rateLimited = (retryAfter: number): Reply => ({
  status: 429,
  body: { ok: false, error: 'ratelimited' },
  headers: { 'Retry-After': String(retryAfter) },
});

function readBody(c: HonoContext<App>, raw: string): Json | undefined {
  try {
    return readArguments(c.req.header('content-type') ?? '', raw);
  } catch {
    return undefined;
  }
}

async function responseUrl(c: HonoContext<App>, deps: ServerDeps): Promise<Response> {
  const body = readBody(c, await c.req.text()) ?? {};
  return withFaults(c, deps, 'response_url', body, () => {
    const reply = respond(deps.api().workspace, c.req.param('id') ?? '', body);
    return { status: reply.status, body: reply.body };
  });
}

/** Answers a call, or misbehaves as ordered: before the effect, or after it. */
async function withFaults(
  c: HonoContext<App>,
  deps: ServerDeps,
  method: string,
  body: Json,
  effect: () => Reply,
): Promise<Response> {
  const fault = takeFault(deps.faults, method, body.channel);
  const outcome = fault && outcomeOf(fault);
  const record = (got: ApiCall['answer']): void =>
    deps.record({ method, body, at: deps.api().workspace.now(), answer: got });
  if (fault?.delayMs && fault.when !== 'after') await sleep(fault.delayMs);
  const real = !outcome || fault?.when === 'after' ? effect() : undefined;
  if (fault?.delayMs && fault.when === 'after') await sleep(fault.delayMs);
  const reply = outcome ?? real!;
  if (reply === 'reset') {
    record('reset');
    return reset(c);
  }
  record({ status: reply.status, body: reply.body });
  return c.json(reply.body as Json, reply.status as ContentfulStatusCode, reply.headers);
}

/** Cuts the connection, so that the caller cannot know whether anything happened. */
function reset(c: HonoContext<App>): Response {
  c.env.incoming.socket.resetAndDestroy();
  return RESPONSE_ALREADY_SENT;
}

async function upload(c: HonoContext<App>, deps: ServerDeps): Promise<Response> {
  const file = deps.api().workspace.files.get(c.req.param('id') ?? '');
  if (!file) return c.text('not found', 404);
  const isForm = c.req.header('content-type')?.startsWith('multipart/');
  const part = isForm ? Object.values(await c.req.parseBody())[0] : undefined;
  const bytes = part instanceof File ? await part.arrayBuffer() : (part ?? (await c.req.arrayBuffer()));
  file.bytes = typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes);
  return c.text(`OK - ${file.bytes.length}`);
}

export type Listening = { url: string; server: Server; close: () => Promise<void> };

/** Listens; rejects when the port is taken. */
export function listen(app: Hono<App>, port: number, hostname: string): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname }, (address: AddressInfo) =>
      resolve({ url: `http://${hostname}:${address.port}`, server, close }),
    ) as Server;
    server.on('error', reject);
    const close = (): Promise<void> =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      });
  });
}
