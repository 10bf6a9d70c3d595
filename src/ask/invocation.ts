import { redact } from '../core/command/redact.ts';
import { BASH, type Facts } from './facts.ts';

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
  // Loaded only here: most commands are asked about, or come as an argv.
  const { asRead } = await import('./as-read.ts');
  const read = asRead(command, facts.cwd, searchPath);
  if (read) return read;
  return redact(command).redactions.length > 0 ? null : inBash(command.text);
}

/** -p: neither start-up files nor functions from the environment. --: the text may begin with a dash. */
export const inBash = (text: string): Invocation => ({
  file: BASH,
  argv0: BASH,
  args: ['--norc', '--noprofile', '-p', '-c', '--', text],
});
