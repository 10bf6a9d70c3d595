import { confirmed } from './confirm.js';
import { h, safeUrl } from './dom.js';
import { field, optionGroupsOf } from './fields.js';
import { textNodes } from './text.js';

/** Shows that a press is on its way, and below it what went wrong, if anything did. */
export async function pending(control, place, send) {
  control.setAttribute('aria-busy', 'true');
  const neighbours = place ? [...place.querySelectorAll('button, select, input')] : [control];
  for (const one of neighbours) one.disabled = true;
  const { notice } = await send();
  control.removeAttribute('aria-busy');
  for (const one of neighbours) one.disabled = false;
  const below = place ?? control.parentElement;
  below?.querySelector(':scope > .press-failed')?.remove();
  if (notice) below?.append(h('p.press-failed', { role: 'alert' }, `⚠ ${notice}`));
}

export function button(element, press) {
  const styles = { primary: 'button primary', danger: 'button danger' };
  const control = h(
    'button',
    {
      type: 'button',
      class: styles[element.style] ?? 'button',
      'aria-label': element.accessibility_label,
      async onclick() {
        if (!(await confirmed(element.confirm))) return;
        const href = element.url && safeUrl(element.url);
        if (href) window.open(href, '_blank', 'noopener,noreferrer');
        press(control);
      },
    },
    h('span', {}, textNodes(element.text)),
  );
  return control;
}

export function feedbackButtons(element, choose) {
  const one = (about, mark) => {
    const control = h(
      'button.button.small',
      {
        type: 'button',
        onclick: () => choose(control, about.value),
        'aria-label': about.accessibility_label,
      },
      h('span', {}, `${mark} `, textNodes(about.text)),
    );
    return control;
  };
  return h('span.feedback', {}, one(element.positive_button, '👍'), one(element.negative_button, '👎'));
}

/** The three dots: a menu of a few more things to do. */
export function overflow(element, choose) {
  const list = h('div.overflow-list', { role: 'menu', hidden: true });
  const toggle = h(
    'button.button.overflow-button',
    {
      type: 'button',
      'aria-label': 'More actions',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      onclick: () => show(list.hidden),
    },
    h('span', { 'aria-hidden': 'true' }, '⋯'),
  );
  const show = (isOpen) => {
    list.hidden = !isOpen;
    toggle.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) list.querySelector('button')?.focus();
  };
  list.append(
    ...element.options.map((option) =>
      h(
        'button.overflow-item',
        {
          type: 'button',
          role: 'menuitem',
          async onclick() {
            show(false);
            if (!(await confirmed(element.confirm))) return;
            if (option.url && safeUrl(option.url)) window.open(option.url, '_blank', 'noopener,noreferrer');
            choose(toggle, option.value);
          },
        },
        h('span', {}, textNodes(option.text)),
        option.description && h('small', {}, textNodes(option.description)),
      ),
    ),
  );
  return h(
    'span.overflow',
    {
      onkeydown: (event) => {
        if (event.key !== 'Escape' || list.hidden) return;
        event.stopPropagation();
        show(false);
        toggle.focus();
      },
      onfocusout: (event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) show(false);
      },
    },
    toggle,
    list,
  );
}

/** A menu in a message: choosing is telling. */
export function menu(element, choose) {
  const made = field(element, initial(element));
  const isSelect = optionGroupsOf(element).length > 0 || element.type.includes('select');
  made.node.setAttribute('aria-label', element.placeholder?.text ?? 'Choose');
  if (isSelect) made.node.classList.add('in-message');
  made.node.addEventListener('change', async () => {
    if (await confirmed(element.confirm)) choose(made.node, made.read());
  });
  return made.node;
}

export function choices(element, choose) {
  const made = field(element, initial(element));
  made.node.addEventListener('change', async () => {
    if (await confirmed(element.confirm)) choose(made.node, made.read());
  });
  return made.node;
}

const initial = (element) =>
  element.initial_option?.value ??
  element.initial_options?.map((option) => option.value) ??
  element.initial_user ??
  element.initial_channel ??
  element.initial_conversation ??
  element.initial_date ??
  element.initial_time ??
  '';
