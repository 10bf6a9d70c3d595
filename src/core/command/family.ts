import { callFor } from '../risk/call.ts';
import type { Call } from '../risk/row.ts';
import { literalDepth } from '../rules/literal-depth.ts';
import type { Command } from './command.ts';
import { walk } from './walk.ts';

const MOST = 4;

/**
 * What kind of command this is: its programs with their subcommands (`kubectl set image`), joined by `; `.
 * Similar commands have the same family, whatever they do it to. Empty for what is no command.
 */
export const familyOf = (command: Command): string =>
  [...new Set(callsOf(command).map((call) => [call.program, ...subcommandsOf(call)].join(' ')))]
    .slice(0, MOST)
    .join('; ');

/** Everything it runs, without what only runs something else. */
export function callsOf(command: Command): Call[] {
  if (command.kind === 'action') return [];
  return walk(command)
    .commands.filter((simple) => !simple.isWrapper && simple.program !== '')
    .map(callFor);
}

/** The words after the program that say which of its many commands it is. */
export function subcommandsOf({ program, operands }: Call): string[] {
  const names = operands
    .filter(({ value, maybeValue }) => !maybeValue && /^[A-Za-z][A-Za-z0-9:_-]*$/.test(value))
    .map(({ value }) => value);
  return names.slice(0, literalDepth(program, names[0] ?? null));
}
