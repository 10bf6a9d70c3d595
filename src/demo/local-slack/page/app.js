import { avatar } from './avatar.js';
import { createComposer } from './composer.js';
import { byId, h } from './dom.js';
import { drawHome } from './home.js';
import { openThread } from './message.js';
import { createMessageList } from './messages.js';
import { showViews } from './modal.js';
import { currentChannel, drawActing, drawSidebar, goTo, showSidebar } from './sidebar.js';
import { act, actAs, messagesOf, onScreen, redraw, store } from './store.js';

const composer = createComposer(byId('composer'));
const showMessages = createMessageList(byId('messages'));
const threadPlace = h('div.messages', { role: 'log', 'aria-label': 'Thread' });
const showThreadMessages = createMessageList(threadPlace, { inThread: true });
const threadComposerPlace = h('div.composer-place', {});
const threadComposer = createComposer(threadComposerPlace, { threadTs: () => store.thread });
threadComposer.address('Reply…', false);
byId('thread').append(
  h(
    'header.channel-header',
    {},
    h('h1', {}, 'Thread'),
    h('button.modal-x', { type: 'button', 'aria-label': 'Close thread', onclick: () => openThread('') }, '✕'),
  ),
  threadPlace,
  threadComposerPlace,
);

onScreen((screen) => {
  const channel = currentChannel(screen);
  store.channel = channel.id;
  drawSidebar(screen);
  drawActing(screen);
  drawHeader(screen, channel);
  drawChannel(screen, channel);
  drawThread(channel);
  showViews(screen.views);
  markRead(channel);
  const total = screen.channels.reduce((sum, one) => sum + one.badge, 0);
  document.title = `${total > 0 ? `(${total}) ` : ''}${channel.with ? 'Gatehouse' : channel.name} – Local Slack`;
  rememberPlace();
});

let headerMark = '';
function drawHeader(screen, channel) {
  const mark = JSON.stringify([screen.me, channel.id, store.tab, channel.memberCount, channel.topic]);
  if (mark === headerMark) return;
  headerMark = mark;
  const app = screen.people.find((one) => one.isApp);
  const title = channel.with
    ? [avatar(app, 24), app.realName]
    : [h('span.mark', { 'aria-hidden': 'true' }, channel.isPrivate ? '🔒' : '#'), channel.name];
  byId('channel-header').replaceChildren(
    h('h1', {}, title),
    channel.with
      ? h('div.tabs', { role: 'tablist' }, tab('home', 'Home'), tab('messages', 'Messages'))
      : h('p.topic', {}, channel.topic),
    channel.with ? '' : h('span.members', { title: 'Members' }, `👥 ${channel.memberCount}`),
  );
}

function tab(name, label) {
  return h(
    'button.tab',
    {
      type: 'button',
      role: 'tab',
      'aria-selected': String(store.tab === name),
      onclick: () => {
        store.tab = name;
        if (name === 'home') act({ do: 'home' });
        redraw();
      },
    },
    label,
  );
}

let homeMark = '';
function drawChannel(screen, channel) {
  const isHome = Boolean(channel.with) && store.tab === 'home';
  byId('composer').hidden = isHome;
  if (isHome) {
    const mark = `${screen.me} ${screen.home?.hash}`;
    if (mark === homeMark) return;
    homeMark = mark;
    showMessages([], '');
    byId('messages').replaceChildren(drawHome(screen.home));
    return;
  }
  if (homeMark) byId('messages').replaceChildren();
  homeMark = '';
  const all = messagesOf(channel.id);
  const top = all.filter((one) => !one.thread_ts || one.thread_ts === one.ts || one.broadcast);
  for (const one of top)
    one.replyMark = all.filter((reply) => reply.thread_ts === one.ts).map(({ ts }) => ts);
  showMessages(top, `${screen.me} ${channel.id}`);
  composer.address(channel.with ? 'Message Gatehouse' : `Message #${channel.name}`, channel.isArchived);
  highlight();
}

function drawThread(channel) {
  const all = messagesOf(channel.id);
  const inThread = all.filter((one) => one.ts === store.thread || one.thread_ts === store.thread);
  const isOpen = Boolean(store.thread) && inThread.length > 0;
  byId('thread').hidden = !isOpen;
  document.body.classList.toggle('thread-open', isOpen);
  if (isOpen) showThreadMessages(inThread, `${store.as} ${store.thread}`);
}

/** What is on the page has been read. */
function markRead(channel) {
  const last = messagesOf(channel.id).findLast((one) => !one.onlyFor);
  const isNews = last && last.ts > channel.readUpTo && (channel.isUnread || channel.badge > 0);
  if (isNews && document.visibilityState === 'visible') act({ do: 'read', channel: channel.id, ts: last.ts });
}
document.addEventListener('visibilitychange', redraw);

/** A link to a message leads to it and lights it up once. */
function highlight() {
  if (!store.highlighted) return;
  const node = byId('messages').querySelector(`[data-ts="${CSS.escape(store.highlighted)}"]`);
  if (!node) return;
  store.highlighted = '';
  node.classList.add('highlighted');
  node.scrollIntoView({ block: 'center' });
}

/** The address keeps who and where, so that two tabs can be two people. */
function rememberPlace() {
  const place = `#${store.as}/${store.channel}`;
  sessionStorage.setItem('as', store.as);
  if (location.hash !== place) history.replaceState(undefined, '', `/${place}`);
}

byId('menu').addEventListener('click', () => showSidebar(!document.body.classList.contains('sidebar-open')));
byId('scrim').addEventListener('click', () => showSidebar(false));
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || document.querySelector('dialog[open]')) return;
  if (document.body.classList.contains('sidebar-open')) showSidebar(false);
  else if (store.thread) openThread('');
});
window.addEventListener('hashchange', () => {
  const [as, channel] = location.hash.slice(1).split('/');
  if (channel && channel !== store.channel) goTo(channel);
  if (as && as !== store.as) actAs(as);
});

const link = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(location.pathname);
const [as = '', channel = ''] = location.hash.slice(1).split('/');
store.channel = link?.[1] ?? channel;
store.highlighted = link ? `${link[2]}.${link[3]}` : '';
actAs(as || sessionStorage.getItem('as') || '');
