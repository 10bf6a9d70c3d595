import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { ApiEnv } from './authenticate.ts';

/** One thing the gate needs, and whether it has it. `mend` says what to do when not. */
export interface Check {
  name: string;
  ok: boolean;
  /** Without it the gate still starts, and denies what it cannot ask about. */
  needed: boolean;
  mend?: string;
}
export type Health = () => Promise<Check[]>;

const shape = z.object({
  ready: z.boolean(),
  checks: z.array(
    z.object({ name: z.string(), ok: z.boolean(), needed: z.boolean(), mend: z.string().optional() }),
  ),
});

/** `/healthz`: the process lives. `/readyz`: it can do its work, or what it lacks. */
export function healthRoutes(app: OpenAPIHono<ApiEnv>, health: Health): void {
  const content = { 'application/json': { schema: shape } };
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/healthz',
    summary: 'Is the process alive?',
    security: [],
    responses: { 200: { description: 'Yes' } },
  });
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/readyz',
    summary: 'Can it do its work?',
    security: [],
    responses: {
      200: { description: 'Yes; or it lacks only what it can do without', content },
      503: { description: 'No', content },
    },
  });
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', async (c) => {
    const checks = await health();
    const ready = checks.every((check) => check.ok || !check.needed);
    return c.json({ ready, checks }, ready ? 200 : 503);
  });
}
