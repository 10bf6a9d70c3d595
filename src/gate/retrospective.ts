import { redactText } from '../core/command/redact.ts';
import { type Retrospective, remindersAt } from '../core/emergency.ts';
import { type VoteRefusal, type Voter, whyNotInvolved } from '../core/request.ts';
import type { Tx } from '../store/database.ts';
import { closeEmergency, countReminder, type EmergencyRow, findEmergency } from '../store/emergencies.ts';
import { orderMessages } from '../store/outbox.ts';
import { closePagesOf } from '../store/pages.ts';
import { appendRecord } from '../store/records.ts';
import { findRequest, lockRequest, type RequestRow } from '../store/requests.ts';
import { finishTimers, setTimer } from '../store/timers.ts';
import { timeNow } from './clock.ts';
import type { Deps } from './deps.ts';
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
    const { due, nextInSeconds } = remindersAt(debt, await timeNow(tx, deps));
    if (nextInSeconds !== null) await setTimer(tx, 'retrospective', requestId, nextInSeconds);
    if (due) await remind(tx, deps, row, due);
  });

async function remind(
  tx: Tx,
  deps: Deps,
  row: RequestRow,
  { reminded, hoursLeft }: { reminded: number; hoursLeft: number },
): Promise<void> {
  await countReminder(tx, row.id, reminded);
  const pager = hoursLeft === 0 ? (deps.environments.get(row.environment)?.emergency?.page ?? null) : null;
  const says = { topic: 'retrospective-due', hoursLeft, paged: pager !== null } as const;
  await orderMessages(tx, [
    {
      requestId: row.id,
      key: `retrospective/${row.id}/${reminded}`,
      kind: 'thread',
      payload: { version: row.version, says },
    },
  ]);
  // A page without a step is about the retrospective: the ladder has long come to its end.
  if (pager !== null) await page(tx, row, { pager, stepId: null, alone: true });
  await showAnew(tx, [row.id]);
  const facts = { ...requestFacts(row), hoursLeft, paged: pager };
  await appendRecord(tx, deps, { type: 'retrospective-due', subject: row.id, digest: row.digest, facts });
}

export type RetrospectiveGiven =
  | { ok: true; request: RequestRow }
  | { ok: false; code: 'unknown-request' | 'not-due' | 'says-nothing' }
  | { ok: false; code: 'not-allowed'; why: VoteRefusal };

/**
 * What happened, whether it was right, what should become a rule: from a reviewer, the emergency list, or whoever
 * asked for it or declared it. It closes the debt, once.
 */
export const giveRetrospective = (
  deps: Deps,
  { requestId, voter, given }: { requestId: string; voter: Voter; given: Retrospective },
): Promise<RetrospectiveGiven> =>
  deps.database.db.transaction(async (tx): Promise<RetrospectiveGiven> => {
    // Those that were decided together owe one: that of the request they were decided with.
    const asked = await findRequest(tx, requestId);
    const row = await lockRequest(tx, (asked?.state === 'approved' && asked.leaderId) || requestId);
    if (!row) return { ok: false, code: 'unknown-request' };
    const why = whyNotInvolved(row.requester, voter);
    if (why) return { ok: false, code: 'not-allowed', why };
    const retrospective = inOrder(given);
    if (retrospective.whatHappened === '') return { ok: false, code: 'says-nothing' };
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
    const facts = {
      ...requestFacts(row),
      subjectId: voter.subject,
      name: voter.name,
      ...retrospective,
      lateSeconds: lateBy(closed),
    };
    await appendRecord(tx, deps, { type: 'retrospective-given', subject: row.id, digest: row.digest, facts });
    return { ok: true, request: request ?? row };
  });

function inOrder({ whatHappened, wasRight, becomesRule }: Retrospective): Retrospective {
  const words = (text: string, max: number) => redactText(text.trim()).slice(0, max);
  return {
    whatHappened: words(whatHappened, 3000),
    wasRight,
    becomesRule: words(becomesRule ?? '', 1000) || null,
  };
}

const lateBy = ({ closedAt, dueAt }: EmergencyRow): number =>
  Math.max(0, Math.round(((closedAt ?? dueAt).getTime() - dueAt.getTime()) / 1000));
