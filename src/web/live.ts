import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Request } from '../core/request.ts';
import { untilAborted, waitForChange } from '../gate/wait.ts';
import { toRequest } from '../store/requests.ts';
import { see, sessionOf } from './access.ts';
import { guarded } from './headers.ts';
import { notFoundPage } from './plain-pages.tsx';
import type { Web } from './surroundings.ts';

/** Proxies cut connections on which nothing was heard for about a minute. */
const KEEP_ALIVE_MS = 15_000;

/**
 * Says, as server-sent events, that the page of a request is out of date; the page then fetches it anew, with every
 * check that belongs to it. 204 ends an EventSource for good: nothing more will happen, or nobody is signed in.
 */
export async function follow(c: Context, web: Web, requestId: string): Promise<Response> {
  guarded(c);
  const session = await sessionOf(c, web);
  if (!session) return c.body(null, 204);
  const seen = await see(web, session.who, requestId);
  if (seen.kind !== 'seen') return notFoundPage(c, web);
  const known = Number(c.req.header('last-event-id') ?? c.req.query('version') ?? 0);
  if (isOver(seen.view) && seen.view.version === known) return c.body(null, 204);

  return streamSSE(c, async (stream) => {
    const gone = new AbortController();
    const leave = () => gone.abort();
    stream.onAbort(leave);
    web.closing.addEventListener('abort', leave, { once: true });
    let version = known;
    try {
      while (!gone.signal.aborted && (await sessionOf(c, web))) {
        const row = await waitForChange(web.deps, seen.view.id, {
          version,
          waitMs: KEEP_ALIVE_MS,
          leaving: untilAborted(gone.signal),
        });
        if (!row || gone.signal.aborted) return;
        if (row.version === version) {
          await stream.write(': still here\n\n');
          continue;
        }
        version = row.version;
        await stream.writeSSE({ event: 'change', id: String(version), data: String(version) });
        // Decided together with another, it goes its own way from here: the page asks again about itself.
        if (isOver(toRequest(row)) || (row.id !== requestId && row.state !== 'pending')) return;
      }
    } finally {
      web.closing.removeEventListener('abort', leave);
    }
  });
}

/** Nothing more can happen to it. */
export const isOver = ({
  state,
  outcome,
  lapsedAt,
}: Pick<Request, 'state' | 'outcome' | 'lapsedAt'>): boolean =>
  state !== 'pending' && (state !== 'approved' || outcome !== null || lapsedAt !== null);
