import { eq, inArray, sql } from 'drizzle-orm';
import { copyVotes, countChange } from '../store/attention.ts';
import { handOnCards, orderCard, refreshCards } from '../store/cards.ts';
import { announceRequest } from '../store/changes.ts';
import type { Tx } from '../store/database.ts';
import type { RequestRow } from '../store/requests.ts';
import { requests } from '../store/schema.ts';
import { setTimer } from '../store/timers.ts';
import type { Deps } from './deps.ts';
import { type Ending, endOne } from './end-one.ts';
import { wantsWords } from './explain-request.ts';
import { showAnew } from './show-anew.ts';

/** People decided about the leader: so they did about everything that asked the same and is still in time. */
export async function endAlike(
  tx: Tx,
  deps: Deps,
  leader: RequestRow,
  followers: RequestRow[],
  ending: Ending,
): Promise<RequestRow[]> {
  const ended: RequestRow[] = [];
  for (const follower of followers) {
    const same = await endOne(tx, deps, follower, ending);
    if (same) await copyVotes(tx, leader.id, follower.id);
    const late: Ending = { state: 'expired', by: 'deadline', reason: null, people: [] };
    const either = same ?? (await endOne(tx, deps, follower, late));
    if (either) ended.push(either);
  }
  return ended;
}

/**
 * The leader ended and nobody decided: the oldest that asked the same leads from now on, on the same card. One that
 * may run keeps its card, to show how it goes; its successor gets a new one.
 */
export async function handOn(
  tx: Tx,
  deps: Deps,
  leader: RequestRow,
  [next, ...others]: RequestRow[],
): Promise<void> {
  if (!next) return;
  const keepsCard = leader.state === 'approved';
  // Versions only grow, on the card too: it must not take the next one for older than what it shows.
  const version = Math.max(leader.version, next.version) + 1;
  await tx
    .update(requests)
    .set({ leaderId: null, version, ...(!keepsCard && { batchId: leader.batchId }) })
    .where(eq(requests.id, next.id));
  const ids = others.map(({ id }) => id);
  if (ids.length > 0) await tx.update(requests).set({ leaderId: next.id }).where(inArray(requests.id, ids));
  if (keepsCard) {
    await orderCard(tx, {
      requestId: next.id,
      channel: deps.environments.get(next.environment)?.channel ?? '',
      version,
    });
  } else {
    await tx.update(requests).set({ leaderId: next.id, batchId: null }).where(eq(requests.id, leader.id));
    await handOnCards(tx, leader.id, next.id);
    await refreshCards(tx, next.id, version);
  }
  // It takes up its own ladder: what was due meanwhile is due now.
  await setTimer(tx, 'escalate', next.id, 0);
  if (wantsWords(deps, { ...next, leaderId: null })) await setTimer(tx, 'explain', next.id, 0);
  await announceRequest(tx, next.id);
}

/** One more or one less asks the same: the card of the leader says how many. */
export async function countAnew(tx: Tx, leaderId: string): Promise<void> {
  await showAnew(tx, [leaderId]);
}

/** The same for everything that waits for one decision: an approval was counted. */
export async function showProgress(tx: Tx, row: RequestRow): Promise<RequestRow> {
  const changed = await countChange(tx, await waitingWith(tx, row));
  const own = changed.find(({ id }) => id === row.id);
  if (!own) throw new Error(`request ${row.id} is gone`);
  await refreshCards(tx, own.id, own.version);
  for (const { id } of changed) await announceRequest(tx, id);
  return own;
}

async function waitingWith(tx: Tx, row: RequestRow): Promise<string[]> {
  const followers = await tx
    .select({ id: requests.id })
    .from(requests)
    .where(sql`${requests.leaderId} = ${row.id} and ${requests.state} = 'pending'`);
  return [row.id, ...followers.map(({ id }) => id)];
}
