import type {
  HeaderBlock,
  KnownBlock,
  RichTextBlock,
  RichTextElement,
  RichTextList,
  RichTextPreformatted,
  RichTextQuote,
  RichTextSection,
} from '@slack/types';
import { cut } from '../core/command/said.ts';

export { cut, quotedWords, said, saidEnds } from '../core/command/said.ts';

// Whatever a caller wrote goes through `said` or `quoted` and ends in a rich-text or plain-text element: Slack never
// parses those, so `<!channel>`, links and fences in it are only characters.

export type Inline = RichTextElement;
export type Part = RichTextSection | RichTextList | RichTextPreformatted | RichTextQuote;
type Style = { bold?: true; italic?: true; code?: true; strike?: true };

export const text = (words: string, style?: Style): Inline => ({
  type: 'text',
  text: words === '' ? ' ' : words,
  ...(style && { style }),
});
export const bold = (words: string): Inline => text(words, { bold: true });
export const code = (words: string): Inline => text(words, { code: true });
export const mention = (userId: string): Inline => ({ type: 'user', user_id: userId });

/** A moment in the reader's own time zone; `{ago}`, `{time}` … are Slack's. */
export const date = (at: Date, format = '{date_short_pretty} at {time}'): Inline => ({
  type: 'date',
  timestamp: Math.min(9_999_999_999, Math.max(0, Math.floor(at.getTime() / 1000))),
  format,
  fallback: `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
});

export const section = (...elements: Inline[]): RichTextSection => ({ type: 'rich_text_section', elements });

export const bullets = (items: Inline[][]): RichTextList => ({
  type: 'rich_text_list',
  style: 'bullet',
  elements: items.map((item) => section(...item)),
});

export const preformatted = (words: string): RichTextPreformatted => ({
  type: 'rich_text_preformatted',
  elements: [{ type: 'text', text: words === '' ? ' ' : words }],
});

export const quote = (...elements: Inline[]): RichTextQuote => ({ type: 'rich_text_quote', elements });

/** Lines of one paragraph; a line without elements is left out. */
export function lines(...each: Inline[][]): RichTextSection {
  const full = each.filter((line) => line.length > 0);
  return section(...full.flatMap((line, index) => (index === 0 ? line : [text('\n'), ...line])));
}

export const richText = (...elements: Part[]): RichTextBlock => ({ type: 'rich_text', elements });

export const header = (words: string): HeaderBlock => ({
  type: 'header',
  text: { type: 'plain_text', text: cut(words, 150), emoji: true },
});

/** Elements with ` · ` between them. */
export const dotted = (items: Inline[][]): Inline[] =>
  items
    .filter((item) => item.length > 0)
    .flatMap((item, index) => (index === 0 ? item : [text(' · '), ...item]));

/** Our own words for Slack's fallback text, which is parsed as markup. */
export const escaped = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** What a person is shown: the blocks, and the line for notifications and screen readers. */
export interface Message {
  text: string;
  blocks: KnownBlock[];
}
