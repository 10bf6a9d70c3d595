import type { Span, Word } from './word.ts';

/** `NAME=value` before the program (S6). */
export interface Assignment {
  name: string;
  value: Word;
  span: Span;
}

/**
 * A redirection in one spelling (S7): `1>` is `>` with fd 1, `0<` is `<` with fd 0, `&>` is `>` with fd `both`.
 * `>&` joins one of stdout and stderr to the other and is always harmless.
 */
export interface Redirection {
  fd: number | 'both';
  operator: '>' | '>>' | '<' | '>&';
  target: Word;
  /** Moves output only to the other stream or to /dev/null: ignored when a rule is matched. */
  harmless: boolean;
  span: Span;
}

/** One program with its words (S4). The first word is the program's name. */
export interface SimpleCommand {
  /** What joins it to the command before it; null for the first. A line end counts as `;`. */
  operator: ';' | '&&' | '||' | '|' | null;
  readsPipe: boolean;
  assignments: Assignment[];
  words: Word[];
  redirections: Redirection[];
  span: Span;
}

/** The first word, assignment value or redirection target whose value is not known before it runs. */
export function firstDynamic(commands: readonly SimpleCommand[]): (Word & { static: false }) | null {
  for (const { assignments, words, redirections } of commands) {
    for (const { value } of assignments) if (!value.static) return value;
    for (const word of words) if (!word.static) return word;
    for (const { target } of redirections) if (!target.static) return target;
  }
  return null;
}
