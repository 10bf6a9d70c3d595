import { quoteWord } from '../command/command.ts';
import type { CompiledRule, Shape } from './compiled-rule.ts';
import { covers } from './covers.ts';
import type { Token } from './token.ts';
import type { WordPattern } from './word-pattern.ts';

/** A command that a rule covers, made up from its own words, to show how far it reaches; null where none comes out. */
export function sampleOf(rule: CompiledRule): string | null {
  const text = rule.kind === 'exact' ? rule.command : textOf(rule.shapes[0]);
  return text !== null && covers([rule], { kind: 'shell', text }).covered ? text : null;
}

/** One command for each way to make the choices of a rule. */
export function samplesOf(rule: CompiledRule): string[] {
  if (rule.kind === 'exact') return [rule.command];
  const texts = rule.shapes.flatMap((shape) => textOf(shape) ?? []);
  return [...new Set(texts)].filter((text) => covers([rule], { kind: 'shell', text }).covered);
}

function textOf(shape: Shape | undefined): string | null {
  if (!shape) return null;
  const grants = shape.redirections.map(({ fd, operator, target }) => {
    const sign = fd === 'both' ? '&' : fd === (operator === '<' ? 0 : 1) ? '' : fd;
    return `${sign}${operator} ${quoteWord(wordValue(target))}`;
  });
  const assignments = shape.assignments.map(({ name, value }) => `${name}=${quoteWord(wordValue(value))}`);
  return [...assignments, ...shape.words.map((word) => quoteWord(wordValue(word))), ...grants].join(' ');
}

const wordValue = ({ literal, tokens }: WordPattern): string => literal ?? tokens.map(tokenValue).join('');

function tokenValue(token: Token): string {
  switch (token.kind) {
    case 'literal':
      return token.text;
    case 'star':
      return 'api';
    case 'one':
      return 'a';
    case 'set':
      return token.members.charAt(0);
    case 'path':
      return 'src/api';
    case 'slot':
      return slotValue(token.slot.text.slice(1, -1));
  }
}

const SLOT_VALUES: Record<string, string> = {
  sha: '4f2d9ac1',
  semver: '1.4.2',
  'semver+': '1.4.2',
  int: '3',
  date: '2026-11-02',
  uuid: '0190f3a2-7b1c-7d3e-8f4a-5b6c7d8e9f01',
  ip: '10.0.0.7',
  digest: `sha256:${'4f2d9ac1'.repeat(8)}`,
  ulid: '01HF3ZK8Q5N7V9W2XG4JT6MBRC',
  slug: 'api',
};

/** Of `{sha:40}`, `{int:1-10}`, `{int:4}` and the plain ones. */
function slotValue(content: string): string {
  const [name = '', parameter = ''] = content.split(':');
  if (name === 'sha' && parameter) return '4f2d9ac1'.repeat(5).slice(0, Number(parameter));
  if (name === 'int' && parameter.includes('-')) return parameter.split('-')[0] ?? '';
  if (name === 'int' && parameter) return '3'.repeat(Number(parameter));
  return SLOT_VALUES[content] ?? '';
}
