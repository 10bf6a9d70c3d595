import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestBody, Submit } from '../api.ts';
import { type Client, Refused, Unreachable } from '../client.ts';

/** What a person who waits wants to hear of. */
export type Progress =
  | { kind: 'asked'; request: RequestBody }
  | { kind: 'changed'; request: RequestBody; before: RequestBody }
  | { kind: 'lost'; why: string }
  | { kind: 'back' };

/** The gate withdraws the request of a client that was silent for so long. */
export const HEARTBEAT_SECONDS = 30;
/** One long poll. Shorter than the heartbeat, so that each poll is one. */
const WAIT_SECONDS = 20;
/** The gate ends a request within moments of its deadline; then it has to say so. */
const GRACE_MS = 60_000;
/** Against a gate, or something before it, that does not keep the poll open. */
const SHORTEST_POLL_MS = 500;

export interface Wait {
  client: Client;
  body: Submit;
  /** The same for every try of this ask: the gate sees one request, however often it is asked. */
  idempotencyKey: string;
  /** How long a gate that does not answer at the beginning is tried. */
  connectMs: number;
  signal: AbortSignal;
  tell(progress: Progress): void;
}

/** Asks, and waits until the request is no longer pending. A lost connection is taken up again until its deadline. */
export async function awaitDecision(wait: Wait): Promise<RequestBody> {
  const { client, signal, tell } = wait;
  const contact = watchContact(tell);
  const bounds = { signal, onRetry: contact.failed };
  const ask = (retryForMs: number) =>
    client.submit(wait.body, wait.idempotencyKey, { ...bounds, retryForMs });

  let request = await ask(wait.connectMs);
  contact.good();
  tell({ kind: 'asked', request });
  while (request.state === 'pending') {
    const retryForMs = Date.parse(request.expires_at) - client.now() + GRACE_MS;
    if (retryForMs <= 0)
      throw new Unreachable('the time to decide is over and the gate did not end the request');
    const from = performance.now();
    const next = await client
      .wait(request.id, request.version, WAIT_SECONDS, { ...bounds, retryForMs })
      .catch((error: unknown) => {
        // It was lost with the gate's database: asked again under its key it is the same request, made anew.
        if (error instanceof Refused && error.problem.status === 404) return ask(retryForMs);
        throw error;
      });
    contact.good();
    const hasChanged = next.version !== request.version || next.id !== request.id;
    if (hasChanged) tell({ kind: 'changed', request: next, before: request });
    else if (performance.now() - from < SHORTEST_POLL_MS)
      await sleep(SHORTEST_POLL_MS, undefined, { signal });
    request = next;
  }
  return request;
}

/** Says once that contact was lost, and once that it is back. A single failure is not worth a word. */
function watchContact(tell: (progress: Progress) => void) {
  let failures = 0;
  return {
    failed: (failure: Error) => {
      failures += 1;
      if (failures === 2) tell({ kind: 'lost', why: failure.message });
    },
    good: () => {
      if (failures >= 2) tell({ kind: 'back' });
      failures = 0;
    },
  };
}
