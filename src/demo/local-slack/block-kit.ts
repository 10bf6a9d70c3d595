import {
  anyText,
  blockId,
  contextActions,
  image,
  imageElement,
  imageSource,
  menus,
  plainText,
  pressed,
  typed,
} from './block-elements.ts';
import {
  anObject,
  byType,
  type Check,
  type Fault,
  flag,
  isObject,
  type Json,
  list,
  object,
  type Scope,
  type Surface,
  string,
} from './checks.ts';
import { limits } from './limits.ts';
import { richTextBlock } from './rich-text.ts';

const textOrFields: Check = (value, at) => {
  const section = value as Json;
  return section.text || section.fields
    ? []
    : [{ what: 'must define either `text` or `fields`', at: `${at}/type` }];
};

const cell: Check = (value, at, scope) =>
  byType(() => ({ raw_text: object({ text: string(limits.section.text) }), rich_text: richTextBlock({}) }))(
    value,
    at,
    scope,
  );

const blocks: Record<string, Check> = {
  divider: object(blockId),
  header: object({ ...blockId, text: plainText(limits.header) }),
  section: object(
    {
      ...blockId,
      'text?': anyText(limits.section.text),
      'fields?': list(anyText(limits.section.field), limits.section.fields),
      'accessory?': byType(() => ({ ...pressed, ...menus, ...imageElement })),
      'expand?': flag,
    },
    textOrFields,
  ),
  context: object({
    ...blockId,
    elements: list(
      byType(() => ({
        ...imageElement,
        plain_text: object({ text: string(limits.section.text), 'emoji?': flag }),
        mrkdwn: object({ text: string(limits.section.text), 'verbatim?': flag }),
      })),
      limits.context,
    ),
  }),
  actions: object({
    ...blockId,
    elements: list(
      byType(() => ({ ...pressed, ...menus })),
      limits.actions,
    ),
  }),
  image: object({ ...blockId, ...image, 'title?': plainText(limits.image.title) }, imageSource),
  rich_text: richTextBlock(blockId),
};

const onlyIn: Record<Surface, Record<string, Check>> = {
  message: {
    markdown: object({ ...blockId, text: string(limits.markdown) }),
    table: object({
      ...blockId,
      rows: list(list(cell, limits.table.columns), limits.table.rows),
      'column_settings?': list(anObject, limits.table.columns),
    }),
    context_actions: object({
      ...blockId,
      elements: list(
        byType(() => contextActions),
        limits.contextActions,
      ),
    }),
  },
  modal: { alert: object({ ...blockId, text: anyText(limits.alert), 'level?': string(20) }) },
  home: {},
};

const input = object({
  ...blockId,
  label: plainText(limits.input.label),
  'hint?': plainText(limits.input.hint),
  'optional?': flag,
  'dispatch_action?': flag,
  element: byType(() => ({ ...menus, ...typed })),
});
const withInputs: Surface[] = ['modal', 'home'];

const block: Check = (value, at, scope) => {
  const known = { ...blocks, ...onlyIn[scope.surface], ...(withInputs.includes(scope.surface) && { input }) };
  return byType(() => known)(value, at, { ...scope, actionIds: new Set() });
};

const newScope = (surface: Surface): Scope => ({ surface, blockIds: new Set(), actionIds: new Set() });

/** What Slack would find wrong with the blocks of a message. */
export function messageFaults(value: unknown): Fault[] {
  return list(block, limits.message.blocks, 0)(value, '/blocks', newScope('message'));
}

const submitForInputs: Check = (value, at) => {
  const view = value as Json;
  if (view.submit || !Array.isArray(view.blocks)) return [];
  const index = view.blocks.findIndex((one) => isObject(one) && one.type === 'input');
  return index < 0
    ? []
    : [{ what: 'must define `submit` to use an `input` block in modals', at: `${at}/blocks/${index}/input` }];
};

const anyView = {
  blocks: list(block, limits.view.blocks, 0),
  'private_metadata?': string(limits.view.privateMetadata, 0),
  'callback_id?': string(limits.view.callbackId, 0),
  'external_id?': string(limits.view.externalId, 0),
};
const views: Record<'modal' | 'home', Check> = {
  modal: object(
    {
      ...anyView,
      title: plainText(limits.view.title),
      'submit?': plainText(limits.view.submit),
      'close?': plainText(limits.view.close),
      'clear_on_close?': flag,
      'notify_on_close?': flag,
    },
    submitForInputs,
  ),
  home: object(anyView),
};

/** What Slack would find wrong with a modal or a home tab. */
export function viewFaults(value: unknown, surface: 'modal' | 'home'): Fault[] {
  return byType(() => ({ [surface]: views[surface] }))(value, '/view', newScope(surface));
}

/** Characters of all blocks together, as msg_blocks_too_long counts them. */
export function blockCharacters(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, entry) => sum + blockCharacters(entry), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value)
    .filter(([name]) => !['type', 'block_id', 'action_id'].includes(name))
    .reduce((sum, [, entry]) => sum + blockCharacters(entry), 0);
}

/** The faults as Slack prints them: `must be less than 151 characters [json-pointer:/blocks/0/text/text]`. */
export const faultLines = (faults: Fault[]): string[] =>
  faults.map(({ what, at }) => `${what} [json-pointer:${at}]`);
