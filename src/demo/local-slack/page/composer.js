import { h } from './dom.js';
import { notify } from './notice.js';
import { act, store } from './store.js';

/** The box to write in: Enter sends, Shift+Enter starts a line, a slash offers the commands. */
export function createComposer(place, { threadTs = () => '' } = {}) {
  const hints = h('div.hints', { role: 'listbox', 'aria-label': 'Commands', hidden: true });
  const box = h('textarea.composer-box', {
    rows: 1,
    oninput: typed,
    onkeydown: pressed,
    'aria-label': 'Message',
  });
  const send = h(
    'button.send',
    { type: 'button', onclick: submit, 'aria-label': 'Send', disabled: true },
    '➤',
  );
  place.replaceChildren(h('div.composer', {}, hints, box, send));

  function typed() {
    box.rows = Math.min(8, box.value.split('\n').length);
    send.disabled = box.value.trim() === '';
    const commands = box.value.startsWith('/') ? store.screen.commands : [];
    const word = box.value.split(' ')[0];
    const matching = commands.filter(({ name }) =>
      box.value.includes(' ') ? name === word : name.startsWith(word),
    );
    hints.hidden = matching.length === 0;
    hints.replaceChildren(...matching.map(hint));
  }

  const hint = ({ name, usage, description }) =>
    h(
      'button.hint-item',
      { type: 'button', role: 'option', onclick: () => complete(name) },
      h('b', {}, name),
      ' ',
      h('span', {}, usage),
      h('small', {}, description),
    );

  function complete(name) {
    box.value = `${name} `;
    box.focus();
    typed();
  }

  function pressed(event) {
    if (event.key === 'Tab' && !hints.hidden && !box.value.includes(' ')) {
      event.preventDefault();
      complete(hints.querySelector('b').textContent);
    }
    if (event.key === 'Escape') hints.hidden = true;
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  }

  async function submit() {
    const text = box.value.trim();
    if (!text) return;
    box.value = '';
    typed();
    const [, command, rest] = /^(\/\S+)\s*(.*)$/s.exec(text) ?? [];
    const isCommand = command && !threadTs();
    const { notice } = await act(
      isCommand
        ? { do: 'slash', command, text: rest, channel: store.channel }
        : { do: 'say', text, channel: store.channel, threadTs: threadTs() },
    );
    if (notice) notify(notice);
  }

  return {
    address(to, isClosed) {
      box.placeholder = isClosed ? 'This channel is archived' : to;
      box.disabled = isClosed;
    },
  };
}
