import { type ParsedScript, parse } from 'unbash';
import type { Fault } from '../command/admissible.ts';
import { nestedFault } from '../command/nested.ts';
import type { ExactRule } from './compiled-rule.ts';
import { neverLearned } from './never-learn.ts';

/** R1: an outer blank, TAB or line end says nothing. */
export const trimmed = (text: string): string => text.replace(/^[ \t\n]+|[ \t\n]+$/g, '');

/** R1, V9: reads an exact rule, `= ` and then the whole text of the command. */
export function compileExact(text: string): ExactRule | Fault {
  const command = trimmed(text.slice(2));
  if (command === '') return { why: 'it names no command' };
  // `rm a\ ` ends in an escaped blank; once trimmed it would be taken for `rm a\`.
  if (command.endsWith('\\')) return { why: 'it ends in a backslash', place: text.lastIndexOf('\\') };
  const fault = scriptFault(command);
  if (fault)
    return {
      ...fault,
      place: fault.place === undefined ? undefined : fault.place + text.indexOf(command, 2),
    };
  return { kind: 'exact', text, command };
}

function scriptFault(command: string): Fault | null {
  let script: ParsedScript;
  try {
    script = parse(command);
    if (script.shebang !== undefined) return { why: 'it begins with `#!`', place: 0 };
    const fault = nestedFault(script);
    if (fault) return fault;
    if (script.commands.length === 0) return { why: 'it holds no command' };
    return neverLearned(script);
  } catch {
    return { why: 'the parser gave up on it' };
  }
}
