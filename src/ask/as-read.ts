import type { Command } from '../core/command/command.ts';
import { parse } from '../core/command/parse.ts';
import { render } from '../core/command/render.ts';
import { findProgram } from './facts.ts';
import { type Invocation, inBash } from './invocation.ts';

/**
 * Shell text as the gate read it: one program by its arguments, or a text written anew from the decoded words.
 * null: it cannot be analysed, so an exact rule covered its very bytes.
 */
export function asRead(command: Command, cwd: string, searchPath: string): Invocation | null {
  const parsed = parse(command);
  if (!parsed.analysable) return null;
  const [only, ...others] = parsed.commands;
  const isPlain = only && others.length === 0 && only.assignments.length + only.redirections.length === 0;
  const words = isPlain ? only.words.map((word) => (word.static ? word.value : null)) : [null];
  if (!words.includes(null)) {
    const [name, ...args] = words as string[];
    const file = findProgram(name as string, cwd, searchPath, null);
    // A builtin of bash without a file of its own is left to bash.
    if (file) return { file, argv0: name as string, args };
  }
  const text = render(parsed.commands);
  return text === null ? null : inBash(text);
}
