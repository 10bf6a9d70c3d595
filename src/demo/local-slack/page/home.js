import { drawBlocks } from './blocks.js';
import { h } from './dom.js';
import { act } from './store.js';

/** The app's home tab. */
export function drawHome(view) {
  if (!view) return h('p.empty', {}, 'This app has not put anything here yet.');
  const target = { viewId: view.id };
  return h(
    'div.home.blocks',
    {},
    drawBlocks(view.blocks, {
      fields: [],
      valueOf: () => '',
      press: (actionId, which) => act({ do: 'click', target, actionId, ...which }),
      choose: (actionId, chosen, which) => act({ do: 'select', target, actionId, chosen, ...which }),
    }),
  );
}
