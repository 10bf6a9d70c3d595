import { lockRequest } from '../store/requests.ts';
import { finishTimers } from '../store/timers.ts';
import { type Deps, observeEnding } from './deps.ts';
import { endRequest } from './end-request.ts';

/** Nobody answered until the deadline: the request is denied as expired. Nothing happens when it has ended. */
export async function expire(deps: Deps, requestId: string): Promise<void> {
  const ended = await deps.database.db.transaction(async (tx) => {
    const row = await lockRequest(tx, requestId);
    await finishTimers(tx, requestId, ['expire']);
    return row && endRequest(tx, deps, row, { state: 'expired', by: 'deadline', reason: null, people: [] });
  });
  if (ended) observeEnding(deps, ended);
}
