import type { Fault } from '../command/admissible.ts';
import { OPAQUE_SUBCOMMANDS, TRANSPARENT, type TransparentWrapper } from './tables.ts';
import { plainLiteral, type WordPattern } from './word-pattern.ts';

/** The last part of a program's path: `/usr/bin/env` is `env`. */
export const baseOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** V4: the wrapper that the words begin with, and how many words its name takes. */
export function transparentWrapper(
  words: readonly WordPattern[],
): { wrapper: TransparentWrapper; name: string; head: number } | null {
  const base = baseOf(plainLiteral(words[0]) ?? '');
  const single = TRANSPARENT.get(base);
  if (single) return { wrapper: single, name: base, head: 1 };
  const name = `${base} ${words[1]?.literal ?? ''}`;
  const double = TRANSPARENT.get(name);
  return double ? { wrapper: double, name, head: 2 } : null;
}

/** V5: how many words name the opaque wrapper that begins with a subcommand, 0 if none does. */
export function opaqueSubcommand(literals: readonly (string | null)[]): number {
  const head = OPAQUE_SUBCOMMANDS.find((parts) => parts.every((part, i) => part === literals[i]));
  return head?.length ?? 0;
}

/** Why the inner command was not found; `missing`: there surely is none. */
export type InnerFault = Fault & { missing?: true };

/** V4: where the inner command begins, or why that is not certain. Options and their values must be literal. */
export function innerCommand(
  words: readonly WordPattern[],
  { wrapper, name, head }: NonNullable<ReturnType<typeof transparentWrapper>>,
): number | InnerFault {
  if (wrapper.dashes === 'must') return afterDashes(words, name, head);
  const options = skipOptions(words, wrapper, name, head);
  if (typeof options !== 'number') return options;
  let at = options;
  for (let operand = 0; operand < wrapper.operands; operand++, at++) {
    const word = words[at];
    if (!word) return { why: `\`${name}\` has no operand`, missing: true };
    if (hasPath(word)) return { why: `\`**\` may not be the operand of \`${name}\``, mend: 'write `*`' };
    if (word.prefix.startsWith('-')) return { why: `an option stands where \`${name}\` takes its operand` };
  }
  return at < words.length
    ? at
    : { why: `\`${name}\` is given no command to run`, mend: MEND, missing: true };
}

const MEND = 'spell out the program it runs';
const hasPath = (word: WordPattern): boolean => word.tokens.some(({ kind }) => kind === 'path');

function afterDashes(words: readonly WordPattern[], name: string, head: number): number | Fault {
  const dashes = words.findIndex((word, i) => i >= head && plainLiteral(word) === '--');
  if (dashes < 0) return { why: `\`${name}\` needs \`--\` before the command it runs` };
  if (words.slice(head, dashes).some(hasPath)) return { why: `\`**\` may not stand before \`--\`` };
  return dashes + 1 < words.length
    ? dashes + 1
    : { why: `\`${name}\` is given no command to run`, mend: MEND };
}

function skipOptions(
  words: readonly WordPattern[],
  wrapper: TransparentWrapper,
  name: string,
  head: number,
): number | Fault {
  let at = head;
  let options = true;
  for (let word = words[at]; word; word = words[at]) {
    const literal = plainLiteral(word);
    if (options && word.prefix.startsWith('-')) {
      if (literal === null) return { why: `an option of \`${name}\` is not literal` };
      const taken = optionWords(literal, wrapper);
      if (taken === 0)
        return { why: `\`${literal}\` is not a known option of \`${name}\``, mend: 'leave it out' };
      if (taken === 2 && plainLiteral(words[at + 1]) === null) {
        return { why: `the value of \`${literal}\` is not literal` };
      }
      at += taken;
      if (literal === '--') options = false;
    } else if (wrapper.assignments && /^[A-Za-z_][A-Za-z0-9_]*=/.test(word.prefix)) {
      if (literal === null) return { why: 'an assignment for `env` is not literal' };
      at += 1;
      options = false;
    } else {
      return at;
    }
  }
  return at;
}

/** How many words an option takes: itself, or itself and its value; 0 when it is not known. */
function optionWords(option: string, { flags, values, dashes }: TransparentWrapper): 0 | 1 | 2 {
  if (option === '--') return dashes === 'may' ? 1 : 0;
  if (flags.has(option)) return 1;
  if (values.has(option)) return 2;
  const equals = option.indexOf('=');
  if (equals > 0 && option.startsWith('--') && values.has(option.slice(0, equals))) return 1;
  return !option.startsWith('--') && values.has(option.slice(0, 2)) ? 1 : 0;
}
