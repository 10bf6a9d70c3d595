import { environmentOf } from '../gate/environment-asked.ts';
import { failPoint } from '../gate/fail-point.ts';
import {
  abandonCard,
  adoptCard,
  cardsOf,
  confirmCard,
  confirmPosted,
  type DueCard,
  dropCard,
  linkCard,
  refreshSuperseded,
  repostCard,
} from '../store/cards.ts';
import { mend, refusalCode } from './errors.ts';
import { findPosted } from './find-posted.ts';
import { type Shown, shownOn } from './shown-on.ts';
import type { Slack } from './slack.ts';

/** Slack's refusals of an update that mean: this message is gone. */
const GONE = new Set(['message_not_found', 'cant_update_message', 'channel_not_found']);
/** Refusals counted since the request ended; at 30 seconds each, about ten minutes. */
const TRIES_AFTER_THE_END = 20;

/** Brings one claimed card to the newest state of what it shows. Rejects when it is to be tried again. */
export async function showCard(slack: Slack, due: DueCard): Promise<void> {
  const { db } = slack.deps.database;
  const shown = await shownOn(slack, due);
  if (!shown) return void (await dropCard(db, due.id));
  try {
    if (due.ts) await update(slack, due, shown, due.ts);
    else await post(slack, due, shown);
  } catch (error) {
    const code = refusalCode(error);
    if (code === null || shown.isPending || due.attempts < TRIES_AFTER_THE_END) throw error;
    await abandonCard(db, due.id, mend(code, due.channel));
  }
}

async function post(slack: Slack, due: DueCard, shown: Shown): Promise<void> {
  const { db } = slack.deps.database;
  const all = await cardsOf(db, shown.requestId);
  // It was posted since it was taken: an earlier turn outlived its lease.
  const own = all.find(({ id }) => id === due.id);
  if (own?.ts) return update(slack, { ...due, channel: own.channel }, shown, own.ts);
  // Somebody pressed a button of a card we had posted and not noted: that one shows the request.
  if (all.some((other) => other.ts !== null)) return void (await dropCard(db, due.id));
  const known = await findPosted(slack, due, shown);
  if (known) return update(slack, { ...due, channel: known.channel }, shown, known.ts);
  // Nobody was asked for it, so nobody is told.
  if (shown.isWithdrawn) return void (await dropCard(db, due.id));
  failPoint('slack-before-post');
  const posted = await slack.client.chat.postMessage({
    channel: due.channel,
    ...shown.message,
    metadata: { event_type: 'gatehouse_request', event_payload: { request_id: shown.requestId } },
    unfurl_links: false,
    unfurl_media: false,
    link_names: false,
  });
  failPoint('slack-after-post');
  if (!posted.ts || !posted.channel) throw new Error('Slack took the card and did not say where it is');
  const place = { channel: posted.channel, ts: posted.ts };
  if (await confirmed(slack, due, shown, place)) await link(slack, due, place);
}

/**
 * Notes where the card is. False when a press on it was faster and noted it as a card of its own, or when another
 * server posted one, too, because this one took longer than its lease: then both are kept, and show the same.
 */
async function confirmed(
  slack: Slack,
  due: DueCard,
  shown: Shown,
  place: { channel: string; ts: string },
): Promise<boolean> {
  const { db } = slack.deps.database;
  try {
    if (await confirmPosted(db, due, { version: shown.version, ...place, settled: shown.isSettled }))
      return true;
    await adoptCard(db, shown.requestId, place, shown.version, due.batchId);
    slack.wake();
    return false;
  } catch (error) {
    const twin = (await cardsOf(db, shown.requestId)).find(
      (other) => other.ts === place.ts && other.id !== due.id,
    );
    if (!twin) throw error;
    await dropCard(db, due.id);
    return false;
  }
}

/** Best effort: without it the client prints no link. */
async function link(
  slack: Slack,
  { id, requestId }: DueCard,
  place: { channel: string; ts: string },
): Promise<void> {
  try {
    const { permalink } = await slack.client.chat.getPermalink({
      channel: place.channel,
      message_ts: place.ts,
    });
    if (!permalink) return;
    await linkCard(slack.deps.database.db, id, permalink);
    await refreshSuperseded(slack.deps.database.db, requestId);
  } catch (error) {
    slack.log.warn({ error: String(error) }, 'Slack gave no link to a card');
  }
}

async function update(slack: Slack, due: DueCard, shown: Shown, ts: string): Promise<void> {
  const { db } = slack.deps.database;
  try {
    failPoint('slack-before-update');
    await slack.client.chat.update({ channel: due.channel, ts, ...shown.message });
    failPoint('slack-after-update');
  } catch (error) {
    if (!GONE.has(refusalCode(error) ?? '')) throw error;
    return replace(slack, due, shown);
  }
  await confirmCard(db, due, {
    version: shown.version,
    channel: due.channel,
    ts,
    settled: shown.isSettled,
  });
}

/** The message was deleted in Slack. A request that still waits, and has no other card, gets a new one. */
async function replace(slack: Slack, due: DueCard, shown: Shown): Promise<void> {
  const { db } = slack.deps.database;
  const others = (await cardsOf(db, shown.requestId)).filter((other) => other.id !== due.id);
  if (!shown.isPending || others.length > 0) return void (await dropCard(db, due.id));
  const { channel } = environmentOf(slack.deps, shown.environment);
  await repostCard(db, due.id, channel || due.channel, shown.version);
  slack.wake();
}
