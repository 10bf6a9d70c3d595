import type { Fault } from '../command/admissible.ts';
import { firstOperandIsLiteral, type KnownOptions } from './first-operand.ts';
import { isInterpreter } from './tables.ts';
import { hasWildcard, isOpen, type Words } from './validity.ts';
import { plainLiteral } from './word-pattern.ts';

const SHELL_FLAGS: KnownOptions = { flags: /^-[aefhuvxnl]+$/, values: /^(?!)/ };
const SHELLS = /^(?:[bdkz]?a?sh|mksh|rbash|ksh|zsh)$/;
// What follows these modules is code again.
const RUNNING_MODULES =
  /^(?:pip|pdb|cProfile|profile|runpy|timeit|trace|code|coverage|debugpy|idlelib|ensurepip)(?:\.|$)/;
const DENO_FLAGS =
  /^(?:-A|-q|--quiet|--allow-[a-z]+(?:=.*)?|--deny-[a-z]+(?:=.*)?|--no-[a-z]+|--unstable[a-z-]*|--cached-only|--frozen|--check)$/;

/** V6: the script or program an interpreter runs is spelled out, right after its name. */
export function interpreterFault(command: Words, base: string): Fault | null {
  if (!isInterpreter(base)) return null;
  const literal = plainLiteral(command.words[1]);
  const fault: Fault = {
    why: `the word after \`${base}\` is the code it runs: it must be a literal that does not begin with \`-\``,
    mend: 'spell the script out',
  };
  if (literal === null) return fault;
  if (!hasWildcard(command)) return codeIsLiteral(command, base, literal) ? null : fault;
  if (base.startsWith('python') && literal === '-m') return moduleFault(command);
  if (literal.startsWith('-')) return fault;
  return base === 'deno' ? denoFault(command) : null;
}

/** Without a wildcard, options may come first, but the code must not be a slot or a choice. */
function codeIsLiteral({ words }: Words, base: string, literal: string): boolean {
  if (!literal.startsWith('-')) return true;
  if (literal === '-m') return plainLiteral(words[2]) !== null;
  return firstOperandIsLiteral(words, 1, SHELLS.test(base) ? SHELL_FLAGS : undefined);
}

function moduleFault({ words }: Words): Fault | null {
  const module = plainLiteral(words[2]);
  if (module === null || module.startsWith('-')) {
    return { why: 'the module after `-m` must be a literal', mend: 'spell the module out' };
  }
  return RUNNING_MODULES.test(module)
    ? { why: `\`-m ${module}\` runs code that its words name: no wildcard may follow` }
    : null;
}

/** `deno run` and the like take the script one word later. */
function denoFault({ words }: Words): Fault | null {
  const script = words.findIndex(
    (word, i) => i > 1 && (isOpen(word) || !DENO_FLAGS.test(word.literal ?? '')),
  );
  const literal = plainLiteral(words[script]);
  return literal === null || literal.startsWith('-')
    ? { why: 'the script that `deno` runs must be a literal', mend: 'spell the script out' }
    : null;
}
