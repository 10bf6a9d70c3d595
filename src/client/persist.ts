import { setTimeout as sleep } from 'node:timers/promises';

/** How long and how visibly a call is tried again. */
export interface Bounds {
  /** Tried again for so long after the first failure to begin with; 0: once. */
  retryForMs?: number;
  signal?: AbortSignal;
  /** Told of each failure that will be followed by another try. */
  onRetry?: (failure: Transient) => void;
}

/** A failure that may pass: no connection, 5xx, 429. */
export class Transient extends Error {
  /** What the other side asked for with Retry-After. */
  readonly waitMs: number;
  constructor(message: string, waitMs = 0) {
    super(message);
    this.waitMs = waitMs;
  }
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/** Tries until it works, fails for good, or the time is over; then throws the last `Transient`. */
export async function persist<T>(attempt: () => Promise<T>, bounds: Bounds): Promise<T> {
  const deadline = performance.now() + (bounds.retryForMs ?? 0);
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    bounds.signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      bounds.signal?.throwIfAborted();
      if (!(error instanceof Transient)) throw error;
      // Half of the pause is left to chance, so that many clients do not come back in step.
      const wait = Math.max(error.waitMs, pause * (0.5 + Math.random() / 2));
      if (performance.now() + wait > deadline) throw error;
      bounds.onRetry?.(error);
      await sleep(wait, undefined, { signal: bounds.signal }).catch(() => bounds.signal?.throwIfAborted());
    }
  }
}
