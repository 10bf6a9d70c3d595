import type { Redirection, SimpleCommand } from '../command/simple-command.ts';

/** One word as a rule spells it literally: in single quotes where a character would mean something else. */
export function ruleWord(value: string): string {
  if (/^[A-Za-z0-9_.+/:,=@%^-]+$/.test(value)) return value;
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/**
 * A simple command as the text of a literal rule (A3). `spell` may put something open in the place of a word.
 * Null where no pattern rule can say it: a value that is not known before it runs, or holds a line end.
 */
export function ruleText(
  { assignments, words, redirections, readsPipe }: SimpleCommand,
  spell: (value: string, position: number) => string = ruleWord,
): string | null {
  const parts: (string | null)[] = readsPipe ? ['|'] : [];
  for (const { name, value } of assignments) {
    parts.push(value.static && !value.value.includes('\n') ? `${name}=${ruleWord(value.value)}` : null);
  }
  for (const [position, word] of words.entries()) {
    parts.push(word.static && !word.value.includes('\n') ? spell(word.value, position) : null);
  }
  for (const redirection of redirections) {
    if (!redirection.harmless) parts.push(grantOf(redirection));
  }
  return parts.includes(null) ? null : parts.join(' ');
}

function grantOf({ fd, operator, target }: Redirection): string | null {
  if (!target.static || target.value.includes('\n')) return null;
  const plain = operator === '<' ? 0 : 1;
  return `${fd === 'both' ? '&' : fd === plain ? '' : fd}${operator} ${ruleWord(target.value)}`;
}
