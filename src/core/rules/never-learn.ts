import {
  type Command as CommandNode,
  forEachChild,
  type ParsedScript,
  type Pipeline,
  type SyntaxNode,
} from 'unbash';
import type { Fault } from '../command/admissible.ts';
import { readWord } from '../command/word.ts';
import { opaqueName } from './opaque-wrappers.ts';
import { isAwk, isInterpreter } from './tables.ts';
import { plainWord } from './word-pattern.ts';
import { baseOf, innerCommand, transparentWrapper } from './wrappers.ts';

const PIPE_FAULT = 'it pipes something into an interpreter: unseen code always asks';
const SUBSTITUTION_FAULT = 'it gives an interpreter the output of a command: unseen code always asks';

/** V9: why a command must be looked at each time, even when it was approved word for word. Null when it need not. */
export function neverLearned(script: ParsedScript): Fault | null {
  const functions = new Set<string>();
  walk(script, (node) => {
    if (node.type === 'Function') functions.add(node.name.value);
  });
  let fault: Fault | null = null;
  walk(script, (node) => {
    fault ??= nodeFault(node, functions);
  });
  return fault;
}

function nodeFault(node: SyntaxNode, functions: ReadonlySet<string>): Fault | null {
  if (node.type === 'Pipeline') return pipelineFault(node, functions);
  // `tee >(sh)` is a pipe in another spelling.
  if (node.type === 'ProcessSubstitution' && node.operator === '>' && node.script) {
    return readsCode(node.script) ? { why: PIPE_FAULT, place: node.pos } : null;
  }
  if (node.type !== 'Command' || !mayRun(node, runsWords) || !hasSubstitution(node)) return null;
  return { why: SUBSTITUTION_FAULT, place: node.pos };
}

/** (a) a stage after the first is an interpreter, or a group with one in it that reads its code from the pipe. */
function pipelineFault({ commands }: Pipeline, functions: ReadonlySet<string>): Fault | null {
  for (const stage of commands.slice(1)) {
    const bad =
      stage.type === 'Command'
        ? mayRun(stage, (base) => runsWords(base) || functions.has(base)) ||
          isUnknown(stage) ||
          opensShell(stage)
        : readsCode(stage);
    if (bad) return { why: PIPE_FAULT, place: stage.pos };
  }
  return null;
}

const runsWords = (base: string): boolean =>
  (isInterpreter(base) && !isAwk(base)) || base === 'eval' || base === 'source' || base === '.';

const FEEDS_WORDS = new Set(['xargs', 'parallel']);
const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'mksh', 'ash', 'fish', 'eval', 'source', '.']);
const PREFIXES = new Set(['command', 'exec', 'builtin', 'time', 'busybox', 'toybox']);

const textsOf = (node: CommandNode): string[] =>
  [node.name, ...node.suffix].flatMap((part) => (part?.type === 'Word' ? [part.value] : []));

/** `ssh host`, `sudo -s`, `su`: with no command of its own it is a shell, and reads its commands from the pipe. */
function opensShell(node: CommandNode): boolean {
  const patterns = textsOf(node).map(plainWord);
  const base = baseOf(patterns[0]?.literal ?? '');
  const wrapper = transparentWrapper(patterns);
  if (!wrapper) return SHELL_OPENERS.has(base);
  const inner = innerCommand(patterns, wrapper);
  const { values, operands } = wrapper.wrapper;
  const others = patterns
    .slice(wrapper.head)
    .filter(({ prefix }, i, all) => !prefix.startsWith('-') && !values.has(all[i - 1]?.prefix ?? ''));
  return typeof inner === 'object' && (inner.missing === true || others.length <= operands);
}

const SHELL_OPENERS = new Set(['su', 'runuser', 'screen', 'tmux', 'script', 'nix-shell', 'telnet']);

/** Whether the program of a command, or the one a wrapper runs, is of a kind. */
function mayRun(node: CommandNode, kind: (base: string) => boolean): boolean {
  return wordsMayRun(textsOf(node), kind);
}

function wordsMayRun(words: string[], kind: (base: string) => boolean): boolean {
  const base = baseOf(words[0] ?? '');
  if (kind(base)) return true;
  const patterns = words.map(plainWord);
  const wrapper = transparentWrapper(patterns);
  const inner = wrapper ? innerCommand(patterns, wrapper) : null;
  if (typeof inner === 'number') {
    const command = words.slice(inner);
    // ssh gives its words to a shell, so one word may hold a whole command.
    return wordsMayRun(wrapper?.name === 'ssh' ? command.flatMap(pieces) : command, kind);
  }
  if (inner === null && opaqueName(patterns, base) === null && !PREFIXES.has(base)) return false;
  // Which word is the program is not certain: any could be.
  const programs = words.slice(1).flatMap(pieces).map(baseOf);
  return programs.some((other) => (FEEDS_WORDS.has(base) ? SHELLS.has(other) : kind(other)));
}

const pieces = (word: string): string[] => word.split(/[\s;|&]+/).filter((piece) => piece !== '');

/** A program that is only known when it runs (`| $SHELL`) could be any. */
const isUnknown = ({ name }: CommandNode): boolean => name !== undefined && 'why' in readWord(name.text);

/** An interpreter somewhere inside that has no script of its own, so that it would read its code from the pipe. */
function readsCode(group: SyntaxNode): boolean {
  let found = false;
  walk(group, (node) => {
    if (node.type === 'Command' && mayRun(node, runsWords) && !hasScript(node)) found = true;
  });
  return found;
}

/** `python3 convert.py`: the first argument names a file that was there before. */
function hasScript({ name, suffix }: CommandNode): boolean {
  const first = suffix.find((part) => part.type === 'Word');
  const script = first?.type === 'Word' ? first.value : '-';
  if (!isInterpreter(baseOf(name?.value ?? ''))) return false;
  return (
    /^[A-Za-z0-9_./][A-Za-z0-9_./-]*$/.test(script) &&
    !script.startsWith('/dev/') &&
    !script.startsWith('/proc/')
  );
}

const SUBSTITUTIONS = new Set(['CommandExpansion', 'ArithmeticCommandExpansion', 'ProcessSubstitution']);

/** (b) a command or process substitution in the words, or in what is fed by `<`, `<<` and `<<<`. */
function hasSubstitution(node: CommandNode): boolean {
  let found = false;
  for (const part of [...node.suffix, ...node.prefix.filter(({ type }) => type !== 'Assignment')]) {
    walk(part, ({ type }) => {
      if (SUBSTITUTIONS.has(type)) found = true;
    });
  }
  return found;
}

function walk(node: SyntaxNode, see: (node: SyntaxNode) => void): void {
  see(node);
  forEachChild(node, (child) => walk(child, see));
}
