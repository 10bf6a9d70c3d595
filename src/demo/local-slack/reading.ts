import { isObject, type Json } from './checks.ts';
import { formatDate } from './page/dates.js';
import { emojiText } from './page/emoji.js';
import { type MrkdwnNode, parseMrkdwn, parsePlain } from './page/mrkdwn.js';
import { pressables } from './seeing.ts';
import { optionsOf } from './state-values.ts';
import type { Block, Message, Workspace } from './workspace.ts';

type Names = Pick<Workspace, 'people' | 'channels' | 'userGroups' | 'now'>;
export type Reader = Names & { timeZone?: string };

/** All the text of a message as a person reads it, top to bottom; blocks hide the fallback text. */
export function textOf(reader: Reader, message: Pick<Message, 'text' | 'blocks' | 'files'>): string {
  const lines = message.blocks
    ? message.blocks.map((block) => blockText(reader, block))
    : [nodesText(reader, parseMrkdwn(message.text))];
  const files = (message.files ?? []).map((file) => file.title);
  return [...lines, ...files].filter((line) => line !== '').join('\n');
}

/** All the text of a modal or a home tab. */
export function viewText(reader: Reader, view: Json): string {
  const around = (name: string): string => textObject(reader, view[name]);
  const blocks = (view.blocks as Block[]).map((block) => blockText(reader, block));
  return [around('title'), ...blocks, around('close'), around('submit')].filter(Boolean).join('\n');
}

/** The buttons of blocks: what stands on them and what they carry. */
export type ButtonSeen = { text: string; actionId: string; value?: string; style?: string; url?: string };
export function buttonsOf(reader: Reader, blocks: Block[] | undefined): ButtonSeen[] {
  return pressables(blocks ?? [])
    .filter(({ element }) => element.type === 'button')
    .map(({ element }) => ({
      text: textObject(reader, element.text),
      actionId: String(element.action_id),
      value: element.value as string | undefined,
      style: element.style as string | undefined,
      url: element.url as string | undefined,
    }));
}

function blockText(reader: Reader, block: Json): string {
  const listed = (name: string): Json[] => (Array.isArray(block[name]) ? (block[name] as Json[]) : []);
  switch (block.type) {
    case 'divider':
      return '';
    case 'header':
    case 'alert':
      return textObject(reader, block.text);
    case 'markdown':
      return String(block.text);
    case 'section':
      return joined([
        textObject(reader, block.text),
        ...listed('fields').map((field) => textObject(reader, field)),
        elementText(reader, block.accessory),
      ]);
    case 'context':
    case 'actions':
    case 'context_actions':
      return listed('elements')
        .map((element) => elementText(reader, element))
        .join(' ');
    case 'input':
      return joined([
        textObject(reader, block.label),
        elementText(reader, block.element),
        textObject(reader, block.hint),
      ]);
    case 'image':
      return joined([textObject(reader, block.title), String(block.alt_text)]);
    case 'rich_text':
      return joined(listed('elements').map((part) => richTextPart(reader, part)));
    case 'table':
      return joined(
        (block.rows as Json[][]).map((row) => row.map((cell) => cellText(reader, cell)).join(' | ')),
      );
    default:
      return '';
  }
}

const joined = (lines: string[]): string => lines.filter((line) => line !== '').join('\n');

const cellText = (reader: Reader, cell: Json): string =>
  cell.type === 'rich_text' ? blockText(reader, cell) : String(cell.text);

function textObject(reader: Reader, value: unknown): string {
  if (!isObject(value) || typeof value.text !== 'string') return '';
  const nodes =
    value.type === 'mrkdwn' ? parseMrkdwn(value.text) : parsePlain(value.text, value.emoji !== false);
  return nodesText(reader, nodes);
}

function elementText(reader: Reader, element: unknown): string {
  if (!isObject(element)) return '';
  switch (element.type) {
    case 'plain_text':
    case 'mrkdwn':
      return textObject(reader, element);
    case 'image':
      return String(element.alt_text);
    case 'button':
    case 'icon_button':
      return `[${textObject(reader, element.text)}]`;
    case 'timepicker':
      return joined([
        String(element.initial_time ?? textObject(reader, element.placeholder)),
        String(element.timezone ?? ''),
      ]);
    case 'feedback_buttons':
      return [element.positive_button, element.negative_button]
        .map((button) => elementText(reader, { type: 'button', ...(button as Json) }))
        .join(' ');
    default:
      return joined([
        textObject(reader, element.placeholder),
        typeof element.initial_value === 'string' ? element.initial_value : '',
        ...optionsOf(element).map((option) =>
          joined([textObject(reader, option.text), textObject(reader, option.description)]),
        ),
      ]);
  }
}

function richTextPart(reader: Reader, part: Json): string {
  const elements = part.elements as Json[];
  if (part.type !== 'rich_text_list')
    return elements.map((element) => richTextElement(reader, element)).join('');
  return elements
    .map((item, index) => {
      const mark = part.style === 'ordered' ? `${Number(part.offset ?? 0) + index + 1}.` : '•';
      return `${mark} ${richTextPart(reader, item)}`;
    })
    .join('\n');
}

/** Nothing in rich text is parsed: what stands in it is what is read. */
function richTextElement(reader: Reader, element: Json): string {
  switch (element.type) {
    case 'text':
      return String(element.text);
    case 'link':
      return String(element.text ?? element.url);
    case 'emoji':
      return emojiText(String(element.name));
    case 'user':
      return nodesText(reader, [{ type: 'user', id: String(element.user_id) }]);
    case 'channel':
      return nodesText(reader, [{ type: 'channel', id: String(element.channel_id) }]);
    case 'usergroup':
      return nodesText(reader, [{ type: 'usergroup', id: String(element.usergroup_id) }]);
    case 'broadcast':
      return `@${String(element.range)}`;
    case 'date':
      return dateText(reader, Number(element.timestamp), String(element.format));
    default:
      return '';
  }
}

const dateText = (reader: Reader, timestamp: number, format: string): string =>
  formatDate(timestamp, format, { timeZone: reader.timeZone ?? 'UTC', now: reader.now() });

export function nodesText(reader: Reader, nodes: MrkdwnNode[]): string {
  return nodes.map((node) => nodeText(reader, node)).join('');
}

function nodeText(reader: Reader, node: MrkdwnNode): string {
  switch (node.type) {
    case 'text':
    case 'link':
      return node.text;
    case 'emoji':
      return emojiText(node.name);
    case 'user':
      return `@${reader.people.get(node.id)?.realName ?? node.text ?? node.id}`;
    case 'channel':
      return `#${reader.channels.get(node.id)?.name ?? node.text ?? node.id}`;
    case 'usergroup':
      return `@${reader.userGroups.get(node.id)?.handle ?? node.text ?? node.id}`;
    case 'broadcast':
      return `@${node.range}`;
    case 'date':
      return dateText(reader, node.timestamp, node.format);
    default:
      return nodesText(reader, node.children);
  }
}
