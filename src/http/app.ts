import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { KeysShape } from '../api.ts';
import { rateLimit } from '../core/rate-limit.ts';
import { publicKeys } from '../gate/adopt-key.ts';
import type { Deps } from '../gate/deps.ts';
import { answerInTime } from './answer-in-time.ts';
import { SECURE } from './answer-later.ts';
import { type ApiEnv, requireToken } from './authenticate.ts';
import { checkRoutes } from './check.ts';
import { docsPage } from './docs.tsx';
import { eventRoutes } from './events.ts';
import { type Health, healthRoutes } from './health.ts';
import { measure, metricsRoute } from './measure.ts';
import type { Metrics } from './metrics.ts';
import { noteRoutes } from './notes.ts';
import { problem } from './problems.ts';
import { readBody } from './read-body.ts';
import { requestRoutes } from './requests.ts';
import { answers } from './route-answers.ts';
import { ruleRoutes } from './rules.ts';
import { runbookRoute } from './runbook.ts';
import { suggestionRoutes } from './suggestions.ts';
import { tokenRoutes } from './tokens.ts';
import { webhookRoutes } from './webhooks.ts';

export interface HttpOptions {
  url: string;
  limits: { requests_per_second: number; burst: number };
  metrics: Metrics;
  health: Health;
  /** Slack's interactions, when they come over HTTP. */
  slack: Hono | null;
  /** The pages for people. */
  pages: Hono;
  /** Aborts when the server closes: who waits is answered with what is known, and asks another replica. */
  closing: AbortSignal;
  /** Says a fault to the log. */
  onFault(where: string, error: unknown): void;
}

/** Everything the gate serves over HTTP. */
export function createHttp(deps: Deps, options: HttpOptions): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({
    defaultHook: (result, c) => {
      if (result.success) return;
      const errors = result.error.issues.map((i) => ({ path: i.path.join('.'), message: i.message }));
      return problem(c, 'invalid-fields', { errors });
    },
  });
  app.use(secureHeaders(SECURE));
  app.use(measure(options.metrics));
  app.notFound((c) => problem(c, 'not-found'));
  app.onError((error, c) => {
    options.onFault(`${c.req.method} ${c.req.path}`, error);
    return problem(c, isDatabaseGone(error) ? 'unavailable' : 'internal');
  });

  healthRoutes(app, options.health);
  metricsRoute(app, deps, options.metrics);
  keysRoute(app, deps);
  webhookRoutes(app, deps);
  app.route('/', options.pages);
  if (options.slack) app.route('/', options.slack);

  const { requests_per_second: perSecond, burst } = options.limits;
  const pace = () => rateLimit({ perSecond, burst }, () => performance.now());
  app.use('/api/v1/*', answerInTime);
  app.use('/api/v1/requests/*', requireToken(deps, pace()), readBody);
  app.use('/api/v1/tokens/*', requireToken(deps, pace()), readBody);
  app.use('/api/v1/check', requireToken(deps, pace()), readBody);
  app.use('/api/v1/rules/*', requireToken(deps, pace()));
  app.use('/api/v1/suggestions/*', requireToken(deps, pace()));
  app.use('/api/v1/report', requireToken(deps, pace()));
  app.use('/api/v1/notes/*', requireToken(deps, pace()), readBody);
  app.use('/api/v1/runbook/*', requireToken(deps, pace()));
  requestRoutes(app, deps, options.url, options.closing);
  eventRoutes(app, deps, options.url, options.closing);
  tokenRoutes(app, deps);
  ruleRoutes(app, deps);
  suggestionRoutes(app, deps);
  noteRoutes(app, deps);
  runbookRoute(app, deps);
  checkRoutes(app, deps);

  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  const about = {
    openapi: '3.1.0',
    info: {
      title: 'Gatehouse',
      version: deps.version,
      description: 'Ask before a command runs. Every error is an RFC 9457 problem document with a hint.',
    },
    servers: [{ url: options.url }],
    security: [{ token: [] }],
  };
  app.get('/openapi.json', (c) => c.json(app.getOpenAPI31Document(about)));
  app.get('/docs', (c) => docsPage(c, app.getOpenAPI31Document(about)));
  return app;
}

const keysShown = createRoute({
  method: 'get',
  path: '/api/v1/keys',
  summary: 'The public keys that sign approvals and records',
  description: 'Pin them at the client: GATE_PUBLIC_KEY takes the `x` of a key.',
  security: [],
  responses: { 200: answers('A JSON Web Key Set', KeysShape) },
});

function keysRoute(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  app.openapi(keysShown, async (c) => {
    const keys = (await publicKeys(deps)).map(({ id, publicKey }) => ({
      kty: 'OKP' as const,
      crv: 'Ed25519' as const,
      x: Buffer.from(publicKey, 'base64').toString('base64url'),
      kid: id,
      use: 'sig' as const,
    }));
    return c.json({ keys }, 200);
  });
}

/** Connection trouble, as both drivers and drizzle's wrapper name it. */
function isDatabaseGone(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: string; cause?: unknown };
  if (typeof code === 'string' && /^(CONNECT|CONNECTION_|ECONN|EPIPE|ETIMEDOUT|57P0|08|53)/.test(code))
    return true;
  return cause ? isDatabaseGone(cause) : false;
}
