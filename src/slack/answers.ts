import { type Inline, type Message, richText, section, text } from './blocks.ts';
import type { Slack } from './slack.ts';

/** Where a person can be told something that only they see. */
export interface Asker {
  userId: string;
  channel: string | null;
  responseUrl: string | null;
}

const RESPONSE_TIMEOUT_MS = 3000;

/** A message of one paragraph; `fallback` is our own words for notifications. */
export const sentence = (fallback: string, ...elements: Inline[]): Message => ({
  text: fallback,
  blocks: [richText(section(...(elements.length > 0 ? elements : [text(fallback)])))],
});

/**
 * Tells one person, privately: by the click's own address, else in the channel, else in a direct message.
 * Never rejects: an answer that does not arrive changes nothing.
 */
export async function tell(slack: Slack, asker: Asker, message: Message): Promise<void> {
  await tryWays(slack, [
    () => byResponseUrl(asker.responseUrl, message, false),
    () => inChannel(slack, asker, message),
    () => byDirectMessage(slack, asker.userId, message),
  ]);
}

/** Puts an answer in the place of the private message whose button was pressed. Never rejects. */
export async function replaceAnswer(slack: Slack, asker: Asker, message: Message): Promise<void> {
  await tryWays(slack, [
    () => byResponseUrl(asker.responseUrl, message, true),
    () => inChannel(slack, asker, message),
  ]);
}

async function tryWays(slack: Slack, ways: (() => Promise<boolean>)[]): Promise<void> {
  let last: unknown = null;
  for (const way of ways) {
    try {
      if (await way()) return;
    } catch (error) {
      last = error;
    }
  }
  slack.deps.observe({ kind: 'fault', where: 'answering a person in Slack', error: last });
}
async function byResponseUrl(url: string | null, message: Message, replaces: boolean): Promise<boolean> {
  if (!url) return false;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ response_type: 'ephemeral', replace_original: replaces, ...message }),
    redirect: 'error',
    signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
  });
  if (!response.ok) return false;
  const answer = await response.text();
  return !answer.includes('"ok":false');
}

async function inChannel(slack: Slack, { channel, userId }: Asker, message: Message): Promise<boolean> {
  if (!channel) return false;
  await slack.client.chat.postEphemeral({ channel, user: userId, ...message });
  return true;
}

/** Opens the direct messages with a person and says it there. */
export async function byDirectMessage(slack: Slack, userId: string, message: Message): Promise<boolean> {
  const opened = await slack.client.conversations.open({ users: userId });
  const channel = opened.channel?.id;
  if (!channel) return false;
  await slack.client.chat.postMessage({ channel, ...message, unfurl_links: false, unfurl_media: false });
  return true;
}
