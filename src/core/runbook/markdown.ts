import { visible } from '../command/visible.ts';

// Whatever somebody wrote goes through one of these, so that it stays text: no heading, link, table or fence of theirs.

const SPECIAL = /[\\`*_{}[\]()<>#+\-!|~&$@:=^]/g;

/** Somebody's words inside a line of ours. */
export const inline = (words: string): string =>
  oneLine(words)
    .replace(SPECIAL, '\\$&')
    // A bare address would become a link, a number with a dot or bracket a list.
    .replace(/^(\d+)\./, '$1\\.')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, -1)}\\.`);

/** Somebody's words as code inside a line of ours, also in a table. */
export function codeSpan(words: string): string {
  const text = oneLine(words) || ' ';
  // A pipe ends a cell even inside of code, and a backslash before it would not be taken off elsewhere.
  if (text.includes('|')) return inline(words);
  const ticks = '`'.repeat(longestRun(text) + 1);
  const gap = /^`|`$|^ .* $/.test(text) ? ' ' : '';
  return `${ticks}${gap}${text}${gap}${ticks}`;
}

/** Somebody's text as a block of code, its lines as they are. */
export function codeBlock(text: string): string[] {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return [fence, ...visible(text).split('\n'), fence];
}

const oneLine = (words: string): string => visible(words).replace(/\s+/g, ' ').trim();

const longestRun = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
