import { claimDueTimers, type DueTimer, postponeTimer } from '../store/timers.ts';
import type { Deps } from './deps.ts';
import { escalate } from './escalate.ts';
import { expire } from './expire.ts';
import { checkHeartbeat } from './heartbeat.ts';
import { lapse } from './lapse.ts';
import { remindOfRetrospective } from './retrospective.ts';

const BATCH = 50;

/**
 * Does what timers say is due. Every replica sweeps; a timer is done in its verb's own transaction, so it takes
 * effect once, and one whose process died is taken again after its lease.
 * @returns how many were due
 */
export async function sweep(deps: Deps): Promise<number> {
  const due = await claimDueTimers(deps.database, BATCH);
  for (const timer of due) {
    try {
      await fire(deps, timer);
      deps.observe({ kind: 'timer-fired', timer: timer.kind, lateSeconds: timer.lateSeconds });
    } catch (error) {
      deps.observe({ kind: 'fault', where: `timer ${timer.kind} of ${timer.requestId}`, error });
      await postponeTimer(deps.database, timer.id);
    }
  }
  return due.length;
}

function fire(deps: Deps, timer: DueTimer): Promise<void> {
  switch (timer.kind) {
    case 'expire':
      return expire(deps, timer.requestId);
    case 'heartbeat':
      return checkHeartbeat(deps, timer.requestId);
    case 'lapse':
      return lapse(deps, timer.requestId);
    case 'escalate':
      return escalate(deps, timer.requestId);
    case 'retrospective':
      return remindOfRetrospective(deps, timer.requestId);
  }
}
