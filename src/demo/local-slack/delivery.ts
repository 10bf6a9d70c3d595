import { createHmac } from 'node:crypto';
import type { Json } from './checks.ts';
import type { SocketMode } from './socket-mode.ts';

export type Kind = 'interactive' | 'slash_commands' | 'events_api';

/** How a test bends a delivery: another signature, an old timestamp, bytes changed after signing. */
export type Bending = {
  timestamp?: number;
  signature?: string;
  secret?: string;
  /** Sent instead of the body that was signed. */
  body?: string;
  headers?: Record<string, string>;
};

/** What the app answered. `status` 0 means that nothing usable came back within three seconds. */
export type Delivery = {
  kind: Kind;
  payload: Json;
  status: number;
  body: unknown;
  deliveredMs: number;
  problem?: 'timeout' | 'unreachable' | 'no connection';
  /** The very bytes and headers, for sending them again. Absent over Socket Mode. */
  sent?: { body: string; headers: Record<string, string> };
};

export type Sender = {
  signingSecret: string;
  requestUrl: () => string | undefined;
  socketMode: SocketMode;
  now: () => number;
  ackMs: number;
  delivered: (delivery: Delivery) => void;
};

/** Hands a payload to the app and waits for its acknowledgement: over HTTP when there is an address, else over a socket. */
export async function deliver(
  sender: Sender,
  kind: Kind,
  payload: Json,
  bending: Bending & { attempt?: number; reason?: string } = {},
): Promise<Delivery> {
  const startedAt = performance.now();
  const address = sender.requestUrl();
  const outcome = address
    ? await overHttp(address, signed(sender, kind, payload, bending), sender.ackMs)
    : await sender.socketMode.send(kind, payload, {
        ackMs: sender.ackMs,
        attempt: bending.attempt,
        reason: bending.reason,
      });
  return finished(sender, startedAt, { kind, payload, ...outcome });
}

function finished(sender: Sender, startedAt: number, outcome: Omit<Delivery, 'deliveredMs'>): Delivery {
  const delivery = { ...outcome, deliveredMs: Math.round(performance.now() - startedAt) };
  sender.delivered(delivery);
  return delivery;
}

/** Sends the same bytes with the same signature once more, as somebody who recorded them would. */
export async function deliverAgain(sender: Sender, earlier: Delivery): Promise<Delivery> {
  const address = sender.requestUrl();
  if (!address || !earlier.sent) return deliver(sender, earlier.kind, earlier.payload);
  const startedAt = performance.now();
  const outcome = await overHttp(address, earlier.sent, sender.ackMs);
  return finished(sender, startedAt, { kind: earlier.kind, payload: earlier.payload, ...outcome });
}

type Sent = { body: string; headers: Record<string, string> };
export type Answer = Pick<Delivery, 'status' | 'body' | 'problem' | 'sent'>;

function signed(
  sender: Sender,
  kind: Kind,
  payload: Json,
  bending: Bending & { attempt?: number; reason?: string },
): Sent {
  const body = encoded(kind, payload);
  const timestamp = bending.timestamp ?? Math.floor(sender.now() / 1000);
  const signature = bending.signature ?? signatureOf(bending.secret ?? sender.signingSecret, timestamp, body);
  return {
    body: bending.body ?? body,
    headers: {
      'content-type': kind === 'events_api' ? 'application/json' : 'application/x-www-form-urlencoded',
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': String(timestamp),
      'x-slack-signature': signature,
      ...(bending.attempt && {
        'x-slack-retry-num': String(bending.attempt),
        'x-slack-retry-reason': bending.reason ?? 'http_error',
      }),
      ...bending.headers,
    },
  };
}

/** Slack's v0 signature of a request body. */
export function signatureOf(secret: string, timestamp: number, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

function encoded(kind: Kind, payload: Json): string {
  if (kind === 'events_api') return JSON.stringify(payload);
  if (kind === 'slash_commands') return new URLSearchParams(payload as Record<string, string>).toString();
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

async function overHttp(address: string, sent: Sent, ackMs: number): Promise<Answer> {
  try {
    const response = await fetch(address, {
      method: 'POST',
      ...sent,
      redirect: 'manual',
      signal: AbortSignal.timeout(ackMs),
    });
    return { status: response.status, body: parsed(await response.text()), sent };
  } catch (problem) {
    const late = problem instanceof DOMException && problem.name === 'TimeoutError';
    return { status: 0, body: undefined, problem: late ? 'timeout' : 'unreachable', sent };
  }
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
