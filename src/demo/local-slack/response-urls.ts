import { checkedContent } from './api/messages.ts';
import { isOn, Refusal } from './api/method.ts';
import type { Json } from './checks.ts';
import { limits } from './limits.ts';
import {
  bot,
  edit,
  findMessage,
  type Message,
  newId,
  post,
  type ResponseUrl,
  remove,
  type Workspace,
} from './workspace.ts';

/** A new response_url: five uses within thirty minutes. */
export function newResponseUrl(
  workspace: Workspace,
  base: string,
  about: Omit<ResponseUrl, 'at' | 'uses'>,
): string {
  const id = newId('R');
  workspace.responseUrls.set(id, { ...about, at: workspace.now(), uses: 0 });
  return `${base}/response/${id}`;
}

/** Answers a POST to a response_url: shows, replaces or deletes a message. */
export function respond(workspace: Workspace, id: string, body: Json): { status: 200 | 404; body: Json } {
  const address = workspace.responseUrls.get(id);
  if (!address || workspace.now() - address.at > limits.responseUrl.lifetimeMs)
    return { status: 404, body: { ok: false, error: 'expired_url' } };
  if (address.uses >= limits.responseUrl.uses) return { status: 404, body: { ok: false, error: 'used_url' } };
  try {
    applyResponse(workspace, address, body);
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    return { status: 200, body: { ok: false, error: problem.code, ...problem.details } };
  }
  address.uses += 1;
  return { status: 200, body: { ok: true } };
}

/** Does what a response asks for; also used for the answer to a slash command. */
export function applyResponse(
  workspace: Workspace,
  about: Omit<ResponseUrl, 'at' | 'uses'>,
  body: Json,
): void {
  const original = about.message && originalMessage(workspace, about.channel, about.message.ts);
  if (isOn(body.delete_original)) {
    if (original) remove(workspace, original);
    return;
  }
  const content = checkedContent(body);
  if (!content.text && !content.blocks?.length) throw new Refusal('no_text');
  if (isOn(body.replace_original) && original) {
    edit(workspace, original, content);
    return;
  }
  post(workspace, {
    channel: about.channel,
    user: bot.user,
    byApp: true,
    text: content.text ?? '',
    blocks: content.blocks,
    thread_ts: typeof body.thread_ts === 'string' ? body.thread_ts : about.message?.thread_ts,
    onlyFor: body.response_type === 'in_channel' ? undefined : about.person,
  });
}

const originalMessage = (workspace: Workspace, channel: string, ts: string): Message | undefined =>
  workspace.ephemerals.find((message) => message.ts === ts) ?? findMessage(workspace, channel, ts);
