import type { OpenAPIHono } from '@hono/zod-openapi';
import { sql } from 'drizzle-orm';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Deps } from '../gate/deps.ts';
import type { ApiEnv } from './authenticate.ts';
import type { Metrics } from './metrics.ts';

/** Times every answer by its route, never by its path: ids would make endless series. */
export const measure =
  (metrics: Metrics): MiddlewareHandler =>
  async (c, next) => {
    const stop = metrics.httpSeconds.startTimer({ method: c.req.method });
    await next();
    stop({ route: routePath(c, -1), status: String(c.res.status) });
  };

/** `/metrics` in Prometheus' text format. It names environments and counts, nothing of commands. */
export function metricsRoute(app: OpenAPIHono<ApiEnv>, deps: Deps, metrics: Metrics): void {
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/metrics',
    summary: 'Figures for Prometheus',
    security: [],
    responses: { 200: { description: 'Text exposition format' } },
  });
  app.get('/metrics', async (c) => {
    await countWaiting(deps, metrics);
    return c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType });
  });
}

async function countWaiting(deps: Deps, metrics: Metrics): Promise<void> {
  const pending = await deps.database.rows<{ environment: string; n: number }>(
    sql`select environment, count(*)::int as n from requests where state = 'pending' group by environment`,
  );
  metrics.pending.reset();
  for (const name of deps.environments.keys()) metrics.pending.set({ environment: name }, 0);
  for (const { environment, n } of pending) metrics.pending.set({ environment }, n);
  const [cards] = await deps.database.rows<{ n: number }>(
    sql`select count(*)::int as n from cards where wanted_version > shown_version`,
  );
  metrics.unshownCards.set(cards?.n ?? 0);
}
