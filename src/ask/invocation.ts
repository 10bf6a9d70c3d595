import type { Command } from '../core/command/command.ts';
import { redact } from '../core/command/redact.ts';
import { BASH, type Facts, findProgram } from './facts.ts';

/** What is started: a file, the name it is called by, and its arguments. */
export interface Invocation {
  file: string;
  argv0: string;
  args: string[];
}

/**
 * How an approved command is run. What people approved runs as its approved bytes. What a rule allowed runs as the
 * gate read it: one program by its arguments without a shell, or a text written anew from the decoded words, so
 * that bash cannot read it otherwise than the gate did.
 * @returns null for what must not run: the gate saw it without its secrets, and with them it does not parse
 */
export async function invocationOf(
  facts: Facts,
  byRule: boolean,
  searchPath: string,
): Promise<Invocation | null> {
  const { command, file } = facts;
  if (command.kind === 'argv') return { file, argv0: command.argv[0]!, args: command.argv.slice(1) };
  if (!byRule) return inBash(command.text);
  const read = await asRead(command, facts.cwd, searchPath);
  if (read) return read;
  return redact(command).redactions.length > 0 ? null : inBash(command.text);
}

/** -p: neither start-up files nor functions from the environment. --: the text may begin with a dash. */
const inBash = (text: string): Invocation => ({
  file: BASH,
  argv0: BASH,
  args: ['--norc', '--noprofile', '-p', '-c', '--', text],
});

/** null: it cannot be analysed, so an exact rule covered its very bytes. */
async function asRead(command: Command, cwd: string, searchPath: string): Promise<Invocation | null> {
  // Loaded only here: most commands are asked about, or come as an argv.
  const [{ parse }, { render }] = await Promise.all([
    import('../core/command/parse.ts'),
    import('../core/command/render.ts'),
  ]);
  const parsed = parse(command);
  if (!parsed.analysable) return null;
  const [only, ...others] = parsed.commands;
  const isPlain = only && others.length === 0 && only.assignments.length + only.redirections.length === 0;
  const words = isPlain ? only.words.map((word) => (word.static ? word.value : null)) : [null];
  if (!words.includes(null)) {
    const [name, ...args] = words as string[];
    const file = findProgram(name as string, cwd, searchPath, null);
    // A builtin of bash without a file of its own, such as `[[`, is left to bash.
    if (file) return { file, argv0: name as string, args };
  }
  const text = render(parsed.commands);
  return text === null ? null : inBash(text);
}
