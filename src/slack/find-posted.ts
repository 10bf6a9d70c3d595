import type { RequestView } from '../core/request.ts';
import type { DueCard } from '../store/cards.ts';
import { failureOf } from './errors.ts';
import type { Slack } from './slack.ts';

/**
 * The card that Slack took although we never heard so: its answer was lost, or a crash came between.
 * Needs the app's optional permission to read history; without it there is nothing to find, and a second card is posted.
 */
export async function findPosted(
  slack: Slack,
  due: Pick<DueCard, 'attempts' | 'channel'>,
  shown: { version: number; createdAt: Date; block: string },
): Promise<{ channel: string; ts: string } | null> {
  if (due.attempts <= 1 && shown.version <= 1) return null;
  try {
    const channel = await slack.channelId(due.channel);
    if (!channel) return null;
    const { botUserId } = await slack.identity();
    const oldest = String(Math.floor(shown.createdAt.getTime() / 1000) - 60);
    const { messages } = await slack.client.conversations.history({ channel, oldest, limit: 200 });
    const posted = messages?.find(
      (one) => one.user === botUserId && one.blocks?.some((block) => block.block_id === shown.block),
    );
    return posted?.ts ? { channel, ts: posted.ts } : null;
  } catch (error) {
    // Without the permission nothing is ever found. A look that merely failed is made again before anything is posted.
    if (failureOf(error).kind === 'refused') return null;
    throw error;
  }
}

/** Names the row of buttons, and by it the card. */
export const cardBlock = (view: Pick<RequestView, 'id'>): string => `request:${view.id}`.slice(0, 255);
