import { formatDate } from './dates.js';
import { h, safeUrl } from './dom.js';
import { emoji } from './emoji.js';
import { parseMrkdwn, parsePlain } from './mrkdwn.js';
import { channel, person, store } from './store.js';

/** A text object of Block Kit as nodes of the page. */
export function textNodes(object) {
  if (!object) return [];
  return object.type === 'mrkdwn'
    ? mrkdwnNodes(object.text)
    : parsePlain(object.text, object.emoji !== false).map(drawn);
}

export const mrkdwnNodes = (text) => parseMrkdwn(text).map(drawn);

const tags = { bold: 'b', italic: 'i', strike: 's', code: 'code', pre: 'pre.code', quote: 'blockquote' };

function drawn(node) {
  switch (node.type) {
    case 'text':
      return node.text;
    case 'emoji':
      return glyph(node.name);
    case 'link':
      return link(node.url, node.text);
    case 'user':
      return userMention(node.id, node.text);
    case 'usergroup':
      return groupMention(node.id, node.text);
    case 'channel':
      return h('span.mention', {}, `#${channel(node.id)?.name ?? node.text ?? 'private-channel'}`);
    case 'broadcast':
      return h('span.mention.me', {}, `@${node.range}`);
    case 'date':
      return dateNode(node);
    default:
      return h(tags[node.type], {}, node.children.map(drawn));
  }
}

function glyph(name) {
  return Object.hasOwn(emoji, name)
    ? h('span.emoji', { role: 'img', 'aria-label': name.replaceAll('_', ' ') }, emoji[name])
    : `:${name}:`;
}

function link(url, text) {
  const href = safeUrl(url);
  return href ? h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, text) : text;
}

const userMention = (id, text) =>
  h(
    id === store.as ? 'span.mention.me' : 'span.mention',
    {},
    `@${person(id)?.realName ?? text ?? 'somebody'}`,
  );

function groupMention(id, text) {
  const group = store.screen.userGroups.find((one) => one.id === id);
  return h(group?.isMine ? 'span.mention.me' : 'span.mention', {}, `@${group?.handle ?? text ?? 'group'}`);
}

function dateNode({ timestamp, format, url }) {
  const exact = new Date(timestamp * 1000);
  const time = h(
    'time',
    { datetime: exact.toISOString(), title: exact.toLocaleString() },
    formatDate(timestamp, format, { locale: navigator.language }),
  );
  return url && safeUrl(url)
    ? h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, time)
    : time;
}

/** A rich_text block. Nothing in it is parsed. */
export const richText = (block) => h('div.rich-text', {}, block.elements.map(part));

function part(element) {
  switch (element.type) {
    case 'rich_text_preformatted':
      return h('pre.code', {}, element.elements.map(inline));
    case 'rich_text_quote':
      return h('blockquote', {}, element.elements.map(inline));
    case 'rich_text_list':
      return h(
        element.style === 'ordered' ? 'ol' : 'ul',
        { class: `indent-${element.indent ?? 0}`, start: element.offset ? element.offset + 1 : undefined },
        element.elements.map((item) => h('li', {}, item.elements.map(inline))),
      );
    default:
      return h('p', {}, element.elements.map(inline));
  }
}

function inline(element) {
  const node = plainInline(element);
  const { bold, italic, strike, code, underline } = element.style ?? {};
  const wraps = [code && 'code', bold && 'b', italic && 'i', strike && 's', underline && 'u'].filter(Boolean);
  return wraps.reduce((inner, tag) => h(tag, {}, inner), node);
}

function plainInline(element) {
  switch (element.type) {
    case 'text':
      return element.text;
    case 'link':
      return link(element.url, element.text ?? element.url);
    case 'emoji':
      return glyph(element.name);
    case 'user':
      return userMention(element.user_id);
    case 'usergroup':
      return groupMention(element.usergroup_id);
    case 'channel':
      return drawn({ type: 'channel', id: element.channel_id });
    case 'broadcast':
      return drawn({ type: 'broadcast', range: element.range });
    case 'date':
      return dateNode(element);
    default:
      return element.value ?? '';
  }
}
