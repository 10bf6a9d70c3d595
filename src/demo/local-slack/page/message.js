import { avatar } from './avatar.js';
import { drawBlocks } from './blocks.js';
import { h } from './dom.js';
import { emojiText } from './emoji.js';
import { act, messagesOf, person, redraw, store } from './store.js';
import { mrkdwnNodes } from './text.js';

export const dateOf = (ts) => new Date(Number(ts) * 1000);
export const clock = (ts) => dateOf(ts).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
const sizeText = (bytes) => (bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} kB`);

/** One message as it stands in a channel or a thread. `follows`: by the same person, just before. */
export function drawMessage(message, { follows = false, inThread = false } = {}) {
  const author = person(message.user) ?? { id: message.user, realName: 'Slackbot' };
  const classes = [
    'message',
    follows && 'follows',
    message.onlyFor && 'ephemeral',
    message.deleted && 'deleted',
  ];
  return h(
    'article',
    {
      class: classes.filter(Boolean).join(' '),
      'data-ts': message.ts,
      'aria-label': `${author.realName}, ${clock(message.ts)}`,
    },
    h('div.gutter', {}, follows ? h('time.side-time', {}, clock(message.ts)) : avatar(author)),
    h(
      'div.message-body',
      {},
      message.onlyFor && h('p.only-you', {}, '👁 Only visible to you'),
      message.broadcast && !inThread && h('p.only-you', {}, 'replied to a thread'),
      !follows && byline(author, message),
      content(message),
      (message.files ?? []).map(file),
      reactions(message),
      !inThread && replies(message),
    ),
  );
}

function byline(author, message) {
  return h(
    'header.byline',
    {},
    h('b', {}, author.realName),
    message.byApp && h('span.tag', {}, 'APP'),
    author.isStranger && h('span.tag', {}, 'EXTERNAL'),
    author.isGuest && h('span.tag', {}, 'GUEST'),
    h(
      'time',
      { datetime: dateOf(message.ts).toISOString(), title: dateOf(message.ts).toLocaleString() },
      clock(message.ts),
    ),
  );
}

function content(message) {
  if (message.deleted) return h('p.text', {}, message.text);
  if (!message.blocks)
    return (
      message.text &&
      h('div.text', {}, mrkdwnNodes(message.text), message.edited && h('small.edited', {}, ' (edited)'))
    );
  const target = { channel: message.channel, ts: message.ts };
  return h(
    'div.blocks',
    {},
    drawBlocks(message.blocks, {
      press: (actionId, which) => act({ do: 'click', target, actionId, ...which }),
      choose: (actionId, chosen, which) => act({ do: 'select', target, actionId, chosen, ...which }),
    }),
  );
}

const file = ({ id, title, size, preview }) =>
  h(
    'div.file',
    {},
    h('a', { href: `/ui/files/${id}` }, h('b', {}, title), h('small', {}, `${sizeText(size)} · download`)),
    h('pre.code', {}, preview),
  );

function reactions({ reactions: all }) {
  if (!all) return undefined;
  return h(
    'div.reactions',
    {},
    Object.entries(all).map(([name, people]) =>
      h('span.reaction', {}, `${emojiText(name)} ${people.length}`),
    ),
  );
}

function replies(message) {
  const all = messagesOf(message.channel).filter(
    (one) => one.thread_ts === message.ts && one.ts !== message.ts,
  );
  if (all.length === 0 && !message.byApp) return undefined;
  if (all.length === 0 || message.onlyFor) return undefined;
  const faces = [...new Set(all.map((one) => one.user))].slice(0, 3).map((id) => avatar(person(id), 22));
  return h(
    'button.replies',
    { type: 'button', onclick: () => openThread(message.ts) },
    faces,
    h('b', {}, all.length === 1 ? '1 reply' : `${all.length} replies`),
    h('span', {}, `Last reply ${clock(all.at(-1).ts)}`),
  );
}

export function openThread(ts) {
  store.thread = ts;
  redraw();
}
