import { byType, type Check, flag, list, matching, number, object, oneOf, string, url } from './checks.ts';
import { limits } from './limits.ts';

const styles = (...names: string[]): Record<string, Check> => ({
  'style?': object(Object.fromEntries(names.map((name) => [`${name}?`, flag]))),
});
const ofText = styles('bold', 'italic', 'strike', 'code', 'underline');
const ofMention = styles('bold', 'italic', 'strike', 'highlight', 'client_highlight', 'unlink');
const id = string(64);

const text = object({ text: string(Number.MAX_SAFE_INTEGER), ...ofText });
const link = object({
  url: url(limits.richText.url),
  'text?': string(limits.section.text),
  'unsafe?': flag,
  ...ofText,
});

const inline: Record<string, Check> = {
  text,
  link,
  user: object({ user_id: id, ...ofMention }),
  usergroup: object({ usergroup_id: id, ...ofMention }),
  channel: object({ channel_id: id, ...ofMention }),
  broadcast: object({ range: oneOf('here', 'channel', 'everyone'), ...ofMention }),
  emoji: object({
    name: matching(/^[a-z0-9_+'-]+$/, 'must be a valid emoji name'),
    'unicode?': string(100),
    'skin_tone?': number(1, 6),
    ...ofText,
  }),
  date: object({
    timestamp: number(0, 9_999_999_999),
    format: string(300),
    'url?': url(limits.richText.url),
    'fallback?': string(300),
    ...ofText,
  }),
  color: object({ value: matching(/^#[0-9a-fA-F]{6}$/, 'must be a valid hex color') }),
};

const anything = Number.MAX_SAFE_INTEGER;
const border = { 'border?': oneOf(0, 1) };
const inlines = list(
  byType(() => inline),
  anything,
  0,
);
const section = object({ elements: inlines });

const parts: Record<string, Check> = {
  rich_text_section: section,
  rich_text_quote: object({ elements: inlines, ...border }),
  rich_text_preformatted: object({
    elements: list(
      byType(() => ({ text, link })),
      anything,
      0,
    ),
    'language?': string(50),
    ...border,
  }),
  rich_text_list: object({
    style: oneOf('bullet', 'ordered'),
    elements: list(
      byType(() => ({ rich_text_section: section })),
      anything,
    ),
    'indent?': number(0, limits.richText.indent),
    'offset?': number(0, 10_000),
    ...border,
  }),
};

/** A rich_text block, also where it stands in a table's cell; `more` are the properties of the place it stands in. */
export const richTextBlock = (more: Record<string, Check>): Check =>
  object({
    ...more,
    elements: list(
      byType(() => parts),
      anything,
    ),
  });
