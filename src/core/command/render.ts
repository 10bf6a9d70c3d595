import type { Redirection, SimpleCommand } from './simple-command.ts';
import type { Word } from './word.ts';

/**
 * The text bash is given for a covered compound: every word from its decoded value in single quotes, the
 * operators and redirections from the tree. So bash reads exactly what was judged, whatever the request's
 * spelling was. Null when a value is not known before it runs.
 */
export function render(commands: readonly SimpleCommand[]): string | null {
  const parts: string[] = [];
  for (const command of commands) {
    const text = renderOne(command);
    if (text === null) return null;
    parts.push(
      command.operator === null ? text : `${command.operator === ';' ? '' : ' '}${command.operator} ${text}`,
    );
  }
  return parts.join('');
}

function renderOne({ assignments, words, redirections }: SimpleCommand): string | null {
  const parts: (string | null)[] = [];
  for (const { name, value } of assignments) parts.push(prefixed(`${name}=`, value));
  for (const word of words) parts.push(prefixed('', word));
  for (const redirection of redirections) parts.push(renderRedirection(redirection));
  return parts.includes(null) ? null : parts.join(' ');
}

function renderRedirection({ fd, operator, target }: Redirection): string | null {
  if (operator === '>&') return `${fd}>&${target.raw}`;
  return prefixed(fd === 'both' ? `&${operator} ` : `${fd}${operator} `, target);
}

const prefixed = (prefix: string, word: Word): string | null =>
  word.static ? `${prefix}'${word.value.replaceAll("'", `'\\''`)}'` : null;
