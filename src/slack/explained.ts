import type { Looked } from '../core/decide.ts';
import type { RequestView } from '../core/request.ts';
import { bold, code, dotted, type Inline, lines, type Part, said, section, text } from './blocks.ts';

const POLICIES_SHOWN = 2;
const MOST_LOOKED = 40;

/** Why people are asked although they need not be: a policy wants it, or a rule that covers it may not. */
export function whyItAsks({ explanation }: Pick<RequestView, 'explanation'>): Inline[] {
  const policies = explanation.filter((one) => one.applies && one.strength === 'require');
  const more = policies.length - POLICIES_SHOWN;
  const floor = explanation.some((one) => one.applies && one.kind === 'floor');
  return dotted([
    ...policies.slice(0, POLICIES_SHOWN).map(({ name }) => [text(`policy “${said(name, 80)}”`)]),
    more > 0 ? [text(`${more} more`)] : [],
    floor ? [text('a rule covers it, but CRITICAL always asks')] : [],
  ]);
}

/** Everything that was looked at: what counted first, each with why it did or did not. */
export function lookedAt(explanation: Looked[]): Part[] {
  if (explanation.length === 0) return [];
  const all = [...explanation].sort((a, b) => Number(b.applies) - Number(a.applies));
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
