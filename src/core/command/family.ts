import { callFor } from '../risk/call.ts';
import { literalDepth } from '../rules/literal-depth.ts';
import type { Command } from './command.ts';
import { walk } from './walk.ts';

const MOST = 4;

/**
 * What kind of command this is: its programs with their subcommands (`kubectl set image`), joined by `; `.
 * Similar commands have the same family, whatever they do it to. Empty for what is no command.
 */
export function familyOf(command: Command): string {
  if (command.kind === 'action') return '';
  const families = walk(command)
    .commands.filter((simple) => !simple.isWrapper && simple.program !== '')
    .map((simple) => {
      const { program, operands } = callFor(simple);
      const names = operands
        .filter(({ value, maybeValue }) => !maybeValue && /^[A-Za-z][A-Za-z0-9:_-]*$/.test(value))
        .map(({ value }) => value);
      return [program, ...names.slice(0, literalDepth(program, names[0] ?? null))].join(' ');
    });
  return [...new Set(families)].slice(0, MOST).join('; ');
}
