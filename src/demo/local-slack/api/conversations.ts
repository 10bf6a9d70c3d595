import type { Json } from '../checks.ts';
import { bot, type Channel, directMessages, messagesIn, repliesTo } from '../workspace.ts';
import { wireMessage } from './messages.ts';
import {
  type Method,
  optionalText,
  pageOf,
  Refusal,
  requiredText,
  somebody,
  visibleChannel,
} from './method.ts';

function wireChannel(channel: Channel): Json {
  const isIm = channel.with !== undefined;
  return {
    id: channel.id,
    ...(isIm ? { user: channel.with } : { name: channel.name, name_normalized: channel.name }),
    is_channel: !isIm && !channel.isPrivate,
    is_group: Boolean(channel.isPrivate),
    is_im: isIm,
    is_private: isIm || Boolean(channel.isPrivate),
    is_archived: Boolean(channel.archived),
    is_member: channel.members.includes(bot.user),
    num_members: channel.members.length,
    topic: { value: channel.topic ?? '' },
    purpose: { value: '' },
  };
}

const info: Method = ({ workspace, body }) => {
  const id = requiredText(body, 'channel');
  // Unlike chat.postMessage, this method takes ids only.
  if (!workspace.channels.has(id)) throw new Refusal('channel_not_found');
  return { channel: wireChannel(visibleChannel(workspace, id)) };
};

const members: Method = ({ workspace, body }) => {
  const channel = visibleChannel(workspace, requiredText(body, 'channel'));
  const { page, response_metadata } = pageOf(channel.members, body);
  return { members: page, response_metadata };
};

const kindOf = (channel: Channel): string => {
  if (channel.with) return 'im';
  return channel.isPrivate ? 'private_channel' : 'public_channel';
};

const listChannels: Method = ({ workspace, body }) => {
  const kinds = (optionalText(body, 'types') ?? 'public_channel').split(',').map((kind) => kind.trim());
  const excludeArchived = String(body.exclude_archived) === 'true';
  const found = [...workspace.channels.values()]
    .filter((channel) => kinds.includes(kindOf(channel)))
    .filter((channel) => !channel.isPrivate || channel.members.includes(bot.user))
    .filter((channel) => !(excludeArchived && channel.archived));
  const { page, response_metadata } = pageOf(found, body);
  return { channels: page.map(wireChannel), response_metadata };
};

const open: Method = ({ workspace, body }) => {
  const users = requiredText(body, 'users');
  if (users.includes(',')) throw new Refusal('method_not_supported_for_channel_type');
  const person = somebody(workspace, users);
  if (person.deleted) throw new Refusal('user_disabled');
  if (person.isBot) throw new Refusal('cannot_dm_bot');
  const channel = directMessages(workspace, person.id);
  workspace.changed();
  return { channel: String(body.return_im) === 'true' ? wireChannel(channel) : { id: channel.id } };
};

const replies: Method = ({ workspace, body }) => {
  const channel = visibleChannel(workspace, requiredText(body, 'channel'));
  const ts = requiredText(body, 'ts');
  const parent = messagesIn(workspace, channel.id).find((message) => message.ts === ts);
  if (!parent) throw new Refusal('thread_not_found');
  const { page, response_metadata } = pageOf([parent, ...repliesTo(workspace, channel.id, ts)], body);
  return {
    messages: page.map((message) => wireMessage(workspace, message)),
    has_more: response_metadata.next_cursor !== '',
    response_metadata,
  };
};

const history: Method = ({ workspace, body }) => {
  const channel = visibleChannel(workspace, requiredText(body, 'channel'));
  if (!channel.members.includes(bot.user)) throw new Refusal('not_in_channel');
  const newestFirst = messagesIn(workspace, channel.id)
    .filter((message) => !message.thread_ts || message.thread_ts === message.ts || message.broadcast)
    .toReversed();
  const { page, response_metadata } = pageOf(newestFirst, body);
  return {
    messages: page.map((message) => wireMessage(workspace, message)),
    has_more: response_metadata.next_cursor !== '',
    response_metadata,
  };
};

export const conversationMethods: Record<string, Method> = {
  'conversations.info': info,
  'conversations.members': members,
  'conversations.list': listChannels,
  'conversations.open': open,
  'conversations.replies': replies,
  'conversations.history': history,
};
