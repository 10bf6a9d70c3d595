import type { Fault } from '../command/admissible.ts';
import { assignmentFault } from './assignments.ts';
import { codeReferenceFault, literalDepthFault, referenceOptionFault } from './code-references.ts';
import type { Shape } from './compiled-rule.ts';
import { interpreterFault } from './interpreters.ts';
import { opaqueWrapperFault } from './opaque-wrappers.ts';
import { stdinFault } from './piped-rules.ts';
import { SHELL_STATE } from './tables.ts';
import { plainLiteral, type WordPattern } from './word-pattern.ts';
import { baseOf, innerCommand, transparentWrapper } from './wrappers.ts';

const MOST_WILDCARDS = 8;
const PROGRAM = /^[A-Za-z0-9_./+][A-Za-z0-9_./+@:-]*$/;

/** The words a validity rule looks at; `rest`: further words may follow (`**`). */
export interface Words {
  words: readonly WordPattern[];
  rest: boolean;
}

export const isOpen = (word: WordPattern): boolean => plainLiteral(word) === null;
export const hasWildcard = ({ words, rest }: Words): boolean =>
  rest || words.some(({ wildcards }) => wildcards > 0);

/** V1 to V8: why a plain rule would cover more than its author can see, or null. */
export function shapeFault(shape: Shape, piped: boolean): Fault | null {
  if (shape.words.length === 0) return { why: 'it names no program' };
  return (
    tooManyWildcards(shape) ??
    assignmentFault(shape.assignments) ??
    wordsFault(shape) ??
    (piped ? stdinFault(shape) : null)
  );
}

function tooManyWildcards({ words, rest, assignments, redirections }: Shape): Fault | null {
  let count = rest ? 1 : 0;
  for (const word of words) count += word.wildcards;
  for (const { value } of assignments) count += value.wildcards;
  for (const { target } of redirections) count += target.wildcards;
  return count > MOST_WILDCARDS ? { why: `it has more than ${MOST_WILDCARDS} wildcards (${count})` } : null;
}

/** V1 to V7c for a command and, inside wrappers, for the command they run. */
function wordsFault(command: Words): Fault | null {
  const name = plainLiteral(command.words[0]);
  if (name === null || !PROGRAM.test(name)) {
    return { why: 'the program is not spelled out', mend: 'begin with the name of one program' };
  }
  const base = baseOf(name);
  if (SHELL_STATE.has(base)) {
    return { why: `\`${base}\` changes the shell itself`, mend: 'approve it with an exact rule (`= …`)' };
  }
  const wild = hasWildcard(command);
  if (!wild && !command.words.some(isOpen)) return null;
  const fault =
    optionFault(command.words) ?? opaqueWrapperFault(command, base) ?? interpreterFault(command, base);
  if (fault) return fault;
  const own = ownWords(command);
  const reference = wild
    ? (codeReferenceFault(command, base) ??
      referenceOptionFault(own, base) ??
      literalDepthFault(command, base))
    : null;
  return reference ?? wrapperFault(command, wild);
}

/** The words that are the wrapper's and not the inner command's: its options are another program's. */
function ownWords(command: Words): Words {
  const found = transparentWrapper(command.words);
  const inner = found && innerCommand(command.words, found);
  return typeof inner === 'number' ? { words: command.words.slice(0, inner), rest: false } : command;
}

/** V3: a wildcard may not decide which option it is. */
function optionFault(words: readonly WordPattern[]): Fault | null {
  for (const { wildcards, prefix, tokens } of words) {
    if (wildcards === 0 || !prefix.startsWith('-')) continue;
    const wild = tokens.findIndex(({ kind }) => kind !== 'literal' && kind !== 'slot');
    const before = tokens
      .slice(0, wild)
      .some((token) => token.kind === 'literal' && token.text.includes('='));
    if (!before) {
      return {
        why: 'a wildcard decides which option it is: `*` may stand only after `=` in an option',
        mend:
          prefix.startsWith('--') && /^--[A-Za-z0-9-]+$/.test(prefix)
            ? `write ${prefix.replace(/-+$/, '')}=*`
            : 'spell the option out',
      };
    }
  }
  return null;
}

/** V4: the inner command of a wrapper must be found, spelled out, and valid itself. */
function wrapperFault(command: Words, wild: boolean): Fault | null {
  const found = transparentWrapper(command.words);
  if (!found) return null;
  const inner = innerCommand(command.words, found);
  if (typeof inner === 'number') {
    const fault = wordsFault({ words: command.words.slice(inner), rest: command.rest });
    return fault && { ...fault, why: `inside \`${found.name}\`: ${fault.why}` };
  }
  return wild || innerMayBeOpen(command.words, found.head) ? inner : null;
}

/**
 * Without a wildcard a wrapper may have options we do not know, or run nothing; then whatever could be the
 * program must be a plain literal, which holds when the first open word comes after two that are not options.
 */
function innerMayBeOpen(words: readonly WordPattern[], head: number): boolean {
  const open = words.findIndex(isOpen);
  const before = words.slice(head, open).filter(({ prefix }, i, all) => {
    const previous = all[i - 1];
    return !prefix.startsWith('-') && !previous?.prefix.startsWith('-');
  });
  return before.length < 2;
}
