import type { Environment } from '../core/environment.ts';
import { allAtOnce, ladderOf, lastThirdOf, type Rung } from '../core/escalation.ts';
import type { Tx } from '../store/database.ts';
import type { RequestRow } from '../store/requests.ts';
import { appendSteps, bringForward, insertSteps, makeDue, openSteps, untilNextStep } from '../store/steps.ts';
import { finishTimers, setTimer } from '../store/timers.ts';
import type { Deps } from './deps.ts';

/** The ladder of a request as it stands now, with whoever an emergency pages at once. */
export const rungsFor = (row: RequestRow, environment: Environment): Rung[] =>
  ladderOf({
    escalation: environment.escalation,
    level: row.assessment.level,
    emergency: row.emergency ? environment.emergency : null,
    createdAt: row.createdAt,
    expiresInSeconds: (row.expiresAt.getTime() - row.createdAt.getTime()) / 1000,
    officeHours: environment.officeHours,
    timeZone: environment.timeZone,
  });

/**
 * Sets up the ladder of a request that asks people. One that shares another's card and decision keeps its ladder in
 * reserve, for the time when it leads itself.
 */
export async function startLadder(tx: Tx, row: RequestRow, environment: Environment): Promise<void> {
  await insertSteps(tx, row.id, rungsFor(row, environment));
  if (row.leaderId === null) await setTimer(tx, 'escalate', row.id, 0);
}

/** A waiting request became an emergency: everybody who was to be told later is told now, the list and the pager, too. */
export async function addEmergencyRungs(tx: Tx, row: RequestRow, environment: Environment): Promise<void> {
  const { emergency } = environment;
  if (!emergency) return;
  const open = await openSteps(tx, row.id);
  for (const { id, kind } of open) if (kind === 'tell') await makeDue(tx, id);
  const page: Rung[] =
    emergency.page === null ? [] : [{ kind: 'page', audience: null, pager: emergency.page, afterSeconds: 0 }];
  await appendSteps(tx, row.id, [...page, ...allAtOnce([], emergency)]);
  await setTimer(tx, 'escalate', row.id, 0);
}

/**
 * Sets the timer of a ladder to its next step; or, held up by a question, to the end of that. It also fires when the
 * last third begins, so that surfaces offer to extend it.
 */
export async function setLadderTimer(tx: Tx, deps: Deps, row: RequestRow, now: Date): Promise<void> {
  const { id, pausedUntil } = row;
  const until = (moment: Date) => (moment.getTime() - now.getTime()) / 1000;
  const step = await untilNextStep(tx, deps.database, id);
  const third = row.latestExpiresAt ? until(lastThirdOf(row)) : 0;
  const due = [
    ...(step === null ? [] : [Math.max(0, step, pausedUntil ? until(pausedUntil) : 0)]),
    ...(third > 0 ? [third] : []),
  ];
  if (due.length === 0) return void (await finishTimers(tx, id, ['escalate']));
  await setTimer(tx, 'escalate', id, Math.min(...due));
}

/** A way to people failed: the next step is taken now instead of at its time. False when nothing is left to take. */
export async function hastenWithin(tx: Tx, requestId: string, why: string): Promise<boolean> {
  if ((await bringForward(tx, requestId, why)) === null) return false;
  await setTimer(tx, 'escalate', requestId, 0);
  return true;
}
