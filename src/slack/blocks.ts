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
import { visible } from '../core/command/visible.ts';

// Whatever a caller wrote goes through `said` or `quoted` and ends in a rich-text or plain-text element: Slack never
// parses those, so `<!channel>`, links and fences in it are only characters.

export type Inline = RichTextElement;
export type Part = RichTextSection | RichTextList | RichTextPreformatted | RichTextQuote;
type Style = { bold?: true; italic?: true; code?: true; strike?: true };

/** At most `max` UTF-16 units, never half of a character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 2);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return `${text.slice(0, splitsPair ? max - 2 : max - 1)}…`;
}

/** A caller's words as one short line: what hides is shown, and a line break cannot fake a line of ours. */
export const said = (words: string, max: number): string =>
  cut(
    visible(words)
      .replace(/\s*\n\s*/g, ' ⏎ ')
      .replace(/\t/g, ' '),
    max,
  );

/** Both ends of a caller's words: what was appended stays in sight. */
export function saidEnds(words: string, max: number): string {
  const all = said(words, Number.MAX_SAFE_INTEGER);
  if (all.length <= max) return all;
  const tail = Math.floor(max / 3);
  return `${cut(all, max - tail)}${all.slice(-tail).replace(/^[\udc00-\udfff]/, '')}`;
}

/** A caller's words with their line breaks; only for elements that set them apart from ours. */
export const quotedWords = (words: string, max: number, lines: number): string => {
  const all = visible(words).split('\n');
  return cut(all.length > lines ? `${all.slice(0, lines).join('\n')}…` : all.join('\n'), max);
};

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
