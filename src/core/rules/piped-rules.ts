import type { Fault } from '../command/admissible.ts';
import { opaqueName } from './opaque-wrappers.ts';
import { isAwk, isInterpreter, STDIN_EXECUTORS } from './tables.ts';
import { plainLiteral, type WordPattern } from './word-pattern.ts';
import { baseOf, innerCommand, transparentWrapper } from './wrappers.ts';

/** V8: why a program may not be fed by a pipe: it would execute or apply what it reads. Null when it may. */
export function stdinFault({ words }: { words: readonly WordPattern[] }): Fault | null {
  const base = baseOf(plainLiteral(words[0]) ?? '');
  if (executesStdin(base)) {
    return {
      why: `\`${base}\` executes or applies what it reads from a pipe`,
      mend: 'approve the whole pipeline with an exact rule (`= …`)',
    };
  }
  const found = transparentWrapper(words);
  if (found) {
    const inner = innerCommand(words, found);
    return typeof inner === 'number' ? stdinFault({ words: words.slice(inner) }) : inner;
  }
  return opaqueName(words, base) !== null && words.slice(1).some(namesExecutor)
    ? { why: `\`${base}\` runs a program that executes what it reads` }
    : null;
}

const executesStdin = (base: string): boolean =>
  STDIN_EXECUTORS.has(base) || (isInterpreter(base) && !isAwk(base));

/** Without knowing which word is the program, every word counts. */
const namesExecutor = ({ literal }: WordPattern): boolean =>
  literal !== null && executesStdin(baseOf(literal));
