import { drawBlocks } from './blocks.js';
import { h } from './dom.js';
import { act } from './store.js';
import { textNodes } from './text.js';

let shown;

/** Shows the topmost open view, or none. What was typed survives an update of the same view. */
export function showViews(views) {
  const top = views.at(-1);
  if (shown && shown.id === top?.id && shown.hash === top.hash) return;
  const typed = shown && shown.id === top?.id ? shown.values() : undefined;
  const isOpen = shown?.dialog.open;
  if (shown) {
    shown.dialog.close();
    shown.dialog.remove();
    shown = undefined;
  }
  if (!top) return;
  shown = drawView(top, views.length, typed);
  shown.dialog.classList.toggle('still', Boolean(isOpen));
  document.body.append(shown.dialog);
  shown.dialog.showModal();
}

function drawView(view, depth, typed) {
  const fields = [];
  const values = () => {
    const all = {};
    for (const { blockId, actionId, read } of fields) all[blockId] = { ...all[blockId], [actionId]: read() };
    return all;
  };
  const target = { viewId: view.id };
  const surface = {
    fields,
    valueOf: (blockId, element) =>
      typed?.[blockId]?.[element.action_id] ?? rawValue(view.state.values[blockId]?.[element.action_id]),
    press: (actionId, which) => act({ do: 'click', target, actionId, values: values(), ...which }),
    choose: (actionId, chosen, which) =>
      act({ do: 'select', target, actionId, chosen, values: values(), ...which }),
  };
  const body = h('div.modal-body', {}, drawBlocks(view.blocks, surface));
  const trouble = h('p.modal-trouble', { role: 'alert', hidden: true });
  const close = () => act({ do: 'close', viewId: view.id });
  const submit =
    view.submit && h('button.button.primary', { type: 'submit' }, h('span', {}, textNodes(view.submit)));

  async function onsubmit(event) {
    event.preventDefault();
    if (!submit || submit.disabled) return;
    submit.disabled = true;
    submit.setAttribute('aria-busy', 'true');
    const answer = await act({ do: 'submit', viewId: view.id, values: values() });
    submit.disabled = false;
    submit.removeAttribute('aria-busy');
    trouble.hidden = !answer.notice;
    trouble.textContent = answer.notice ?? '';
    showErrors(body, answer.errors ?? {});
  }

  const form = h(
    'form.modal-form',
    { onsubmit, novalidate: true },
    h(
      'header.modal-header',
      {},
      h('h2', { id: 'modal-title' }, textNodes(view.title)),
      h('button.modal-x', { type: 'button', 'aria-label': 'Close', onclick: close }, '✕'),
    ),
    body,
    trouble,
    h(
      'footer.modal-footer',
      {},
      h(
        'button.button',
        { type: 'button', onclick: close },
        view.close ? textNodes(view.close) : submit ? (depth > 1 ? 'Back' : 'Cancel') : 'Close',
      ),
      submit,
    ),
  );
  const dialog = h(
    'dialog.modal',
    {
      'aria-labelledby': 'modal-title',
      oncancel: (event) => {
        event.preventDefault();
        close();
      },
    },
    form,
  );
  return { id: view.id, hash: view.hash, dialog, values };
}

/** The value of a field from Slack's `state.values`, whatever kind of field it is. */
function rawValue(state) {
  if (!state) return '';
  return (
    state.value ??
    state.selected_option?.value ??
    state.selected_options?.map((option) => option.value) ??
    state.selected_user ??
    state.selected_users ??
    state.selected_channel ??
    state.selected_conversation ??
    state.selected_date ??
    state.selected_time ??
    state.selected_date_time ??
    ''
  );
}

function showErrors(body, errors) {
  let first;
  for (const block of body.querySelectorAll('.block-input')) {
    const problem = errors[block.dataset.block];
    block.classList.toggle('wrong', Boolean(problem));
    block.querySelector('.field-error').textContent = problem ?? '';
    const control = block.querySelector('input, textarea, select');
    control?.setAttribute('aria-invalid', String(Boolean(problem)));
    if (problem && !first) first = control;
  }
  first?.focus();
}
