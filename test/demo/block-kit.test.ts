import { describe, expect, it } from 'vitest';
import {
  blockCharacters,
  faultLines,
  messageFaults,
  viewFaults,
} from '../../src/demo/local-slack/block-kit.ts';

type Json = Record<string, unknown>;
const x = (length: number): string => 'x'.repeat(length);
const plain = (text: string): Json => ({ type: 'plain_text', text });
const mrkdwn = (text: string): Json => ({ type: 'mrkdwn', text });
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const section = (text: string): Json => ({ type: 'section', text: mrkdwn(text) });
const actions = (...elements: Json[]): Json => ({ type: 'actions', elements });
const button = (more: Json = {}): Json => ({ type: 'button', text: plain('Go'), ...more });
const option = (more: Json = {}): Json => ({ text: plain('one'), value: 'one', ...more });
const options = (count: number): Json[] => times(count, (i) => option({ value: `v${i}` }));
const select = (more: Json = {}): Json => ({ type: 'static_select', options: options(2), ...more });
const confirm = (more: Json): Json => button({ confirm: { text: plain('Sure?'), ...more } });
const input = (element: Json, more: Json = {}): Json => ({
  type: 'input',
  label: plain('Why'),
  element,
  ...more,
});
const textInput = (more: Json = {}): Json => ({ type: 'plain_text_input', ...more });
const modal = (blocks: Json[], more: Json = {}): Json => ({
  type: 'modal',
  title: plain('Deny'),
  submit: plain('Send'),
  blocks,
  ...more,
});
const rich = (...elements: Json[]): Json => ({ type: 'rich_text', elements });
const richSection = (...elements: Json[]): Json => rich({ type: 'rich_text_section', elements });

const inMessage = (...blocks: Json[]): string[] => faultLines(messageFaults(blocks));
const inModal = (view: Json): string[] => faultLines(viewFaults(view, 'modal'));

/** A row: what it limits, how it looks with n of it, and the last n that Slack takes. */
type Row = [what: string, most: number, make: (n: number) => Json[]];

describe('the limits of a message: taken at the limit, refused one above', () => {
  const rows: Row[] = [
    ['blocks', 50, (n) => times(n, () => ({ type: 'divider' }))],
    ['section text', 3000, (n) => [section(x(n))]],
    ['section fields', 10, (n) => [{ type: 'section', fields: times(n, () => mrkdwn('f')) }]],
    ['section field text', 2000, (n) => [{ type: 'section', fields: [mrkdwn(x(n))] }]],
    ['header', 150, (n) => [{ type: 'header', text: plain(x(n)) }]],
    ['context elements', 10, (n) => [{ type: 'context', elements: times(n, () => mrkdwn('c')) }]],
    ['actions elements', 25, (n) => [actions(...times(n, () => button()))]],
    ['block_id', 255, (n) => [{ type: 'divider', block_id: x(n) }]],
    ['action_id', 255, (n) => [actions(button({ action_id: x(n) }))]],
    ['button text', 75, (n) => [actions(button({ text: plain(x(n)) }))]],
    ['button value', 2000, (n) => [actions(button({ value: x(n) }))]],
    ['button url', 3000, (n) => [actions(button({ url: `https://example.com/${x(n - 20)}` }))]],
    ['accessibility label', 75, (n) => [actions(button({ accessibility_label: x(n) }))]],
    ['confirm title', 100, (n) => [actions(confirm({ title: plain(x(n)) }))]],
    ['confirm text', 300, (n) => [actions(confirm({ text: mrkdwn(x(n)) }))]],
    ['confirm button', 30, (n) => [actions(confirm({ confirm: plain(x(n)) }))]],
    ['confirm deny', 30, (n) => [actions(confirm({ deny: plain(x(n)) }))]],
    ['select options', 100, (n) => [actions(select({ options: options(n) }))]],
    ['option text', 75, (n) => [actions(select({ options: [option({ text: plain(x(n)) })] }))]],
    ['option value', 150, (n) => [actions(select({ options: [option({ value: x(n) })] }))]],
    ['placeholder', 150, (n) => [actions(select({ placeholder: plain(x(n)) }))]],
    ['radio options', 10, (n) => [actions({ type: 'radio_buttons', options: options(n) })]],
    ['checkbox options', 10, (n) => [actions({ type: 'checkboxes', options: options(n) })]],
    ['overflow options', 5, (n) => [actions({ type: 'overflow', options: options(n) })]],
    [
      'image alt text',
      2000,
      (n) => [{ type: 'image', image_url: 'https://example.com/a.png', alt_text: x(n) }],
    ],
    ['markdown', 12_000, (n) => [{ type: 'markdown', text: x(n) }]],
    ['table rows', 100, (n) => [{ type: 'table', rows: times(n, () => [{ type: 'raw_text', text: 'a' }]) }]],
    [
      'table columns',
      20,
      (n) => [{ type: 'table', rows: [times(n, () => ({ type: 'raw_text', text: 'a' }))] }],
    ],
  ];
  for (const [what, most, make] of rows)
    it(`${what}: ${most}`, () => {
      expect(inMessage(...make(most))).toEqual([]);
      expect(inMessage(...make(most + 1))).not.toEqual([]);
    });
});

describe('the limits of a modal: taken at the limit, refused one above', () => {
  const rows: [what: string, most: number, make: (n: number) => Json][] = [
    ['blocks', 100, (n) => modal(times(n, () => ({ type: 'divider' })))],
    ['title', 24, (n) => modal([], { title: plain(x(n)) })],
    ['submit', 24, (n) => modal([], { submit: plain(x(n)) })],
    ['close', 24, (n) => modal([], { close: plain(x(n)) })],
    ['callback_id', 255, (n) => modal([], { callback_id: x(n) })],
    ['private_metadata', 3000, (n) => modal([], { private_metadata: x(n) })],
    ['input label', 2000, (n) => modal([input(textInput(), { label: plain(x(n)) })])],
    ['input hint', 2000, (n) => modal([input(textInput(), { hint: plain(x(n)) })])],
    ['input max_length', 3000, (n) => modal([input(textInput({ max_length: n }))])],
    ['input placeholder', 150, (n) => modal([input(textInput({ placeholder: plain(x(n)) }))])],
  ];
  for (const [what, most, make] of rows)
    it(`${what}: ${most}`, () => {
      expect(inModal(make(most))).toEqual([]);
      expect(inModal(make(most + 1))).not.toEqual([]);
    });
});

describe('what Slack refuses, in its words', () => {
  const _ = (name: string, faults: () => string[], expected: string): void =>
    it(name, () => expect(faults()).toContain(expected));

  _(
    'long text',
    () => inMessage(section(x(3001))),
    'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
  );
  _(
    'empty text',
    () => inMessage(section('')),
    'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
  );
  _(
    'many blocks',
    () => inMessage(...times(51, () => ({ type: 'divider' }))),
    'no more than 50 items allowed [json-pointer:/blocks]',
  );
  _(
    'unknown block',
    () => inMessage({ type: 'hologram' }),
    'unsupported type: hologram [json-pointer:/blocks/0/type]',
  );
  _(
    'a zone nobody knows',
    () => inMessage(actions({ type: 'timepicker', timezone: 'Mars/Olympus' })),
    'must be a valid timezone [json-pointer:/blocks/0/elements/0/timezone]',
  );
  _(
    'unknown element',
    () => inMessage(actions({ type: 'lever' })),
    'unsupported type: lever [json-pointer:/blocks/0/elements/0/type]',
  );
  _(
    'a type named like a method',
    () => inMessage({ type: 'constructor' }),
    'unsupported type: constructor [json-pointer:/blocks/0/type]',
  );
  _('no type', () => inMessage({}), 'missing required field: type [json-pointer:/blocks/0]');
  _(
    'unknown property',
    () => inMessage({ type: 'divider', colour: 'red' }),
    'invalid additional property: colour [json-pointer:/blocks/0]',
  );
  _(
    'empty section',
    () => inMessage({ type: 'section' }),
    'must define either `text` or `fields` [json-pointer:/blocks/0/type]',
  );
  _(
    'mrkdwn header',
    () => inMessage({ type: 'header', text: mrkdwn('h') }),
    'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
  );
  _(
    'mrkdwn button',
    () => inMessage(actions(button({ text: mrkdwn('b') }))),
    'unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/text/type]',
  );
  _(
    'button style',
    () => inMessage(actions(button({ style: 'default' }))),
    'must be a valid enum value [json-pointer:/blocks/0/elements/0/style]',
  );
  _(
    'button url',
    () => inMessage(actions(button({ url: 'javascript:alert(1)' }))),
    'must be a valid URL [json-pointer:/blocks/0/elements/0/url]',
  );
  _(
    'no options',
    () => inMessage(actions(select({ options: [] }))),
    'must provide at least 1 items [json-pointer:/blocks/0/elements/0/options]',
  );
  _(
    'image without alt',
    () => inMessage({ type: 'image', image_url: 'https://example.com/a.png' }),
    'missing required field: alt_text [json-pointer:/blocks/0]',
  );
  _(
    'twice the block_id',
    () => inMessage({ type: 'divider', block_id: 'a' }, { type: 'divider', block_id: 'a' }),
    '`block_id` value "a" is already used by another block [json-pointer:/blocks/1/block_id]',
  );
  _(
    'twice the action_id',
    () => inMessage(actions(button({ action_id: 'a' }), button({ action_id: 'a' }))),
    '`action_id` value "a" is already used by another action [json-pointer:/blocks/0/elements/1/action_id]',
  );
  _(
    'initial option not offered',
    () => inMessage(actions(select({ initial_option: option({ value: 'zz' }) }))),
    'initial option must exactly match one of the provided options [json-pointer:/blocks/0/elements/0]',
  );
  _(
    'input in a message',
    () => inMessage(input(textInput())),
    'unsupported type: input [json-pointer:/blocks/0/type]',
  );
  _(
    'alert in a message',
    () => inMessage({ type: 'alert', text: plain('!') }),
    'unsupported type: alert [json-pointer:/blocks/0/type]',
  );
  _(
    'button in an input',
    () => inModal(modal([input(button())])),
    'unsupported type: button [json-pointer:/view/blocks/0/element/type]',
  );
  _(
    'inputs without submit',
    () => inModal(modal([input(textInput())], { submit: undefined })),
    'must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]',
  );
  _(
    'no title',
    () => inModal({ type: 'modal', blocks: [] }),
    'missing required field: title [json-pointer:/view]',
  );
  _(
    'long title',
    () => inModal(modal([], { title: plain(x(25)) })),
    'must be less than 25 characters [json-pointer:/view/title/text]',
  );
  _(
    'home as modal',
    () => inModal({ type: 'home', blocks: [] }),
    'unsupported type: home [json-pointer:/view/type]',
  );
  _(
    'rich text part',
    () => inMessage(rich({ type: 'rich_text_poem', elements: [] })),
    'unsupported type: rich_text_poem [json-pointer:/blocks/0/elements/0/type]',
  );
  _(
    'rich text element',
    () => inMessage(richSection({ type: 'mrkdwn', text: 'a' })),
    'unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/elements/0/type]',
  );
  _(
    'rich text style',
    () => inMessage(richSection({ type: 'text', text: 'a', style: { blink: true } })),
    'invalid additional property: blink [json-pointer:/blocks/0/elements/0/elements/0/style]',
  );
  _(
    'empty rich text',
    () => inMessage(richSection({ type: 'text', text: '' })),
    'must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]',
  );
  _(
    'a mention in preformatted',
    () => inMessage(rich({ type: 'rich_text_preformatted', elements: [{ type: 'user', user_id: 'U1' }] })),
    'unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]',
  );
});

describe('what Slack takes', () => {
  it('a card with everything on it', () => {
    const card = [
      { type: 'header', text: { ...plain(':lock: Approval'), emoji: true } },
      section('*Who* asks'),
      { type: 'divider' },
      rich(
        {
          type: 'rich_text_section',
          elements: [
            { type: 'text', text: 'Ask ', style: { bold: true } },
            { type: 'user', user_id: 'UANA' },
            { type: 'usergroup', usergroup_id: 'SDBA' },
            { type: 'channel', channel_id: 'CPROD' },
            { type: 'broadcast', range: 'here' },
            { type: 'emoji', name: 'rocket' },
            { type: 'link', url: 'https://example.com', text: 'run' },
            { type: 'date', timestamp: 1_790_000_000, format: '{time}', fallback: 'soon' },
          ],
        },
        { type: 'rich_text_preformatted', border: 0, elements: [{ type: 'text', text: 'rm -rf /' }] },
        {
          type: 'rich_text_list',
          style: 'bullet',
          indent: 0,
          elements: [{ type: 'rich_text_section', elements: [] }],
        },
        { type: 'rich_text_quote', elements: [{ type: 'text', text: 'hm' }] },
      ),
      {
        type: 'context',
        elements: [
          plain('a'),
          mrkdwn('b'),
          { type: 'image', image_url: 'https://example.com/i.png', alt_text: 'i' },
        ],
      },
      actions(button({ action_id: 'a', style: 'primary' }), button({ action_id: 'b', style: 'danger' }), {
        type: 'overflow',
        action_id: 'c',
        options: options(2),
      }),
      actions(button({ action_id: 'a' })),
    ];
    expect(inMessage(...card)).toEqual([]);
  });

  it('a modal with every input', () => {
    const inputs = [
      textInput({ multiline: true, min_length: 1, max_length: 3000, focus_on_load: true }),
      { type: 'radio_buttons', options: options(3), initial_option: options(3)[1] },
      { type: 'checkboxes', options: [option({ text: mrkdwn('*b*'), description: mrkdwn('d') })] },
      select({ option_groups: [{ label: plain('g'), options: options(2) }], options: undefined }),
      { type: 'users_select' },
      { type: 'multi_users_select', max_selected_items: 3 },
      { type: 'datepicker', initial_date: '2026-11-21' },
      { type: 'timepicker', initial_time: '23:59', timezone: 'Europe/Berlin' },
      { type: 'number_input', is_decimal_allowed: false },
      { type: 'url_text_input' },
      { type: 'email_text_input' },
    ];
    expect(
      inModal(
        modal([{ type: 'alert', text: plain('!'), level: 'warning' }, ...inputs.map((one) => input(one))]),
      ),
    ).toEqual([]);
  });

  it('a home tab with inputs but without a title', () => {
    expect(viewFaults({ type: 'home', blocks: [section('hi'), input(textInput())] }, 'home')).toEqual([]);
  });
});

it('counts the characters of blocks, ids aside', () => {
  expect(
    blockCharacters([{ type: 'section', block_id: 'abc', text: mrkdwn('hello') }, { type: 'divider' }]),
  ).toBe(5);
});
