import type { RequestRow } from '../store/requests.ts';
import type { Deps } from './deps.ts';

/** Calls back when nobody waits any more; returns the way to stop listening. */
export type Leaving = (gone: () => void) => () => void;

/** Somebody leaves when this is aborted. */
export const untilAborted =
  (signal: AbortSignal): Leaving =>
  (gone) => {
    if (signal.aborted) {
      gone();
      return () => {};
    }
    signal.addEventListener('abort', gone, { once: true });
    return () => signal.removeEventListener('abort', gone);
  };

interface Waiting {
  version: number | null;
  waitMs: number;
  leaving?: Leaving;
}

/**
 * The request as soon as it is no longer at `version`, or after the wait as it is then.
 * Without a version: as soon as it is decided or otherwise changed.
 * @returns null when there is no such request
 */
export async function waitForChange(
  deps: Deps,
  requestId: string,
  { version, waitMs, leaving }: Waiting,
): Promise<RequestRow | null> {
  const sleeper = { version, isHeard: false, isOver: waitMs <= 0, wake: () => {}, heard };
  const over = () => {
    sleeper.isOver = true;
    sleeper.wake();
  };
  // Watched before the first read, so that no change falls between the reading and the waiting.
  const stop = deps.changes.onRequest(requestId, sleeper);
  const timer = setTimeout(over, waitMs);
  const stay = leaving?.(over);
  try {
    for (;;) {
      const seen = await look(deps, requestId, sleeper);
      if (seen !== 'unchanged') return seen;
      await sleep(sleeper);
    }
  } finally {
    clearTimeout(timer);
    stay?.();
    stop();
  }
}

interface Sleeper {
  /** null: whatever it is at the first look, as long as it is pending. */
  version: number | null;
  isHeard: boolean;
  isOver: boolean;
  wake(): void;
}

function heard(this: Sleeper): void {
  this.isHeard = true;
  this.wake();
}

/** A notice may be of what the client knows already. Thousands wait at the same time: none holds a row while it sleeps. */
async function look(
  deps: Deps,
  requestId: string,
  sleeper: Sleeper,
): Promise<RequestRow | null | 'unchanged'> {
  sleeper.isHeard = false;
  const row = (await deps.together.seenOf(requestId))?.row ?? null;
  if (!row || sleeper.isOver) return row;
  if (sleeper.version === null ? row.state !== 'pending' : row.version !== sleeper.version) return row;
  sleeper.version = row.version;
  return 'unchanged';
}

const sleep = (sleeper: Sleeper): Promise<void> =>
  new Promise((resolve) => {
    sleeper.wake = resolve;
    if (sleeper.isHeard || sleeper.isOver) resolve();
  });
