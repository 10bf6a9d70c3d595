import { lockFollowers } from '../store/attention.ts';
import type { Tx } from '../store/database.ts';
import { orderMessages } from '../store/outbox.ts';
import { appendRecords } from '../store/records.ts';
import type { RequestRow } from '../store/requests.ts';
import type { Deps } from './deps.ts';
import { type Ending, endOne } from './end-one.ts';
import { failPoint } from './fail-point.ts';
import { countAnew, endAlike, handOn } from './followers.ts';
import { noteDenial } from './notes/note-denial.ts';
import { questionRules } from './question-rules.ts';
import { recordEnding } from './record-ending.ts';

export type { Ending } from './end-one.ts';

/** An ended request, with those that asked the same and ended with it. */
export type Ended = RequestRow & { alike: RequestRow[] };

/**
 * Ends a request that the caller has locked, if it is still pending: with its record, timers, cards, message and
 * notice in the caller's transaction. What people decide holds for all that asked the same; after any other ending
 * the oldest of those goes on.
 * @returns the ended row; null when somebody else, or the deadline, was first
 */
export async function endRequest(tx: Tx, deps: Deps, row: RequestRow, ending: Ending): Promise<Ended | null> {
  // Whoever follows counts a change of its leader: a request that nobody changed has no followers.
  const followers = row.version === 1 ? [] : await lockFollowers(tx, row.id);
  const ended = await endOne(tx, deps, row, ending);
  if (!ended) return null;
  if (row.requester.people.length > 0) {
    const payload = { version: ended.version };
    await orderMessages(tx, [{ requestId: row.id, key: `ended/${row.id}`, kind: 'tell-requester', payload }]);
  }
  const alike = ending.by === 'people' ? await endAlike(tx, deps, ended, followers, ending) : [];
  if (ending.by !== 'people') await handOn(tx, deps, ended, followers);
  if (row.leaderId !== null) await countAnew(tx, row.leaderId);
  const questioned =
    ending.state === 'denied' && ending.by === 'people'
      ? await questionRules(tx, deps, [ended, ...alike])
      : [];

  const noted = await noteDenial(tx, deps, ended);

  // Records last: each takes the head of the chain until the transaction ends.
  failPoint('end-before-record');
  const signed = await recordEnding(tx, deps, ended);
  const others: RequestRow[] = [];
  for (const each of alike) others.push(await recordEnding(tx, deps, each));
  await appendRecords(tx, deps, noted);
  await appendRecords(tx, deps, questioned);
  return { ...signed, alike: others };
}
