import type { Environment } from '../core/environment.ts';
import { ladderOf, lastThirdOf, pageRung, type Rung, toldAtOnce } from '../core/escalation.ts';
import type { Tx } from '../store/database.ts';
import { pagesOf, refreshPage } from '../store/pages.ts';
import type { RequestRow } from '../store/requests.ts';
import {
  appendSteps,
  bringForward,
  makeDue,
  openSteps,
  type StepRow,
  untilNextStep,
} from '../store/steps.ts';
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
 * A waiting request became an emergency: everybody who was to be told later is told now, and so are its list, its
 * reviewers and the pager, whoever was told before. The timer is the caller's to set.
 */
export async function addEmergencyRungs(tx: Tx, row: RequestRow, environment: Environment): Promise<void> {
  const { emergency } = environment;
  if (!emergency) return;
  const isPaged = emergency.page !== null && (await refreshOpenPage(tx, row, emergency.page));
  const wanted = [
    ...(emergency.page === null || isPaged ? [] : [pageRung(emergency.page, 0)]),
    ...toldAtOnce(environment.escalation, emergency),
  ];
  const open = await openSteps(tx, row.id);
  const planned = (rung: Rung) => open.filter((step) => aimOf(step) === aimOf(rung));
  const hurried = [...open.filter(({ kind }) => kind === 'tell'), ...wanted.flatMap(planned)];
  for (const { id } of hurried) await makeDue(tx, id, 'before its time: it is an emergency');
  const missing = wanted.filter((rung) => planned(rung).length === 0);
  if (missing.length > 0) await appendSteps(tx, row.id, missing);
}

/** Whom it is for, in one order: the database keeps the keys of JSON in its own. */
const aimOf = ({ kind, audience, pager }: Pick<StepRow, 'kind' | 'audience' | 'pager'>): string =>
  JSON.stringify([
    kind,
    pager,
    !audience || audience === 'reviewers' ? audience : [audience.users, audience.groups, audience.emails],
  ]);

/** Its incident is open there: it says what has become of it, and nobody is paged twice. */
async function refreshOpenPage(tx: Tx, row: RequestRow, pager: string): Promise<boolean> {
  const open = (await pagesOf(tx, row.id)).find((page) => page.pager === pager && page.wants === 'open');
  if (open) await refreshPage(tx, open.id, 0);
  return open !== undefined;
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
