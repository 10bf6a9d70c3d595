import { h } from './dom.js';
import { dateOf, drawMessage } from './message.js';

const groupMs = 5 * 60_000;

/**
 * Keeps a list of messages on the page in step with the screen. A message that did not change keeps its node,
 * and with it the focus, an open menu or a spinner.
 */
export function createMessageList(place, { inThread = false } = {}) {
  let drawn = new Map();
  let shownFor = '';
  let isAtEnd = true;
  const toEnd = () => {
    place.scrollTop = place.scrollHeight;
  };
  place.addEventListener('scroll', () => {
    isAtEnd = place.scrollHeight - place.scrollTop - place.clientHeight < 80;
  });
  new ResizeObserver(() => isAtEnd && toEnd()).observe(place);

  return function show(messages, key) {
    if (key !== shownFor) isAtEnd = true;
    const next = new Map();
    let before;
    for (const message of messages) {
      if (!inThread && (!before || dayOf(before.ts) !== dayOf(message.ts))) {
        const day = dayOf(message.ts);
        next.set(
          `day ${day}`,
          kept(`day ${day}`, day, () => dayLine(message.ts)),
        );
      }
      const options = { inThread, follows: follows(before, message) };
      const signature = JSON.stringify([
        key,
        message.revision,
        options,
        message.replyMark,
        message.reactions,
      ]);
      next.set(
        message.ts,
        kept(message.ts, signature, () => drawMessage(message, options)),
      );
      before = message;
    }
    function kept(id, signature, make) {
      const old = drawn.get(id);
      return old?.signature === signature ? old : { signature, node: make() };
    }
    arrange(
      place,
      [...next.values()].map(({ node }) => node),
    );
    drawn = next;
    shownFor = key;
    if (isAtEnd) toEnd();
  };
}

/** Moves nodes only where the order differs: a node that is taken out and put back loses its focus. */
function arrange(place, nodes) {
  for (const child of [...place.children]) if (!nodes.includes(child)) child.remove();
  nodes.forEach((node, index) => {
    if (place.children[index] !== node) place.insertBefore(node, place.children[index] ?? null);
  });
}

const dayOf = (ts) => dateOf(ts).toDateString();

function follows(before, message) {
  return Boolean(
    before &&
      before.user === message.user &&
      !before.blocks &&
      !message.blocks &&
      !before.onlyFor &&
      !message.onlyFor &&
      !message.broadcast &&
      dayOf(before.ts) === dayOf(message.ts) &&
      dateOf(message.ts) - dateOf(before.ts) < groupMs,
  );
}

function dayLine(ts) {
  const today = new Date().toDateString();
  const yesterday = new Date(Date.now() - 86_400_000).toDateString();
  const names = { [yesterday]: 'Yesterday', [today]: 'Today' };
  const name =
    names[dayOf(ts)] ?? dateOf(ts).toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long' });
  return h('div.day', { role: 'separator' }, h('span', {}, name));
}
