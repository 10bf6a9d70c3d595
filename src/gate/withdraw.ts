import { lockWithLeader } from '../store/attention.ts';
import type { RequestRow } from '../store/requests.ts';
import { type Deps, observeEnding } from './deps.ts';
import { endRequest } from './end-request.ts';

/**
 * The requester takes the request back. Nothing changes when it has ended already.
 * @returns the request as it is then; null when there is none
 */
export async function withdraw(
  deps: Deps,
  requestId: string,
  reason: string | null,
): Promise<RequestRow | null> {
  const { row, ended } = await deps.database.db.transaction(async (tx) => {
    const row = await lockWithLeader(tx, requestId);
    if (!row) return { row: null, ended: null };
    return {
      row,
      ended: await endRequest(tx, deps, row, { state: 'withdrawn', by: 'requester', reason, people: [] }),
    };
  });
  if (ended) observeEnding(deps, ended);
  return ended ?? row;
}
