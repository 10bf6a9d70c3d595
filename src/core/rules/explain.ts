import type { SimpleCommand } from '../command/simple-command.ts';
import { assignmentsMatch } from './assignments.ts';
import type { CompiledRule, PatternRule, Shape } from './compiled-rule.ts';
import type { Coverage, Obstacle } from './covers.ts';
import { redirectionsGranted } from './redirections.ts';
import type { Token } from './token.ts';
import { isPlainPath, wordMatches } from './word-matches.ts';
import type { WordPattern } from './word-pattern.ts';

const MOST_NEAR = 3;

/** Why a command is covered or not, in one line for people. `textOf` gives the rule's text. */
export function why<T>(coverage: Coverage<T>, textOf: (rule: T) => string): string {
  if (!coverage.covered) return obstacleInWords(coverage.because);
  if (coverage.by === 'exact') return 'an exact rule has the same text';
  const texts = [...new Set(coverage.rules.map(textOf))].map((text) => `\`${text}\``);
  return coverage.rules.length === 1
    ? `covered by ${texts.join('')}`
    : `every command is covered, by ${texts.join(', ')}`;
}

export function obstacleInWords(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case 'unreadable':
      return `it could not be analysed: ${obstacle.why}${obstacle.place === undefined ? '' : ` (at ${obstacle.place})`}`;
    case 'dynamic':
      return `\`${obstacle.word.raw}\` is not known before it runs (${obstacle.word.why}); only an exact rule covers it`;
    case 'uncovered': {
      const which = obstacle.of > 1 ? ` (command ${obstacle.position + 1} of ${obstacle.of})` : '';
      return `no rule covers \`${spelled(obstacle.command)}\`${which}`;
    }
  }
}

/** A command as it was written, without the redirections that need no grant. */
function spelled({ assignments, words, redirections }: SimpleCommand): string {
  return [
    ...assignments.map(({ name, value }) => `${name}=${value.raw}`),
    ...words.map(({ raw }) => raw),
    ...redirections
      .filter(({ harmless }) => !harmless)
      .map(
        ({ fd, operator, target }) => `${fd === 'both' ? '&' : fd < 2 ? '' : fd}${operator} ${target.raw}`,
      ),
  ].join(' ');
}

/** A rule that nearly covers a command, and what is in the way. */
export interface NearMiss {
  rule: string;
  why: string;
}

/** The rules of the same program that match most words, each with its first difference. */
export function nearMisses(rules: Iterable<CompiledRule>, command: SimpleCommand): NearMiss[] {
  const near: (NearMiss & { reached: number })[] = [];
  for (const rule of rules) {
    if (rule.kind === 'exact') continue;
    const [best] = rule.shapes
      .filter((shape) => shape.words[0]?.literal === wordAt(command, 0))
      .map((shape) => firstDifference(rule, shape, command))
      .sort((a, b) => b.reached - a.reached);
    if (best) near.push({ rule: rule.text, ...best });
  }
  near.sort((a, b) => b.reached - a.reached);
  return near.slice(0, MOST_NEAR).map(({ rule, why: reason }) => ({ rule, why: reason }));
}

const wordAt = ({ words }: SimpleCommand, at: number): string | undefined => {
  const word = words[at];
  return word?.static ? word.value : undefined;
};

function firstDifference(
  rule: PatternRule,
  shape: Shape,
  command: SimpleCommand,
): { reached: number; why: string } {
  const { words } = command;
  for (let at = 0; at < Math.max(words.length, shape.words.length); at++) {
    const reason = wordDifference(shape, at, wordAt(command, at));
    if (reason) return { reached: at, why: reason };
  }
  const reached = words.length;
  if (!assignmentsMatch(shape.assignments, command.assignments)) {
    return { reached, why: 'its assignments are not those the rule spells out' };
  }
  if (!redirectionsGranted(shape.redirections, command)) {
    return { reached, why: 'its redirections are not those the rule grants' };
  }
  return command.readsPipe && !rule.piped
    ? { reached, why: 'it reads a pipe; only a rule that begins with `| ` grants that' }
    : { reached, why: 'it matches' };
}

function wordDifference(shape: Shape, at: number, value: string | undefined): string | null {
  const pattern = shape.words[at];
  if (value === undefined) return pattern ? `the rule has one more word, \`${shown(pattern)}\`` : null;
  if (pattern) return wordMatches(pattern, value) ? null : differenceOf(pattern, value, at + 1);
  if (!shape.rest) return `word ${at + 1} \`${value}\` is one word more than the rule has`;
  return isPlainPath(value) ? null : `\`**\` takes only plain relative paths, not \`${value}\``;
}

function differenceOf(pattern: WordPattern, value: string, number: number): string {
  const text = `word ${number} is \`${value}\`, the rule says \`${shown(pattern)}\``;
  if (pattern.literal !== null) return text;
  if (!value.startsWith(pattern.prefix) || !value.endsWith(pattern.suffix)) return text;
  const taken = value.slice(pattern.prefix.length, value.length - pattern.suffix.length);
  if (/^[-.+]/.test(taken)) return `${text}: a wildcard never begins with \`${taken.charAt(0)}\``;
  const crossed = /[/:,=@]/.exec(taken)?.[0];
  if (crossed) return `${text}: \`*\` does not cross \`${crossed}\``;
  const odd = /[^A-Za-z0-9_.+~-]/u.exec(taken)?.[0];
  return odd ? `${text}: no wildcard takes ${odd.trim() === '' ? 'a blank' : `\`${odd}\``}` : text;
}

/** A word of a rule as people write it. */
export const shown = ({ tokens }: WordPattern): string => tokens.map(shownToken).join('');

const SIGNS = { star: '*', one: '?', path: '**' } as const;

function shownToken(token: Token): string {
  if (token.kind === 'literal' || token.kind === 'set') return token.text;
  return token.kind === 'slot' ? token.slot.text : SIGNS[token.kind];
}
