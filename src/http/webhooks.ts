import type { OpenAPIHono } from '@hono/zod-openapi';
import { acknowledge } from '../gate/acknowledge.ts';
import type { Deps } from '../gate/deps.ts';
import type { ApiEnv } from './authenticate.ts';
import { problem } from './problems.ts';
import { boundedBytes } from './read-body.ts';

/** PagerDuty drops what is larger itself. */
const MAX_BYTES = 256 * 1024;

/**
 * `POST /webhooks/on-call/{name}`: what a provider tells of our incidents. Signed by somebody else it is refused;
 * whatever is signed well is taken with a 2xx, since a provider switches off who refuses three times.
 */
export function webhookRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: '/webhooks/on-call/{name}',
    summary: 'What a provider under `on_call` tells of our incidents',
    description:
      'Signed by PagerDuty (V3), or with the shared secret of OpsGenie. It never decides anything.',
    security: [],
    responses: {
      202: { description: 'Taken, also when it is about nothing of ours' },
      401: { description: 'Signed by somebody else' },
    },
  });
  app.post('/webhooks/on-call/:name', async (c) => {
    const provider = deps.onCall.get(c.req.param('name'));
    if (!provider?.inbound) return problem(c, 'not-found');
    const bytes = await boundedBytes(c.req.raw, MAX_BYTES);
    if (!bytes) return problem(c, 'body-too-large');
    const body = Buffer.from(bytes).toString('utf8');
    const events = provider.inbound.read({ headers: c.req.raw.headers, body });
    if (events === null) return problem(c, 'bad-signature');
    await acknowledge(deps, provider.name, events);
    return c.body(null, 202);
  });
}
