import { type Command, commandText } from '../command/command.ts';
import { isShell } from '../command/unwrap.ts';
import { type SimpleCommand, type Walked, type WalkedWord, walk } from '../command/walk.ts';
import { leveled, START, UNKNOWN, type Wildcard } from './wildcard.ts';

/** One way to read a part of a command, for wide patterns. */
export interface Reading {
  /** Level text with the marks of `wildcard.ts`. */
  text: string;
  /** For people; not redacted. */
  words: string[];
}

export interface Readings {
  /** Every simple command at any depth, and the whole text. */
  list: Reading[];
  /** The loose words of a command that could not be analysed; null when it could. */
  loose: Reading[] | null;
  /** Why it could not. */
  fault: string | null;
}

const MOST_UNITS = 256 * 1024;

/**
 * All that a wide pattern is held against. Where the text cannot tell what runs, the reading has an unknown stretch
 * in that place: a dynamic word or glob, what `xargs` appends, what a shell reads from a pipe.
 */
export function readings(command: Command): Readings {
  const walked = walk(command);
  const found = new Map<string, Reading>();
  const add = (text: string, words: string[]): void => {
    const level = closed(leveled(text));
    if (!found.has(level)) found.set(level, { text: level, words });
  };
  for (const simple of walked.commands) {
    const words = simple.words.map(({ value }) => value);
    for (const text of readingsOf(simple, walked.commands)) add(text, words);
  }
  for (const text of wholeTexts(command, walked)) add(text, [commandText(command)]);
  const list = [...found.values()];
  const isHuge = list.reduce((sum, { text }) => sum + text.length, 0) > MOST_UNITS;
  const fault = isHuge ? 'it is too large' : (walked.faults[0] ?? null);
  if (isHuge) list.push({ text: UNKNOWN, words: [] });
  return { list, loose: fault === null ? null : looseWords(commandText(command)), fault };
}

/** The reading that a pattern takes: one without unknown stretches where there is one. */
export function findReading(
  { list }: Readings,
  patterns: readonly Wildcard[],
): { reading: Reading; sure: boolean } | null {
  let unsure: Reading | null = null;
  for (const reading of list) {
    const sure = !reading.text.includes(UNKNOWN);
    if (!sure && unsure) continue;
    if (!patterns.some((pattern) => pattern.mayMatch(reading.text))) continue;
    if (sure) return { reading, sure };
    unsure = reading;
  }
  return unsure && { reading: unsure, sure: false };
}

/** Blanks beside an unknown stretch belong to it: an empty `$X` leaves no word, a long one leaves several. */
const closed = (text: string): string => text.trim().replace(/ *\0[ \0]*/g, UNKNOWN);

function readingsOf(simple: SimpleCommand, all: readonly SimpleCommand[]): string[] {
  if (readsUnknownScript(simple)) return [UNKNOWN];
  const replaced = replacedIn(simple, all);
  const shown = (word: WalkedWord): string =>
    replaced.some((pattern) => pattern.test(word.value)) ? UNKNOWN : possible(word);
  const words = simple.words.map((word, i) => {
    const value = shown(word);
    if (value === '') return value;
    if (i > 0 && !simple.isWrapper) return value;
    // An option a wrapper's table does not know could hide where the inner command begins: any word may be it.
    return value.startsWith(UNKNOWN) ? value : START + value.replaceAll('/', `/${START}`);
  });
  const assignments = simple.assignments.map(({ name, value }) => `${name}=${shown(value)}`);
  const appended = simple.wrappers.some((name) => APPENDERS.has(name)) ? [UNKNOWN] : [];
  const text = [...assignments, ...words, ...appended].filter((word) => word !== '').join(' ');
  const around = [' ', ''].map((gap) => text + redirected(simple, gap));
  return [...new Set([text, ...around])];
}

/** `$X`, `$(…)` and the like may be anything; so may what stands between the outermost glob characters. */
function possible({ value, dynamic, glob }: Pick<WalkedWord, 'value' | 'dynamic' | 'glob'>): string {
  if (dynamic) return UNKNOWN;
  if (!glob) return value;
  const first = value.search(GLOB);
  let last = value.length;
  while (last > 0 && !GLOB.test(value[last - 1]!)) last--;
  return first < 0 ? UNKNOWN : value.slice(0, first) + UNKNOWN + value.slice(last);
}
const GLOB = /[*?[\]{}()@+!|,]/;

/** Redirections and what it reads, behind the words. */
function redirected({ redirections, input, program }: SimpleCommand, gap: string): string {
  const parts = redirections.flatMap(({ operator, descriptor, target }) =>
    target ? [` ${descriptor ?? ''}${operator}${gap}${possible(target)}`] : [],
  );
  if (input === null) return parts.join('');
  const read = SCHEDULERS.has(program) ? input.replace(/\S+/g, `${START}$&`) : input;
  return `${parts.join('')} ${read}`;
}

/** What they read, they run later. */
const SCHEDULERS = new Set(['at', 'batch', 'crontab']);
const APPENDERS = new Set(['xargs', 'parallel']);
const FINDERS = new Set(['find', 'fd']);

/** `curl … | sh`: the script is nowhere to be seen. */
function readsUnknownScript({ program, stageOfPipe, input, words, isWrapper }: SimpleCommand): boolean {
  if (stageOfPipe === 0 || input !== null || isWrapper) return false;
  if (!isShell(program)) return program === 'ssh';
  const options = words.slice(1).filter(({ value }) => value.startsWith('-'));
  return options.length === words.length - 1 || options.some(({ value }) => /^-[a-z]*s/i.test(value));
}

const BRACES = /\{[./#%\d-]*\}/;

/** What `find -exec` and `xargs -I` replace by words of their own, in all that stands inside them. */
function replacedIn(simple: SimpleCommand, all: readonly SimpleCommand[]): RegExp[] {
  const replaced: RegExp[] = [];
  for (let outer = outerOf(simple, all); outer; outer = outerOf(outer, all)) {
    const { program, words } = outer;
    if (!FINDERS.has(program) && !APPENDERS.has(program)) continue;
    replaced.push(BRACES);
    const at = words.findIndex(({ value }) => /^(-[0a-z]*[IJi]|--replace=)/i.test(value));
    const [, short, own] = /^(?:-[0a-z]*?([IJi])|--replace=)(.*)$/.exec(words[at]?.value ?? '') ?? [];
    const text = own || (short === 'I' || short === 'J' ? words[at + 1]?.value : '');
    if (text) replaced.push(new RegExp(text.replace(/[^A-Za-z0-9]/g, '\\$&')));
  }
  return replaced;
}

const outerOf = ({ parent }: SimpleCommand, all: readonly SimpleCommand[]): SimpleCommand | undefined =>
  parent === null ? undefined : all[parent];

/** The text as it is written, with and without its quotes; unknown where a word is decided when it runs. */
function wholeTexts(command: Command, walked: Walked): string[] {
  const text = commandText(command);
  if (command.kind !== 'shell') return [text];
  const spans = walked.commands
    .flatMap(({ words, assignments }) => [...words, ...assignments.map(({ value }) => value)])
    .filter(({ dynamic, glob, span }) => (dynamic || glob) && span.end > span.start)
    .map(({ span }) => span)
    .sort((a, b) => a.start - b.start);
  let at = 0;
  let withGaps = '';
  for (const { start, end } of spans) {
    if (start > at) withGaps += text.slice(at, start);
    if (end > at) withGaps += UNKNOWN;
    at = Math.max(at, end);
  }
  withGaps += text.slice(at);
  return [text, withGaps, withGaps.replace(/["'\\]/g, '')];
}

/** Every word that a text which cannot be read might run, with any quoting and path taken off. */
function looseWords(text: string): Reading[] {
  const words = text
    .replace(/\\\r?\n/g, '')
    .replace(/["'\\]/g, '')
    .split(/[\s;|&(){}<>=,]+/);
  return [...new Set(words)]
    .filter((word) => word !== '')
    .map((word) => {
      const value = possible({
        value: word,
        dynamic: /[$`]/.test(word),
        glob: /[*?[]/.test(word),
      });
      return { text: closed(leveled(START + value.replaceAll('/', `/${START}`))), words: [word] };
    });
}
