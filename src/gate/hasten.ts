import { lockRequest } from '../store/requests.ts';
import type { Deps } from './deps.ts';
import { hastenWithin } from './ladder.ts';
import { showAnew } from './show-anew.ts';

/**
 * A way of telling people about a request failed: the next way is tried at once, not at its time. What is tried
 * again meanwhile is tried all the same.
 * @param why in words, for the card: `Slack does not answer`
 */
export async function hasten(deps: Deps, requestId: string, why: string): Promise<void> {
  await deps.database.db.transaction(async (tx) => {
    const row = await lockRequest(tx, requestId);
    if (row?.state !== 'pending' || row.leaderId !== null || row.pausedUntil !== null) return;
    if (!(await hastenWithin(tx, requestId, why))) return;
    await showAnew(tx, [requestId]);
  });
}
