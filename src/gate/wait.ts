import { findRequest, type RequestRow } from '../store/requests.ts';
import type { Deps } from './deps.ts';

/**
 * The request as soon as it is no longer at `version`, or after the wait as it is then.
 * Without a version: as soon as it is decided or otherwise changed.
 * @returns null when there is no such request
 */
export async function waitForChange(
  deps: Deps,
  requestId: string,
  options: { version: number | null; waitMs: number; signal?: AbortSignal },
): Promise<RequestRow | null> {
  let changed = false;
  let wake = () => {};
  const watcher = {
    version: options.version,
    heard: () => {
      changed = true;
      wake();
    },
  };
  // Watched before the first read, so that no change falls between the reading and the waiting.
  const stop = deps.changes.onRequest(requestId, watcher);
  try {
    const first = await findRequest(deps.database.db, requestId);
    if (!first || options.waitMs <= 0) return first;
    if (options.version === null ? first.state !== 'pending' : first.version !== options.version)
      return first;
    watcher.version = first.version;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, options.waitMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      options.signal?.addEventListener('abort', wake, { once: true });
      if (changed || options.signal?.aborted) wake();
    });
    return findRequest(deps.database.db, requestId);
  } finally {
    stop();
  }
}
