import { createHmac, timingSafeEqual } from 'node:crypto';
import type { App, Receiver, ReceiverEvent } from '@slack/bolt';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';

const MAX_BODY_BYTES = 256 * 1024;
const WINDOW_SECONDS = 300;
/** Slack waits for three seconds. Answering just before lets the person see an error instead of nothing. */
const ACK_WITHIN_MS = 2900;

export interface HttpReceiver extends Receiver {
  /** To be mounted where Slack sends to: it answers POST /slack/events. */
  router: Hono;
}

/** Is this body signed by Slack (v0), not more than five minutes ago or ahead? Without a secret nothing is. */
export function isSigned(
  secret: string,
  sent: { timestamp: string | undefined; signature: string | undefined; body: string },
  nowMs: number,
): boolean {
  const { timestamp, signature, body } = sent;
  if (secret === '' || !signature || !timestamp || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > WINDOW_SECONDS) return false;
  const wanted = Buffer.from(
    `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`,
  );
  const got = Buffer.from(signature);
  return got.length === wanted.length && timingSafeEqual(got, wanted);
}

/** Remembers signatures for as long as they are good: a recorded request is not taken twice. */
export function replayGuard(): (signature: string, nowMs: number) => boolean {
  const seen = new Map<string, number>();
  return (signature, nowMs) => {
    for (const [old, until] of seen) {
      if (until > nowMs) break;
      seen.delete(old);
    }
    if (seen.has(signature)) return true;
    // Good from five minutes before its timestamp to five minutes after it.
    seen.set(signature, nowMs + 2 * WINDOW_SECONDS * 1000);
    return false;
  };
}

/** Slack over HTTP: proves where a request comes from before anything reads it, then hands it to Bolt. */
export function httpReceiver(options: {
  signingSecret: string;
  isOurApp(appId: unknown): boolean;
  now?: () => number;
  ackWithinMs?: number;
}): HttpReceiver {
  const { signingSecret, isOurApp, now = Date.now, ackWithinMs = ACK_WITHIN_MS } = options;
  if (signingSecret === '') throw new Error('the signing secret of the Slack app is empty');
  const router = new Hono();
  const inFlight = new Set<Promise<unknown>>();
  const isReplayed = replayGuard();
  let app: App | null = null;

  router.post('/slack/events', bodyLimit({ maxSize: MAX_BODY_BYTES }), async (c) => {
    const body = await c.req.text();
    const timestamp = c.req.header('x-slack-request-timestamp');
    const signature = c.req.header('x-slack-signature');
    if (!isSigned(signingSecret, { timestamp, signature, body }, now()))
      return c.text('not signed by Slack', 401);
    if (isReplayed(signature ?? '', now())) return c.text('seen before', 401);
    const payload = parsed(c.req.header('content-type') ?? '', body);
    if (!payload) return c.text('not readable', 400);
    if (payload.type === 'url_verification') return c.json({ challenge: String(payload.challenge) });
    if (payload.ssl_check) return c.body(null, 200);
    if (!isOurApp(payload.api_app_id)) return c.text('for another app', 403);
    if (!app) return c.body(null, 503);
    return processed(app, payload, { inFlight, ackWithinMs, retry: c.req.header('x-slack-retry-num') });
  });

  return {
    router,
    init: (bolt) => {
      app = bolt;
    },
    start: async () => {},
    stop: async () => {
      await Promise.allSettled([...inFlight]);
    },
  };
}

type Payload = Record<string, unknown>;

function parsed(contentType: string, body: string): Payload | null {
  try {
    if (contentType.includes('application/json')) return asObject(JSON.parse(body));
    const form = new URLSearchParams(body);
    const payload = form.get('payload');
    return payload === null ? Object.fromEntries(form) : asObject(JSON.parse(payload));
  } catch {
    return null;
  }
}

const asObject = (value: unknown): Payload | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Payload) : null;

/** The answer is what a listener acknowledges with; the work after it goes on, and `stop` waits for it. */
function processed(
  app: App,
  body: Payload,
  { inFlight, ackWithinMs, retry }: { inFlight: Set<Promise<unknown>>; ackWithinMs: number; retry?: string },
): Promise<Response> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(new Response(null, { status: 503 })), ackWithinMs);
    const answer = (response: Response) => {
      clearTimeout(timer);
      resolve(response);
    };
    const event: ReceiverEvent = {
      body,
      retryNum: Number(retry) || undefined,
      ack: async (response?: unknown) => {
        if (typeof response === 'string' && response !== '') answer(new Response(response));
        else answer(response ? Response.json(response) : new Response(null, { status: 200 }));
      },
    };
    const processing = app
      .processEvent(event)
      .catch(() => answer(new Response(null, { status: 500 })))
      .finally(() => inFlight.delete(processing));
    inFlight.add(processing);
  });
}
