import { parse as parseBash } from 'unbash';
import { type Fault, inadmissible } from './admissible.ts';
import { type Command, quoteWord } from './command.ts';
import { nestedFault } from './nested.ts';
import { MOST_WORDS, type ReadScript, readScript } from './read-script.ts';
import type { SimpleCommand } from './simple-command.ts';
import type { Word } from './word.ts';

/** How a command reads: its simple commands in order, or why nobody but a person may judge it. */
export type Parsed =
  | { analysable: true; commands: SimpleCommand[] }
  | { analysable: false; why: string; place?: number };

/** Reads a request's command. Never throws: what is odd is not analysable. */
export function parse(command: Command): Parsed {
  if (command.kind === 'argv') return parseArgv(command.argv);
  if (command.kind === 'shell') return parseShell(command.text);
  return { analysable: false, why: 'an action in words is not a command' };
}

/** Shell text → simple commands (S1–S7). */
export function parseShell(text: string): Parsed {
  const unreadable = inadmissible(text);
  if (unreadable) return refuse(unreadable);
  let read: ReadScript;
  try {
    const script = parseBash(text);
    read = readScript(script, text);
    if ('commands' in read && read.dynamic) {
      const fault = nestedFault(script);
      if (fault) return refuse(fault);
    }
  } catch {
    return refuse({ why: 'the parser gave up on it' });
  }
  return 'commands' in read ? { analysable: true, commands: read.commands } : refuse(read);
}

/** A1: a program and its arguments, run without a shell. Every element is static; S1 holds for each. */
export function parseArgv(argv: readonly string[]): Parsed {
  if (argv.length === 0) return refuse({ why: 'it has no program' });
  if (argv.length > MOST_WORDS) return refuse({ why: `it has more than ${MOST_WORDS} words` });
  const words: Word[] = [];
  let start = 0;
  for (const [i, value] of argv.entries()) {
    const fault = typeof value === 'string' ? inadmissible(value) : { why: 'it is not text' };
    if (fault) return refuse({ why: `argument ${i}: ${fault.why}` });
    const raw = quoteWord(value);
    words.push({ static: true, value, raw, span: { start, end: start + raw.length } });
    start += raw.length + 1;
  }
  const span = { start: 0, end: start - 1 };
  const command = { operator: null, readsPipe: false, assignments: [], words, redirections: [], span };
  return { analysable: true, commands: [command] };
}

const refuse = ({ why, place }: Fault): Parsed => ({ analysable: false, why, place });
