import { and, eq, sql } from 'drizzle-orm';
import { redactText } from '../core/command/redact.ts';
import type { Ruling } from '../core/decide.ts';
import type { Environment } from '../core/environment.ts';
import { type Requester, type Voter, whyNoReviewer } from '../core/request.ts';
import type { Tx } from '../store/database.ts';
import { openEmergency, unpaidEmergencies } from '../store/emergencies.ts';
import { orderMessages } from '../store/outbox.ts';
import type { RequestRow } from '../store/requests.ts';
import { requests, votes } from '../store/schema.ts';
import { setTimer } from '../store/timers.ts';
import { type Answered, act } from './answered.ts';
import type { Deps } from './deps.ts';
import { addEmergencyRungs } from './ladder.ts';

export type EmergencyRefusal = 'no-emergency-here' | 'reason-needed' | 'retrospective-due';

/** A retrospective is due so many hours after the approval; reminders go out at these, and the last hour pages. */
export const RETROSPECTIVE_HOURS = 24;
export const REMINDER_HOURS = [12, 20, 23, RETROSPECTIVE_HOURS] as const;

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

/** Why there is no emergency; null: there is one. Whoever owes a retrospective opens no other. */
export async function refusedEmergency(
  tx: Tx,
  given: { by: string[]; reason: string | null; environment: Environment },
): Promise<EmergencyRefusal | null> {
  if (!given.environment.emergency) return 'no-emergency-here';
  if (!given.reason?.trim()) return 'reason-needed';
  const unpaid = await unpaidEmergencies(tx);
  return unpaid.some(({ openedBy }) => openedBy.some((one) => given.by.includes(one)))
    ? 'retrospective-due'
    : null;
}

/** Who asked, by every name we know: the people behind it, and the token it came with. */
export const openersOf = ({ people, tokenId }: Requester): string[] => [...people, `token:${tokenId}`];

/** It was approved: from now on its people owe a retrospective. */
export async function oweRetrospective(tx: Tx, row: RequestRow): Promise<void> {
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
 * Makes a waiting request an emergency: by a reviewer or whoever asked. From then on only the emergency list may approve
 * it; approvals given before do not count for it.
 */
export const declareEmergency = (
  deps: Deps,
  { requestId, voter, reason }: { requestId: string; voter: Voter; reason: string },
): Promise<Answered> =>
  act(deps, requestId, async ({ tx, row }) => {
    const unfit = whyNoReviewer(voter);
    const isOwn = row.requester.people.includes(voter.userId);
    if (unfit && !(unfit === 'not-a-reviewer' && isOwn)) return { refused: unfit };
    const environment = deps.environments.get(row.environment);
    if (!environment?.emergency || row.emergency) return { refused: 'no-emergency-here' };
    const by = [...openersOf(row.requester), voter.userId];
    const said = redactText(reason.trim()).slice(0, 1000);
    const refused = await refusedEmergency(tx, { by, reason: said, environment });
    if (refused) return { refused };
    const { reviewers, alone } = environment.emergency;
    const alike = sql`(${requests.id} = ${row.id} or ${requests.leaderId} = ${row.id}) and ${requests.state} = 'pending'`;
    await tx
      .update(requests)
      .set({
        emergency: true,
        reviewers,
        whenUnanswered: 'deny',
        reason: [row.reason, `Emergency, says ${voter.name}: ${said}`].filter(Boolean).join('\n'),
        ...(alone && { approvalsNeeded: 1 }),
      })
      .where(alike);
    await tx.delete(votes).where(and(eq(votes.requestId, row.id), eq(votes.verdict, 'approve')));
    await addEmergencyRungs(tx, row, environment);
    await announceEmergency(tx, row);
    return {
      type: 'emergency-declared',
      facts: { subjectId: voter.subject, name: voter.name, reason: said },
    };
  });
