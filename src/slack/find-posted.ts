import type { RequestView } from '../core/request.ts';
import type { DueCard } from '../store/cards.ts';
import type { Slack } from './slack.ts';

/**
 * The card of a request that Slack took although we never heard so: its answer was lost, or a crash came between.
 * Needs the app's optional permission to read history; without it there is nothing to find, and a second card is posted.
 */
export async function findPosted(
  slack: Slack,
  due: DueCard,
  view: RequestView,
): Promise<{ channel: string; ts: string } | null> {
  if (due.attempts <= 1 && view.version <= 1) return null;
  try {
    const channel = await slack.channelId(due.channel);
    if (!channel) return null;
    const { botUserId } = await slack.identity();
    const oldest = String(Math.floor(view.createdAt.getTime() / 1000) - 60);
    const { messages } = await slack.client.conversations.history({ channel, oldest, limit: 200 });
    const posted = messages?.find((one) => one.user === botUserId && isCardOf(view, one.blocks));
    return posted?.ts ? { channel, ts: posted.ts } : null;
  } catch {
    return null;
  }
}

const isCardOf = (view: RequestView, blocks: { block_id?: string }[] | undefined): boolean =>
  blocks?.some((block) => block.block_id === cardBlock(view)) ?? false;

/** Names the row of buttons, and by it the card. */
export const cardBlock = (view: Pick<RequestView, 'id'>): string => `request:${view.id}`.slice(0, 255);
