import { h } from './dom.js';
import { textNodes } from './text.js';

const plain = (text) => ({ type: 'plain_text', text, emoji: false });

/** Asks "are you sure" where the app wants it asked; without that the answer is yes. */
export function confirmed(confirm) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    const answer = (isYes) => () => {
      dialog.close();
      dialog.remove();
      resolve(isYes);
    };
    const style = confirm.style === 'danger' ? 'button danger' : 'button primary';
    const dialog = h(
      'dialog.modal.small',
      { oncancel: answer(false), 'aria-labelledby': 'confirm-title' },
      h(
        'header.modal-header',
        {},
        h('h2', { id: 'confirm-title' }, textNodes(confirm.title ?? plain('Are you sure?'))),
      ),
      h('div.modal-body', {}, textNodes(confirm.text)),
      h(
        'footer.modal-footer',
        {},
        h(
          'button.button',
          { type: 'button', onclick: answer(false) },
          textNodes(confirm.deny ?? plain('Cancel')),
        ),
        h(
          'button',
          { type: 'button', class: style, onclick: answer(true) },
          textNodes(confirm.confirm ?? plain('Yes')),
        ),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
