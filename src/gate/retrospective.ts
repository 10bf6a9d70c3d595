import { redactText } from '../core/command/redact.ts';
import { type Voter, whyNoReviewer } from '../core/request.ts';
import type { Tx } from '../store/database.ts';
import { closeEmergency, countReminder, type EmergencyRow, findEmergency } from '../store/emergencies.ts';
import { orderMessages } from '../store/outbox.ts';
import { closePagesOf } from '../store/pages.ts';
import { appendRecord } from '../store/records.ts';
import { lockRequest, type RequestRow } from '../store/requests.ts';
import type { Retrospective } from '../store/schema.ts';
import { finishTimers, setTimer } from '../store/timers.ts';
import type { Deps } from './deps.ts';
import { REMINDER_HOURS, RETROSPECTIVE_HOURS } from './emergency.ts';
import { page } from './page.ts';
import { requestFacts } from './record-facts.ts';
import { showAnew } from './show-anew.ts';

/** The timer of an unpaid retrospective: reminds in the thread, and pages when it is overdue. */
export const remindOfRetrospective = (deps: Deps, requestId: string): Promise<void> =>
  deps.database.db.transaction(async (tx) => {
    const row = await lockRequest(tx, requestId);
    await finishTimers(tx, requestId, ['retrospective']);
    const debt = await findEmergency(tx, requestId);
    if (!row || !debt || debt.closedAt) return;
    const hours = REMINDER_HOURS[debt.reminded];
    if (hours === undefined) return;
    await remind(tx, deps, { row, debt, hours });
  });

async function remind(
  tx: Tx,
  deps: Deps,
  { row, debt, hours }: { row: RequestRow; debt: EmergencyRow; hours: number },
): Promise<void> {
  const reminded = debt.reminded + 1;
  await countReminder(tx, row.id, reminded);
  const next = REMINDER_HOURS[reminded];
  if (next !== undefined) await setTimer(tx, 'retrospective', row.id, (next - hours) * 3600);
  const hoursLeft = RETROSPECTIVE_HOURS - hours;
  await orderMessages(tx, [
    {
      requestId: row.id,
      key: `retrospective/${row.id}/${reminded}`,
      kind: 'thread',
      payload: { version: row.version, says: { topic: 'retrospective-due', hoursLeft } },
    },
  ]);
  const pager = deps.environments.get(row.environment)?.emergency?.page ?? null;
  if (hoursLeft === 0 && pager !== null) await page(tx, row, { pager, stepId: null });
  await showAnew(tx, [row.id]);
  const facts = { ...requestFacts(row), hoursLeft, paged: hoursLeft === 0 ? pager : null };
  await appendRecord(tx, deps, { type: 'retrospective-due', subject: row.id, digest: row.digest, facts });
}

export type RetrospectiveGiven =
  | { ok: true; request: RequestRow }
  | { ok: false; code: 'unknown-request' | 'not-due' | 'says-nothing' | 'not-allowed' };

/**
 * What happened, whether it was right, what should become a rule: from a reviewer, the emergency list, or whoever
 * asked. It closes the debt, once.
 */
export const giveRetrospective = (
  deps: Deps,
  { requestId, voter, given }: { requestId: string; voter: Voter; given: Retrospective },
): Promise<RetrospectiveGiven> =>
  deps.database.db.transaction(async (tx): Promise<RetrospectiveGiven> => {
    const row = await lockRequest(tx, requestId);
    if (!row) return { ok: false, code: 'unknown-request' };
    const unfit = whyNoReviewer(voter);
    const isOwn = unfit === 'not-a-reviewer' && row.requester.people.includes(voter.userId);
    if (unfit && !isOwn) return { ok: false, code: 'not-allowed' };
    const whatHappened = redactText(given.whatHappened.trim()).slice(0, 3000);
    if (whatHappened === '') return { ok: false, code: 'says-nothing' };
    const becomesRule = given.becomesRule?.trim()
      ? redactText(given.becomesRule.trim()).slice(0, 1000)
      : null;
    const retrospective = { whatHappened, wasRight: given.wasRight, becomesRule };
    const closed = await closeEmergency(tx, row.id, {
      closedBy: voter.subject,
      closedByName: voter.name,
      retrospective,
    });
    if (!closed) return { ok: false, code: 'not-due' };
    await finishTimers(tx, row.id, ['retrospective']);
    await closePagesOf(tx, row.id);
    await orderMessages(tx, [
      {
        requestId: row.id,
        key: `retrospective/${row.id}/given`,
        kind: 'thread',
        payload: { version: row.version, says: { topic: 'retrospective-done' } },
      },
    ]);
    const [request] = await showAnew(tx, [row.id]);
    const facts = { ...requestFacts(row), subjectId: voter.subject, name: voter.name, ...retrospective };
    await appendRecord(tx, deps, { type: 'retrospective-given', subject: row.id, digest: row.digest, facts });
    return { ok: true, request: request ?? row };
  });
