import { h } from './dom.js';
import { store } from './store.js';
import { textNodes } from './text.js';

/** A field to fill in: `{ node, read }`. `value` is what it shows at first. */
export function field(element, value, id) {
  switch (element.type) {
    case 'plain_text_input':
      return element.multiline ? textArea(element, value, id) : textLine(element, value, id, 'text');
    case 'email_text_input':
      return textLine(element, value, id, 'email');
    case 'url_text_input':
      return textLine(element, value, id, 'url');
    case 'number_input':
      return textLine(element, value, id, 'text', 'decimal');
    case 'datepicker':
      return textLine(element, value, id, 'date');
    case 'timepicker':
      return time(element, value, id);
    case 'datetimepicker':
      return moment(value, id);
    case 'radio_buttons':
      return group(element, value, 'radio');
    case 'checkboxes':
      return group(element, value, 'checkbox');
    default:
      return element.type.startsWith('multi_')
        ? group(
            { ...element, options: optionGroupsOf(element).flatMap((one) => one.options) },
            value,
            'checkbox',
          )
        : select(element, value, id);
  }
}

function textLine(element, value, id, type, inputmode) {
  const node = h('input.text-field', {
    id,
    type,
    inputmode,
    value: value ?? '',
    placeholder: element.placeholder?.text,
    maxlength: element.max_length,
    autofocus: element.focus_on_load,
    'aria-describedby': id && `${id}-error`,
  });
  return { node, read: () => node.value };
}

/** Slack writes the zone below, when the app named one. */
function time(element, value, id) {
  const { node, read } = textLine(element, value, id, 'time');
  if (!element.timezone) return { node, read };
  return { node: h('div.time', {}, node, h('small', {}, element.timezone)), read };
}

function textArea(element, value, id) {
  const node = h('textarea.text-field', {
    id,
    rows: 4,
    value: value ?? '',
    placeholder: element.placeholder?.text,
    maxlength: element.max_length,
    autofocus: element.focus_on_load,
    'aria-describedby': id && `${id}-error`,
  });
  return { node, read: () => node.value };
}

function moment(value, id) {
  const pad = (number) => String(number).padStart(2, '0');
  const at = value ? new Date(value * 1000) : undefined;
  const shown = at
    ? `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`
    : '';
  const node = h('input.text-field', { id, type: 'datetime-local', value: shown });
  return { node, read: () => (node.value ? Math.floor(new Date(node.value).getTime() / 1000) : '') };
}

let groups = 0;
function group(element, value, type) {
  const chosen = [value].flat();
  const name = `group-${++groups}`;
  const inputs = element.options.map((option) =>
    h('input', { type, name, value: option.value, checked: chosen.includes(option.value) }),
  );
  const node = h(
    'div.choices',
    { role: type === 'radio' ? 'radiogroup' : 'group' },
    element.options.map((option, index) =>
      h(
        'label.choice',
        {},
        inputs[index],
        h(
          'span',
          {},
          h('span', {}, textNodes(option.text)),
          option.description && h('small', {}, textNodes(option.description)),
        ),
      ),
    ),
  );
  const checked = () => inputs.filter((input) => input.checked).map((input) => input.value);
  return { node, read: type === 'radio' ? () => checked()[0] ?? '' : checked };
}

function select(element, value, id) {
  const node = h(
    'select.select-field',
    { id, 'aria-describedby': id && `${id}-error` },
    h('option', { value: '' }, element.placeholder?.text ?? 'Choose an option'),
    optionGroupsOf(element).map(({ label, options }) => {
      const items = options.map((option) => h('option', { value: option.value }, textNodes(option.text)));
      return label ? h('optgroup', { label: label.text }, items) : items;
    }),
  );
  node.value = value ?? '';
  return { node, read: () => node.value };
}

/** What a menu offers, in groups; people and channels are offered as options too. */
export function optionGroupsOf(element) {
  if (element.option_groups) return element.option_groups;
  if (element.options) return [{ options: element.options }];
  const plain = (value, text) => ({ value, text: { type: 'plain_text', text, emoji: false } });
  if (element.type.includes('users')) {
    const people = store.screen.people.filter((one) => !one.isApp && one.canAct);
    return [{ options: people.map((one) => plain(one.id, one.realName)) }];
  }
  const channels = store.screen.channels.filter((one) => !one.with);
  return [{ options: channels.map((one) => plain(one.id, `#${one.name}`)) }];
}
