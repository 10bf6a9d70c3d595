import { type Command, commandText, quoteWord } from './command.ts';

/** A word of a command, held against an earlier one: the same, new here, or gone. */
export interface WordChange {
  kind: 'same' | 'added' | 'removed';
  word: string;
}

/** More words than this are not compared: a person could not read the comparison either. */
const MOST_WORDS = 200;

/**
 * What differs from an earlier command, word by word (longest common subsequence). null when they are equal, or too
 * long to compare.
 */
export function wordDiff(before: Command, now: Command): WordChange[] | null {
  const [a, b] = [wordsOf(before), wordsOf(now)];
  if (a.length > MOST_WORDS || b.length > MOST_WORDS) return null;
  const lengths = commonLengths(a, b);
  const changes: WordChange[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      changes.push({ kind: 'same', word: b[j++] as string });
      i++;
    } else if (i < a.length && (j >= b.length || lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      changes.push({ kind: 'removed', word: a[i++] as string });
    } else {
      changes.push({ kind: 'added', word: b[j++] as string });
    }
  }
  return changes.some((change) => change.kind !== 'same') ? changes : null;
}

/** Are the two alike enough that comparing them tells something? More words stayed than came. */
export function isComparable(changes: WordChange[] | null): boolean {
  const count = (kind: WordChange['kind']) => changes?.filter((change) => change.kind === kind).length ?? 0;
  return changes === null || count('same') > count('added');
}

/** lengths[i][j]: of the longest common subsequence of a from i and b from j. */
function commonLengths(a: string[], b: string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i]![j] =
        a[i] === b[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  return lengths;
}

const wordsOf = (command: Command): string[] =>
  command.kind === 'argv' ? command.argv.map(quoteWord) : commandText(command).split(/\s+/).filter(Boolean);
