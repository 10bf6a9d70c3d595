import type { OpenAPIHono } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import type { Deps } from '../gate/deps.ts';
import { heard } from '../gate/heartbeat.ts';
import { untilAborted, waitForChange } from '../gate/wait.ts';
import type { RequestRow } from '../store/requests.ts';
import type { ApiEnv } from './authenticate.ts';
import { problem } from './problems.ts';
import { present, visible } from './requests.ts';

/** Proxies cut connections on which nothing was heard for about a minute. */
const KEEP_ALIVE_MS = 15_000;

/**
 * The same as the long poll, as server-sent events: one `request` event for each version, its id the version, so
 * that a reconnect to any replica (Last-Event-ID) goes on where it was. 204 ends an EventSource for good.
 */
export function eventRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps, url: string, closing: AbortSignal): void {
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/api/v1/requests/{id}/events',
    summary: 'Follow a request by server-sent events',
    responses: {
      200: { description: 'text/event-stream of `request` events' },
      204: { description: 'Nothing more will come' },
    },
  });
  app.get('/api/v1/requests/:id/events', async (c) => {
    const row = await visible(c, deps, c.req.param('id'));
    if (!row) return problem(c, 'not-found');
    const seen = Number(c.req.header('last-event-id') ?? 0);
    if (isOver(row) && row.version === seen) return c.body(null, 204);
    const isRequester = row.tokenId === c.get('caller').id;

    return streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      closing.addEventListener('abort', () => gone.abort());
      let version = seen;
      while (!gone.signal.aborted) {
        const now = await waitForChange(deps, row.id, {
          version,
          waitMs: KEEP_ALIVE_MS,
          leaving: untilAborted(gone.signal),
        });
        if (!now || gone.signal.aborted) return;
        if (isRequester) await heard(deps, row.id, KEEP_ALIVE_MS / 1000);
        if (now.version === version) {
          await stream.write(': still here\n\n');
          continue;
        }
        version = now.version;
        const data = JSON.stringify(await present(c, deps, url, now));
        await stream.writeSSE({ event: 'request', id: String(version), data });
        if (isOver(now)) return;
      }
    });
  });
}

/** Nothing more can happen to it. */
const isOver = (row: RequestRow): boolean =>
  row.state !== 'pending' && (row.state !== 'approved' || row.outcomeAt !== null || row.lapsedAt !== null);
