import { type DuePost, finishPost, postponePost } from '../../store/learning-posts.ts';
import { mend, refusalCode } from '../errors.ts';
import { findPosted } from '../find-posted.ts';
import { postponementOf } from '../postpone.ts';
import type { Slack } from '../slack.ts';
import { postBlock, shownPost } from './shown-post.ts';

/** At 30 seconds each about ten minutes: a night's line is no use a day later. */
const MOST_TRIES = 20;
const GONE = new Set(['message_not_found', 'cant_update_message']);
/** How far back a message is looked for that Slack took without saying so. */
const LOOKED_BACK_MS = 24 * 3600 * 1000;

/** Posts one message that is due, or brings it up to date. Never rejects: what fails is tried again from its row. */
export async function showPost(slack: Slack, due: DuePost): Promise<void> {
  const { db } = slack.deps.database;
  try {
    const message = await shownPost(slack, due);
    if (!message) return void (await finishPost(db, due, null, 'there is nothing to show'));
    const place = due.ts ? { channel: due.channel, ts: due.ts } : await found(slack, due);
    if (place) return await update(slack, due, place, message);
    const posted = await slack.client.chat.postMessage({
      channel: due.channel,
      ...message,
      unfurl_links: false,
      unfurl_media: false,
      link_names: false,
    });
    if (!posted.ts || !posted.channel) throw new Error('Slack took a message and did not say where it is');
    await finishPost(db, due, { channel: posted.channel, ts: posted.ts });
  } catch (error) {
    await notShown(slack, due, error);
  }
}

const found = (slack: Slack, due: DuePost) =>
  findPosted(slack, due, {
    version: 1,
    createdAt: new Date(Date.now() - LOOKED_BACK_MS),
    block: postBlock(due),
  });

type Shown = NonNullable<Awaited<ReturnType<typeof shownPost>>>;

async function update(
  slack: Slack,
  due: DuePost,
  place: { channel: string; ts: string },
  message: Shown,
): Promise<void> {
  const { db } = slack.deps.database;
  try {
    await slack.client.chat.update({ ...place, ...message });
  } catch (error) {
    if (!GONE.has(refusalCode(error) ?? '')) throw error;
    return void (await finishPost(db, due, null, 'somebody deleted it in Slack'));
  }
  await finishPost(db, due, place);
}

async function notShown(slack: Slack, due: DuePost, error: unknown): Promise<void> {
  const { db } = slack.deps.database;
  const { afterSeconds, problem } = postponementOf(error, due);
  const code = refusalCode(error);
  const { key, channel, attempts } = due;
  slack.log.warn(
    { key, channel, attempts, afterSeconds, problem },
    'a message of the learning side waits for Slack',
  );
  if (code !== null && attempts >= MOST_TRIES)
    return void (await finishPost(db, due, null, mend(code, channel)));
  await postponePost(db, due.id, afterSeconds, problem ?? 'Slack does not answer');
}
