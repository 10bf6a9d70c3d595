/**
 * What somebody asks to run.
 * - `argv`: a program and its arguments, run without a shell
 * - `shell`: shell text, run by bash
 * - `action`: something in words that is not a command (a deployment, a merge)
 */
export type Command =
  | { kind: 'argv'; argv: string[] }
  | { kind: 'shell'; text: string }
  | { kind: 'action'; text: string };

/** Longest command, in bytes of UTF-8: nobody can review a longer one. */
export const MAX_COMMAND_BYTES = 16 * 1024;

const SAFE_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** Quotes one word so that bash reads exactly this value. */
export const quoteWord = (word: string): string =>
  SAFE_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** The command as one text: shell text and actions as they are, an argv with each word quoted as bash needs it. */
export const commandText = (command: Command): string =>
  command.kind === 'argv' ? command.argv.map(quoteWord).join(' ') : command.text;
