import type { Looked } from '../core/decide.ts';
import { countedFirst } from '../core/why-it-asks.ts';
import { bold, code, type Inline, lines, type Part, said, section, text } from './blocks.ts';

const MOST_LOOKED = 40;

/** Everything that was looked at: what counted first, each with why it did or did not. */
export function lookedAt(explanation: Looked[]): Part[] {
  if (explanation.length === 0) return [];
  const all = countedFirst(explanation);
  const shown = all.slice(0, MOST_LOOKED).map(lookedLine);
  const more = all.length - shown.length;
  return [section(bold('What was looked at')), lines(...shown, more > 0 ? [text(`${more} more`)] : [])];
}

function lookedLine({ kind, name, applies, why }: Looked): Inline[] {
  const mark = text(applies ? '✔️ ' : '▫️ ');
  const named =
    kind === 'rule' && name !== 'rules'
      ? [text('rule '), code(said(name, 200))]
      : [text(titleOf(kind, name))];
  return [mark, ...named, text(': '), ...inWords(why, 300)];
}

/** Words of the gate in which commands stand between backticks, with those set as code. */
export const inWords = (words: string, max: number): Inline[] =>
  said(words, max)
    .split('`')
    .flatMap((part, index) => (part === '' ? [] : [index % 2 === 1 ? code(part) : text(part)]));

const titleOf = (kind: Looked['kind'], name: string): string =>
  kind === 'policy' ? `policy “${said(name, 100)}”` : said(name, 100);
