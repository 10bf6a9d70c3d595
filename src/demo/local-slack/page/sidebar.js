import { avatar } from './avatar.js';
import { byId, h } from './dom.js';
import { actAs, channel, redraw, store } from './store.js';

/** Channels and the app, with what is unread. */
export function drawSidebar(screen) {
  const channels = screen.channels.filter((one) => !one.with && !one.isArchived);
  const app = screen.people.find((one) => one.isApp);
  const direct = screen.channels.find((one) => one.with);
  keepFocus(byId('sidebar'), [
    h('div.team', {}, h('b', {}, screen.team)),
    h('h2', {}, 'Channels'),
    h(
      'ul',
      {},
      channels.map((one) =>
        item(one, [h('span.mark', { 'aria-hidden': 'true' }, one.isPrivate ? '🔒' : '#'), one.name]),
      ),
    ),
    h('h2', {}, 'Apps'),
    h('ul', {}, direct && item(direct, [avatar(app, 20), app.realName])),
  ]);
}

function item(one, label) {
  const isHere = one.id === store.channel;
  const classes = ['item', isHere && 'here', (one.isUnread || one.badge > 0) && 'unread'];
  return h(
    'li',
    {},
    h(
      'button',
      {
        type: 'button',
        class: classes.filter(Boolean).join(' '),
        'data-key': one.id,
        'aria-current': isHere ? 'page' : undefined,
        onclick: () => goTo(one.id),
      },
      h('span.item-name', {}, label),
      one.badge > 0 && h('span.badge', { 'aria-label': `${one.badge} unread` }, one.badge),
    ),
  );
}

export function goTo(id, tab = 'messages') {
  Object.assign(store, { channel: id, tab, thread: '', highlighted: '' });
  showSidebar(false);
  redraw();
}

export function showSidebar(isOpen) {
  document.body.classList.toggle('sidebar-open', isOpen);
  byId('menu').setAttribute('aria-expanded', String(isOpen));
}

/** Who one acts as, and the others one could act as. */
export function drawActing(screen) {
  const me = screen.people.find((one) => one.id === screen.me);
  const others = screen.people.filter((one) => one.canAct);
  const list = h(
    'div.acting-list',
    { role: 'menu', hidden: true, 'aria-label': 'Act as' },
    h('p', {}, 'Act as'),
    others.map((one) =>
      h(
        'button.acting-item',
        {
          type: 'button',
          role: 'menuitemradio',
          'aria-checked': String(one.id === screen.me),
          onclick: () => become(one.id),
        },
        avatar(one, 32),
        h('span', {}, h('b', {}, one.realName), h('small', {}, subtitle(one))),
      ),
    ),
  );
  const toggle = h(
    'button.acting-button',
    {
      type: 'button',
      'data-key': 'acting',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-label': `Acting as ${me.realName}. Change`,
      onclick: () => show(list.hidden),
    },
    avatar(me, 26),
    h('span.acting-name', {}, h('small', {}, 'Acting as'), h('b', {}, me.realName)),
    h('span.caret', { 'aria-hidden': 'true' }, '▾'),
  );
  const show = (isOpen) => {
    list.hidden = !isOpen;
    toggle.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) list.querySelector('[aria-checked="true"]')?.focus();
  };
  const place = byId('acting');
  const mark = JSON.stringify([screen.me, others]);
  if (place.dataset.mark === mark) return;
  place.dataset.mark = mark;
  place.onfocusout = (event) => {
    if (!place.contains(event.relatedTarget)) show(false);
  };
  place.onkeydown = (event) => {
    if (event.key !== 'Escape' || list.hidden) return;
    show(false);
    toggle.focus();
  };
  place.replaceChildren(toggle, list);
}

const subtitle = (one) =>
  [one.title, one.isGuest && 'Guest', one.isStranger && 'External', one.isAway && 'Away']
    .filter(Boolean)
    .join(' · ');

function become(id) {
  store.thread = '';
  if (store.screen.me !== id) actAs(id);
}

/** Keeps the keyboard's place when the list is drawn anew. */
function keepFocus(place, children) {
  const key = place.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  place.replaceChildren(...children);
  if (key) place.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

export const currentChannel = (screen) =>
  channel(store.channel) ?? screen.channels.find((one) => !one.with && !one.isArchived) ?? screen.channels[0];
