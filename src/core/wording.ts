import { said } from './command/said.ts';
import type { RequesterKind } from './request.ts';

// Words that every surface says alike, so that nobody reads two stories about one request.

export const REQUESTER_KIND: Record<RequesterKind, string> = { ci: 'CI', human: 'person', agent: 'AI agent' };

/** `1,234`: numbers people read. */
export const grouped = (count: number): string => count.toLocaleString('en-US');

/** Words that begin a line. */
export const capitalised = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1);

/** `Ana`, `Ana and Ben`, `Ana, Ben or Caro`. */
export function namesOf(people: { name: string }[], last: 'and' | 'or' = 'and'): string {
  const names = people.slice(0, 5).map((person) => said(person.name, 40) || 'somebody');
  if (people.length > 5) names.push(`${people.length - 5} more`);
  if (names.length <= 1) return names[0] ?? 'somebody';
  return `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`;
}
