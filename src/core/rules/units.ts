import type { SimpleCommand } from '../command/simple-command.ts';
import type { Shape } from './compiled-rule.ts';
import { redirectionsToGrant } from './redirections.ts';
import { plainWord, type WordPattern, wordPattern } from './word-pattern.ts';

// No rule and no command holds these characters (S1), so that the parts of a command are never taken for another.
const ASSIGNMENT = '\u0003';
const REDIRECTION = '\u0004';

/**
 * What the index compares beside the words: assignments, then redirections that need a grant, each as one text.
 * Null when some value is not known before the command runs.
 */
export function furtherUnits(command: SimpleCommand): string[] | null {
  const units: string[] = [];
  for (const { name, value } of command.assignments) {
    if (!value.static) return null;
    units.push(`${ASSIGNMENT}${name}=${value.value}`);
  }
  for (const { fd, operator, target } of redirectionsToGrant(command)) {
    if (!target.static) return null;
    units.push(`${REDIRECTION}${fd}${operator}=${target.value}`);
  }
  return units;
}

/**
 * The words of a rule and its further units, in the same order. A rule that ends in `**` is found by its words
 * alone: what follows them is not counted.
 */
export function shapeUnits({ words, assignments, redirections, rest }: Shape): readonly WordPattern[] {
  if (rest || assignments.length + redirections.length === 0) return words;
  return [
    ...words,
    ...assignments.map(({ name, value }) => after(`${ASSIGNMENT}${name}=`, value)),
    ...redirections.map(({ fd, operator, target }) => after(`${REDIRECTION}${fd}${operator}=`, target)),
  ];
}

/** The `=` at the end keeps what follows at a boundary. */
const after = (text: string, word: WordPattern): WordPattern =>
  word.literal !== null
    ? plainWord(text + word.literal)
    : wordPattern([{ kind: 'literal', text }, ...word.tokens], word.chosen);
