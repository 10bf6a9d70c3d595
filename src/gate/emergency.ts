import { eq, inArray } from 'drizzle-orm';
import { redactText } from '../core/command/redact.ts';
import type { Ruling } from '../core/decide.ts';
import { REMINDER_HOURS, RETROSPECTIVE_HOURS } from '../core/emergency.ts';
import type { Environment } from '../core/environment.ts';
import { type Requester, type Voter, whyNotInvolved } from '../core/request.ts';
import { lockFollowers, sizeOfBatch } from '../store/attention.ts';
import { cardOfItsOwn, orderCard, refreshCards } from '../store/cards.ts';
import type { Tx } from '../store/database.ts';
import { openEmergency, unpaidEmergencies } from '../store/emergencies.ts';
import { orderMessages } from '../store/outbox.ts';
import type { RequestRow } from '../store/requests.ts';
import { requests, votes } from '../store/schema.ts';
import { setTimer } from '../store/timers.ts';
import { type Act, type Answered, act } from './answered.ts';
import type { Deps } from './deps.ts';
import { addEmergencyRungs } from './ladder.ts';
import { resumeWithin } from './question.ts';

export type EmergencyRefusal = 'no-emergency-here' | 'reason-needed' | 'retrospective-due';

/** What asks people asks those of the emergency list instead, alone if so configured. Nothing else changes. */
export function inEmergency(ruling: Ruling, { emergency }: Environment): Ruling {
  if (ruling.kind !== 'ask' || !emergency) return ruling;
  return {
    ...ruling,
    approvals: emergency.alone ? 1 : ruling.approvals,
    from: emergency.reviewers,
    whenUnanswered: 'deny',
  };
}

/** Why there is no emergency; null: there is one. Whoever owes a retrospective opens no other; `owes` says which. */
export async function refusedEmergency(
  tx: Tx,
  given: { by: string[]; reason: string | null; environment: Environment },
): Promise<{ refused: EmergencyRefusal; owes?: string } | null> {
  if (!given.environment.emergency) return { refused: 'no-emergency-here' };
  if (!given.reason?.trim()) return { refused: 'reason-needed' };
  const unpaid = await unpaidEmergencies(tx);
  const own = unpaid.find(({ openedBy }) => openedBy.some((one) => given.by.includes(one)));
  return own ? { refused: 'retrospective-due', owes: own.requestId } : null;
}

/** Who made it one, by every name we know: the people behind it, and the token it came with. */
export const openersOf = ({ people, declaredBy, tokenId }: Requester): string[] => [
  ...new Set([...people, ...(declaredBy === undefined ? [] : [declaredBy]), `token:${tokenId}`]),
];

/** It was approved: from now on its people owe a retrospective. What was decided together owes one, together. */
export async function oweRetrospective(tx: Tx, row: RequestRow): Promise<void> {
  if (row.leaderId !== null) return;
  await openEmergency(tx, {
    requestId: row.id,
    environment: row.environment,
    openedBy: openersOf(row.requester),
    dueInHours: RETROSPECTIVE_HOURS,
  });
  await setTimer(tx, 'retrospective', row.id, REMINDER_HOURS[0] * 3600);
}

/** Everybody in the channel hears of an emergency, under its card. */
export const announceEmergency = (tx: Tx, row: Pick<RequestRow, 'id' | 'version'>) =>
  orderMessages(tx, [
    {
      requestId: row.id,
      key: `emergency/${row.id}`,
      kind: 'thread',
      payload: { version: row.version, says: { topic: 'emergency' } },
    },
  ]);

/**
 * Makes a waiting request an emergency: by a reviewer, somebody of the emergency list, or whoever asked. From then on
 * only that list may approve it; approvals given before do not count for it. The deadline stays.
 */
export const declareEmergency = (
  deps: Deps,
  { requestId, voter, reason }: { requestId: string; voter: Voter; reason: string },
): Promise<Answered> =>
  act(deps, requestId, async ({ tx, row, now }) => {
    const unfit = whyNotInvolved(row.requester, voter);
    if (unfit) return { refused: unfit };
    const environment = deps.environments.get(row.environment);
    if (!environment?.emergency || row.emergency) return { refused: 'no-emergency-here' };
    const said = redactText(reason.trim()).slice(0, 1000);
    const by = [...openersOf(row.requester), voter.userId];
    const refused = await refusedEmergency(tx, { by, reason: said, environment });
    if (refused) return { refused: refused.refused };
    const setAside = await change(tx, deps, { row, now, environment, voter, said });
    await announceEmergency(tx, row);
    return {
      type: 'emergency-declared',
      facts: { subjectId: voter.subject, name: voter.name, reason: said, approvalsSetAside: setAside },
    };
  });

/** @returns who had approved it before: that was for something else */
async function change(
  tx: Tx,
  deps: Deps,
  given: Pick<Act, 'row' | 'now'> & { environment: Environment; voter: Voter; said: string },
): Promise<string[]> {
  const { row, now, environment, voter, said } = given;
  const alike = [row, ...(await lockFollowers(tx, row.id))];
  for (const { id, requester, reason } of alike) {
    await tx
      .update(requests)
      .set({
        emergency: true,
        reviewers: environment.emergency?.reviewers ?? null,
        whenUnanswered: 'deny',
        reason: [reason, `Emergency, says ${voter.name}: ${said}`].filter(Boolean).join('\n'),
        requester: { ...requester, declaredBy: voter.userId },
        // It was found out for the people who were asked before.
        reach: null,
        ...(environment.emergency?.alone && { approvalsNeeded: 1 }),
      })
      .where(eq(requests.id, id));
  }
  const aside = await tx
    .delete(votes)
    .where(
      inArray(
        votes.requestId,
        alike.map(({ id }) => id),
      ),
    )
    .returning();
  // No question holds up an emergency.
  if (row.pausedUntil) await resumeWithin(tx, row, now);
  for (const each of alike) await addEmergencyRungs(tx, each, environment);
  await setTimer(tx, 'escalate', row.id, 0);
  await takeOffBatch(tx, deps, row);
  return aside.map(({ subject }) => subject);
}

/** A batch card is for what the reviewers decide: an emergency gets a card of its own. */
async function takeOffBatch(tx: Tx, deps: Deps, row: RequestRow): Promise<void> {
  if (row.batchId === null) return;
  await refreshCards(tx, row.id, row.version);
  const isLast = (await sizeOfBatch(tx, row.batchId)) === 1;
  await tx.update(requests).set({ batchId: null }).where(eq(requests.id, row.id));
  if (isLast) return void (await cardOfItsOwn(tx, row.batchId, row.id));
  await orderCard(tx, {
    requestId: row.id,
    channel: deps.environments.get(row.environment)?.channel ?? '',
    version: row.version + 1,
  });
}
