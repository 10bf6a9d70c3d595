import type { WebClient } from '@slack/web-api';
import { escaped, lines, richText, said, text } from './blocks.ts';
import { failureOf } from './errors.ts';
import { postponementOf } from './postpone.ts';

/** A direct message of plain lines; the same `key` is the same message. */
export interface DirectLines {
  userId: string;
  lines: string[];
  key: string;
}

export type Sent =
  | { ok: true; reference: null }
  | { ok: false; retry: true; afterSeconds: number | null; problem: string }
  | { ok: false; retry: false; problem: string };

/** How many messages a process remembers as sent: a repeat within minutes is not said twice. */
const REMEMBERED = 1000;
const ADDRESS = /^https?:\/\/\S+$/;

/** Sends plain lines to people directly, each message once as far as this process knows. Never rejects. */
export function directSender(client: WebClient): (message: DirectLines) => Promise<Sent> {
  const sent = new Set<string>();
  return async ({ userId, lines: given, key }) => {
    if (sent.has(key)) return { ok: true, reference: null };
    try {
      const { channel } = await client.conversations.open({ users: userId });
      if (!channel?.id)
        return { ok: false, retry: true, afterSeconds: null, problem: 'Slack opened no direct messages' };
      const written = given.map((line) =>
        ADDRESS.test(line) ? [{ type: 'link' as const, url: line }] : [text(said(line, 500))],
      );
      await client.chat.postMessage({
        channel: channel.id,
        text: escaped(said(given[0] ?? '', 150)),
        blocks: [richText(lines(...written))],
        unfurl_links: false,
        unfurl_media: false,
      });
      if (sent.size >= REMEMBERED) sent.clear();
      sent.add(key);
      return { ok: true, reference: null };
    } catch (error) {
      return notSent(error);
    }
  };
}

function notSent(error: unknown): Sent {
  const failure = failureOf(error);
  const { afterSeconds, problem } = postponementOf(error, { attempts: 1, channel: 'the person' });
  const said = problem ?? 'Slack does not answer';
  return failure.kind === 'refused'
    ? { ok: false, retry: false, problem: said }
    : { ok: false, retry: true, afterSeconds: Math.ceil(afterSeconds), problem: said };
}
