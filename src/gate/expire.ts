import { lockWithLeader } from '../store/attention.ts';
import { finishTimers } from '../store/timers.ts';
import { type Deps, observeEnding } from './deps.ts';
import { endAtDeadline } from './unanswered.ts';

/**
 * Nobody answered until the deadline: the request is denied as expired, unless a rule lets it run when nobody
 * objects. Nothing happens when it has ended.
 */
export async function expire(deps: Deps, requestId: string): Promise<void> {
  const ended = await deps.database.db.transaction(async (tx) => {
    const row = await lockWithLeader(tx, requestId);
    await finishTimers(tx, requestId, ['expire']);
    return row && endAtDeadline(tx, deps, row);
  });
  if (ended) observeEnding(deps, ended);
}
