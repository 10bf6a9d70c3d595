import { h } from './dom.js';
import { button, choices, feedbackButtons, menu, overflow, pending } from './elements.js';
import { field } from './fields.js';
import { mrkdwnNodes, richText, textNodes } from './text.js';

/**
 * Draws blocks. `surface` says what presses do: `press(actionId, which)` and `choose(actionId, chosen, which)`
 * resolve with a notice or nothing; `fields` collects the inputs of a modal.
 */
export function drawBlocks(blocks, surface) {
  return blocks.map((block) => drawBlock(block, surface));
}

function drawBlock(block, surface) {
  switch (block.type) {
    case 'header':
      return h('h3.block-header', {}, textNodes(block.text));
    case 'divider':
      return h('hr');
    case 'section':
      return section(block, surface);
    case 'context':
      return h('div.block-context', {}, block.elements.map(contextElement));
    case 'rich_text':
      return richText(block);
    case 'actions':
    case 'context_actions':
      return actions(block, surface);
    case 'image':
      return h(
        'figure.block-image',
        {},
        block.title && h('figcaption', {}, textNodes(block.title)),
        picture(block),
      );
    case 'markdown':
      return h('div.block-section', {}, mrkdwnNodes(block.text));
    case 'table':
      return table(block);
    case 'alert':
      return h(
        'div.block-alert',
        { class: `block-alert ${block.level ?? 'default'}`, role: 'note' },
        textNodes(block.text),
      );
    case 'input':
      return input(block, surface);
    default:
      return h('div.block-context', {}, 'This part of the message cannot be shown here.');
  }
}

function section(block, surface) {
  return h(
    'div.block-section',
    {},
    h(
      'div.section-text',
      {},
      block.text && h('div', {}, textNodes(block.text)),
      block.fields &&
        h(
          'div.fields',
          {},
          block.fields.map((one) => h('div', {}, textNodes(one))),
        ),
    ),
    block.accessory && h('div.accessory', {}, element(block, block.accessory, surface)),
  );
}

function actions(block, surface) {
  const place = h('div.block-actions', {});
  place.append(...block.elements.map((one) => element(block, one, surface, place)));
  return place;
}

function element(block, one, surface, place) {
  const which = { blockId: block.block_id };
  const choose = (control, chosen) =>
    pending(control, place, () => surface.choose(one.action_id, chosen, which));
  switch (one.type) {
    case 'button':
    case 'icon_button':
      return button(one, (control) =>
        pending(control, place, () => surface.press(one.action_id, { ...which, value: one.value })),
      );
    case 'overflow':
      return overflow(one, choose);
    case 'feedback_buttons':
      return feedbackButtons(one, choose);
    case 'image':
      return picture(one);
    case 'radio_buttons':
    case 'checkboxes':
      return surface.fields ? remembered(block, one, surface) : choices(one, choose);
    default:
      return menu(one, choose);
  }
}

/** A field in a modal's actions or section still tells its value when the modal is submitted. */
function remembered(block, one, surface) {
  const made = field(one, surface.valueOf(block.block_id, one));
  surface.fields.push({ blockId: block.block_id, actionId: one.action_id, read: made.read });
  made.node.addEventListener('change', () =>
    surface.choose(one.action_id, made.read(), { blockId: block.block_id }),
  );
  return made.node;
}

function contextElement(one) {
  return one.type === 'image' ? picture(one) : h('span', {}, textNodes(one));
}

/** Pictures from elsewhere are not fetched: nothing leaves this machine. */
const picture = (image) => h('span.picture', { role: 'img', 'aria-label': image.alt_text }, image.alt_text);

function table(block) {
  const cell = (tag) => (one) => h(tag, {}, one.type === 'rich_text' ? richText(one) : one.text);
  const [head, ...rows] = block.rows;
  return h(
    'div.table-place',
    {},
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, head.map(cell('th')))),
      h(
        'tbody',
        {},
        rows.map((row) => h('tr', {}, row.map(cell('td')))),
      ),
    ),
  );
}

function input(block, surface) {
  const made = field(
    block.element,
    surface.valueOf(block.block_id, block.element),
    `field-${block.block_id}`,
  );
  surface.fields.push({ blockId: block.block_id, actionId: block.element.action_id, read: made.read });
  if (block.dispatch_action)
    made.node.addEventListener('change', () =>
      surface.choose(block.element.action_id, made.read(), { blockId: block.block_id }),
    );
  const isGroup =
    made.node.getAttribute('role') === 'group' || made.node.getAttribute('role') === 'radiogroup';
  const id = `field-${block.block_id}`;
  const label = [textNodes(block.label), block.optional && h('span.optional', {}, ' (optional)')];
  if (isGroup) made.node.setAttribute('aria-labelledby', `${id}-label`);
  return h(
    'div.block-input',
    { 'data-block': block.block_id },
    isGroup ? h('div.label', { id: `${id}-label` }, label) : h('label.label', { for: id }, label),
    made.node,
    h('p.field-error', { id: `${id}-error`, role: 'alert' }),
    block.hint && h('p.hint', {}, textNodes(block.hint)),
  );
}
