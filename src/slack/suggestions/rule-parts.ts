import type { RichTextList } from '@slack/types';
import { visible } from '../../core/command/visible.ts';
import { openParts } from '../../core/rules/open-parts.ts';
import { code, type Inline, type Part, preformatted, section, text } from '../blocks.ts';
import { chunksOf } from '../shown-command.ts';

/** A modal goes to Slack and comes back escaped for a form; rules that need more are accepted in a terminal. */
const MOST_BYTES = 100_000;
const MOST_RULES = 60;
/** Characters in one block. */
const BLOCK = 2800;

/** A rule as one line: what varies stands out from what is written so each time. */
export const ruleInline = (rule: string): Inline[] =>
  openParts(visible(rule)).flatMap((part) =>
    part.isOpen ? [text(part.text, { bold: true, code: true })] : literal(part.text),
  );

/** Blanks beside an open place stay out of the boxes that code is drawn in. */
function literal(words: string): Inline[] {
  const [, before = '', inner = '', after = ''] = /^( *)(.*?)( *)$/s.exec(words) ?? [];
  return [
    ...(before ? [text(before)] : []),
    ...(inner ? [code(inner)] : []),
    ...(after ? [text(after)] : []),
  ];
}

/** Can a modal show these rules whole? What is not seen in full is not accepted there. */
export const fitsInModal = (rules: readonly string[]): boolean =>
  rules.length <= MOST_RULES && encodeURIComponent(visible(rules.join('\n'))).length <= MOST_BYTES;

/** All rules whole, numbered as `narrow` names them, in as many groups as blocks take. */
export function ruleGroups(rules: readonly string[]): Part[][] {
  const groups: Part[][] = [];
  let room = 0;
  for (const [index, rule] of rules.entries()) {
    for (const { part, size } of ruleParts(rule, index)) {
      if (size > room) {
        groups.push([]);
        room = BLOCK;
      }
      groups.at(-1)?.push(part);
      room -= size;
    }
  }
  return groups;
}

function ruleParts(rule: string, index: number): { part: Part; size: number }[] {
  const shown = visible(rule);
  if (shown.length <= BLOCK && !shown.includes('\n') && !rule.startsWith('= '))
    return [{ part: numbered(index, ruleInline(rule)), size: shown.length }];
  return [
    { part: section(text(`${index + 1}.`)), size: 0 },
    ...chunksOf(shown).map((chunk) => ({ part: preformatted(chunk), size: chunk.length })),
  ];
}

/** Slack's own types do not know `offset`; its reference does. */
const numbered = (index: number, elements: Inline[]): RichTextList & { offset: number } => ({
  type: 'rich_text_list',
  style: 'ordered',
  offset: index,
  elements: [section(...elements)],
});
