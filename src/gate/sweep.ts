import { claimDueTimers, type DueTimer, postponeTimer, type TimerKind } from '../store/timers.ts';
import type { Deps } from './deps.ts';
import { escalate } from './escalate.ts';
import { expire } from './expire.ts';
import { expireTogether } from './expire-together.ts';
import { checkHeartbeat } from './heartbeat.ts';
import { lapse } from './lapse.ts';
import { remindOfRetrospective } from './retrospective.ts';

/** So many are taken at once, and worked on side by side. */
const BATCH = 8;
const DEADLINES: TimerKind[] = ['expire', 'heartbeat', 'lapse'];
const LADDERS: TimerKind[] = ['escalate', 'retrospective'];

/** Does everything that timers say is due. @returns how many were due */
export const sweep = async (deps: Deps): Promise<number> =>
  (await sweepDeadlines(deps)) + (await sweepLadders(deps));

/**
 * Ends what is over. It asks nobody outside, so no provider that is slow or down holds up a deadline. Every replica
 * sweeps; a timer is done in its verb's own transaction, so it takes effect once.
 */
export const sweepDeadlines = async (deps: Deps): Promise<number> =>
  (await expireTogether(deps)) + (await fireDue(deps, DEADLINES));

/** Takes the steps that are due; it asks Slack who is there. */
export const sweepLadders = (deps: Deps): Promise<number> => fireDue(deps, LADDERS);

/** A timer whose process died is taken again after its lease. */
async function fireDue(deps: Deps, kinds: readonly TimerKind[]): Promise<number> {
  const due = await claimDueTimers(deps.database, kinds, BATCH);
  await Promise.all(
    due.map(async (timer) => {
      try {
        await fire(deps, timer);
        deps.observe({ kind: 'timer-fired', timer: timer.kind, lateSeconds: timer.lateSeconds });
      } catch (error) {
        deps.observe({ kind: 'fault', where: `timer ${timer.kind} of ${timer.requestId}`, error });
        await postponeTimer(deps.database, timer.id);
      }
    }),
  );
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
    case 'explain':
      // Taken once, by `explainRequests`: it must not be tried again.
      return Promise.resolve();
  }
}
