import { blockCharacters, faultLines, messageFaults } from '../block-kit.ts';
import { isObject, type Json } from '../checks.ts';
import { limits } from '../limits.ts';
import {
  bot,
  edit,
  findMessage,
  type Message,
  post,
  remove,
  repliesTo,
  team,
  type Workspace,
} from '../workspace.ts';
import {
  type Call,
  isOn,
  type Method,
  optionalText,
  postableChannel,
  Refusal,
  refuseWith,
  requiredText,
  somebody,
  visibleChannel,
} from './method.ts';

export type Content = { text?: string; blocks?: Json[] };

/** The text and blocks of a message, refused when Slack would refuse them. */
export function checkedContent(body: Json): Content {
  const text = optionalText(body, 'text');
  if (typeof body.blocks === 'string') throw new Refusal('invalid_blocks_format');
  const faults = body.blocks === undefined ? [] : messageFaults(body.blocks);
  if (faults.length > 0) throw refuseWith('invalid_blocks', faultLines(faults));
  const blocks = body.blocks as Json[] | undefined;
  if (text && text.length > limits.message.text) throw new Refusal('msg_too_long');
  if (blocks && blockCharacters(blocks) > limits.message.blockCharacters)
    throw new Refusal('msg_blocks_too_long');
  return { text, blocks };
}

function checkedMessage(body: Json): Content {
  const content = checkedContent(body);
  const hasAttachment = Array.isArray(body.attachments) && body.attachments.length > 0;
  if (!content.text && !content.blocks?.length && !hasAttachment) throw new Refusal('no_text');
  return content;
}

function checkedMetadata(body: Json): Json | undefined {
  if (body.metadata === undefined) return undefined;
  const isSound =
    isObject(body.metadata) &&
    typeof body.metadata.event_type === 'string' &&
    isObject(body.metadata.event_payload);
  if (!isSound) throw new Refusal('invalid_metadata_format');
  if (JSON.stringify(body.metadata).length > limits.message.metadataBytes)
    throw new Refusal('metadata_too_large');
  return body.metadata as Json;
}

function checkedThread(workspace: Workspace, channel: string, body: Json): string | undefined {
  const ts = optionalText(body, 'thread_ts');
  if (!ts) return undefined;
  const parent = workspace.messages.get(channel)?.find((message) => message.ts === ts);
  if (!parent) throw new Refusal('thread_not_found');
  return parent.thread_ts ?? parent.ts;
}

/** A message as the Web API and payloads show it. */
export function wireMessage(workspace: Workspace, message: Message): Json {
  const replies = message.onlyFor ? [] : repliesTo(workspace, message.channel, message.ts);
  return {
    type: 'message',
    ...(message.deleted && { subtype: 'tombstone' }),
    user: message.user,
    ts: message.ts,
    ...(message.byApp && { bot_id: bot.bot, app_id: bot.app, bot_profile: botProfile }),
    text: message.text,
    team: team.id,
    ...(message.blocks && { blocks: message.blocks }),
    ...(message.metadata && { metadata: message.metadata }),
    ...((message.thread_ts || replies.length > 0) && { thread_ts: message.thread_ts ?? message.ts }),
    ...(replies.length > 0 && { reply_count: replies.length, latest_reply: replies.at(-1)?.ts }),
    ...(message.files && { files: message.files.map(({ id, name, title }) => ({ id, name, title })) }),
    ...(message.edited && { edited: { user: message.user, ts: message.ts } }),
  };
}

const botProfile = { id: bot.bot, app_id: bot.app, user_id: bot.user, name: bot.realName, team_id: team.id };

const postMessage: Method = (call) => {
  const { workspace, body } = call;
  const channel = postableChannel(call);
  const content = checkedMessage(body);
  const metadata = checkedMetadata(body);
  const thread_ts = checkedThread(workspace, channel.id, body);
  const message = post(workspace, {
    channel: channel.id,
    user: bot.user,
    byApp: true,
    text: content.text ?? '',
    blocks: content.blocks,
    metadata,
    thread_ts,
    broadcast: isOn(body.reply_broadcast),
  });
  return { channel: channel.id, ts: message.ts, message: wireMessage(workspace, message) };
};

const postEphemeral: Method = (call) => {
  const { workspace, body } = call;
  const channel = postableChannel(call);
  const person = somebody(workspace, requiredText(body, 'user'));
  if (!channel.members.includes(person.id)) throw new Refusal('user_not_in_channel');
  const content = checkedMessage(body);
  const message = post(workspace, {
    channel: channel.id,
    user: bot.user,
    byApp: true,
    text: content.text ?? '',
    blocks: content.blocks,
    thread_ts: checkedThread(workspace, channel.id, body),
    onlyFor: person.id,
  });
  return { message_ts: message.ts };
};

/** The app's own message that a call is about. */
function ownMessage(call: Call, refusal: string): Message {
  const { workspace, body } = call;
  const channel = visibleChannel(workspace, requiredText(body, 'channel'));
  const message = findMessage(workspace, channel.id, requiredText(body, 'ts'));
  if (!message) throw new Refusal('message_not_found');
  if (!message.byApp) throw new Refusal(refusal);
  if (channel.archived) throw new Refusal('is_archived');
  return message;
}

const update: Method = (call) => {
  const message = ownMessage(call, 'cant_update_message');
  const content = checkedMessage(call.body);
  const metadata = checkedMetadata(call.body);
  // Text without blocks takes the blocks away, as Slack does.
  edit(call.workspace, message, content);
  if (metadata) message.metadata = metadata;
  return {
    channel: message.channel,
    ts: message.ts,
    text: message.text,
    message: wireMessage(call.workspace, message),
  };
};

const deleteMessage: Method = (call) => {
  const message = ownMessage(call, 'cant_delete_message');
  remove(call.workspace, message);
  return { channel: message.channel, ts: message.ts };
};

const getPermalink: Method = ({ workspace, url, body }) => {
  const channel = visibleChannel(workspace, requiredText(body, 'channel'));
  const ts = requiredText(body, 'message_ts');
  if (!findMessage(workspace, channel.id, ts)) throw new Refusal('message_not_found');
  return { channel: channel.id, permalink: `${url}/archives/${channel.id}/p${ts.replace('.', '')}` };
};

const addReaction: Method = ({ workspace, body }) => {
  const name = requiredText(body, 'name');
  if (!/^[a-z0-9_+'-]+$/.test(name)) throw new Refusal('invalid_name');
  const channel = visibleChannel(workspace, requiredText(body, 'channel'));
  const message = findMessage(workspace, channel.id, requiredText(body, 'timestamp'));
  if (!message) throw new Refusal('message_not_found');
  message.reactions ??= {};
  const people = message.reactions[name] ?? [];
  if (people.includes(bot.user)) throw new Refusal('already_reacted');
  message.reactions[name] = [...people, bot.user];
  message.revision += 1;
  workspace.changed();
  return {};
};

export const messageMethods: Record<string, Method> = {
  'chat.postMessage': postMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.update': update,
  'chat.delete': deleteMessage,
  'chat.getPermalink': getPermalink,
  'reactions.add': addReaction,
};
