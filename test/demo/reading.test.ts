import { describe, expect, it } from 'vitest';
import { mentionsIn } from '../../src/demo/local-slack/mentions.ts';
import { buttonsOf, type Reader, textOf } from '../../src/demo/local-slack/reading.ts';
import { type Block, createWorkspace, withIds } from '../../src/demo/local-slack/workspace.ts';

const reader: Reader = createWorkspace({
  people: [{ id: 'UANA', name: 'ana', realName: 'Ana Lopes' }],
  channels: [{ id: 'CPROD', name: 'deploy-production', members: ['UANA'] }],
  userGroups: [{ id: 'SDBA', handle: 'dba', users: ['UANA'] }],
  now: () => Date.parse('2026-11-21T12:00:00Z'),
  changed: () => {},
});
const read = (text: string): string => textOf(reader, { text });
const blocks = (...all: Record<string, unknown>[]): Block[] => withIds(all);

describe('text is parsed as mrkdwn', () => {
  const _ = (text: string, expected: string): void => it(text, () => expect(read(text)).toBe(expected));

  _('*bold* _italic_ ~gone~ `code`', 'bold italic gone code');
  _('2*3*4 and snake_case_name', '2*3*4 and snake_case_name');
  _('*bold with _italic_ inside*', 'bold with italic inside');
  _('<https://example.com|the run> and https://example.com/x.', 'the run and https://example.com/x.');
  _('<javascript:alert(1)|run>', '<javascript:alert(1)|run>');
  _('<@UANA> in <#CPROD> of <!subteam^SDBA>', '@Ana Lopes in #deploy-production of @dba');
  _('<!channel> <!here>', '@channel @here');
  _(':white_check_mark: :no_such_thing:', '✅ :no_such_thing:');
  _('&lt;b&gt; &amp;amp;', '<b> &amp;');
  _('<!date^1795266000^{date_num} {time}|soon>', '2026-11-21 13:00');
  _('<!date^1795266000^{date_short_pretty}|soon>', 'today');
  _('```\nrm -rf *build*\n```', 'rm -rf *build*');
  _('```fence <!channel>```', 'fence @channel');
  _('&gt; quoted\nnot', 'quotednot');
});

describe('blocks are read top to bottom, the fallback is not', () => {
  const card = blocks(
    { type: 'header', text: { type: 'plain_text', text: ':lock: *Approval*' } },
    { type: 'section', text: { type: 'plain_text', text: ':lock:', emoji: false } },
    {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [
            { type: 'user', user_id: 'UANA' },
            { type: 'text', text: ' *asks*' },
          ],
        },
        { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'echo `<!channel>` :lock:' }] },
        {
          type: 'rich_text_list',
          style: 'ordered',
          elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'first' }] }],
        },
      ],
    },
    { type: 'divider' },
    {
      type: 'context',
      elements: [
        { type: 'mrkdwn', text: '*a*' },
        { type: 'plain_text', text: '*b*' },
      ],
    },
    {
      type: 'actions',
      elements: [
        {
          type: 'button',
          action_id: 'go',
          value: '1',
          style: 'primary',
          text: { type: 'plain_text', text: 'Go' },
        },
      ],
    },
  );

  it('as a person sees it', () => {
    expect(textOf(reader, { text: 'fallback', blocks: card })).toBe(
      [
        '🔒 *Approval*',
        ':lock:',
        '@Ana Lopes *asks*',
        'echo `<!channel>` :lock:',
        '1. first',
        'a *b*',
        '[Go]',
      ].join('\n'),
    );
  });
  it('with its buttons', () => {
    expect(buttonsOf(reader, card)).toEqual([
      { text: 'Go', actionId: 'go', value: '1', style: 'primary', url: undefined },
    ]);
  });
  it('and whom it mentions: never through plain or preformatted text', () => {
    expect(mentionsIn({ text: 'fallback', blocks: card })).toEqual(['UANA']);
    expect(mentionsIn({ text: '<!here> `<@UANA>` <!subteam^SDBA>' })).toEqual(['@here', 'UANA', 'SDBA']);
  });
});
