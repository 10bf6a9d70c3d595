import type { SimpleCommand } from '../command/simple-command.ts';
import type { Word } from '../command/word.ts';
import { assignmentsMatch } from './assignments.ts';
import type { PatternRule, Shape } from './compiled-rule.ts';
import { redirectionsGranted } from './redirections.ts';
import { isPlainPath, wordMatches } from './word-matches.ts';

/** R4 to R8: whether a plain rule covers one simple command, whose words are all static. */
export function shapeMatches(rule: { piped: boolean }, shape: Shape, command: SimpleCommand): boolean {
  if (command.readsPipe && !rule.piped) return false;
  return (
    wordsMatch(shape, command.words) &&
    assignmentsMatch(shape.assignments, command.assignments) &&
    redirectionsGranted(shape.redirections, command)
  );
}

/** R4, R5: each word in its place; after the last word of a rule with `**` only plain relative paths. */
function wordsMatch(shape: Shape, words: readonly Word[]): boolean {
  if (shape.rest ? words.length < shape.words.length : words.length !== shape.words.length) return false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const pattern = shape.words[i];
    if (!word?.static) return false;
    if (pattern ? !wordMatches(pattern, word.value) : !isPlainPath(word.value)) return false;
  }
  return true;
}

/** Whether a pattern rule covers one simple command. */
export const ruleMatches = (rule: PatternRule, command: SimpleCommand): boolean =>
  rule.shapes.some((shape) => shapeMatches(rule, shape, command));
