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
    .map(({ program, words }) => {
      const operands = words
        .slice(1)
        .filter((word) => !word.dynamic && /^[A-Za-z][A-Za-z0-9:_-]*$/.test(word.value));
      const depth = literalDepth(program, operands[0]?.value ?? null);
      return [program, ...operands.slice(0, depth).map((word) => word.value)].join(' ');
    });
  return [...new Set(families)].slice(0, MOST).join('; ');
}
