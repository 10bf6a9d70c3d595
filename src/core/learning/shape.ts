import { parseShell } from '../command/parse.ts';
import { firstDynamic, type SimpleCommand } from '../command/simple-command.ts';
import { MARK } from './atoms.ts';
import { isKnownFlag, oneNameOf } from './options.ts';
import type { Sighting } from './sightings.ts';

/** A part of a word: spelled out, or an atom (its number in the sighting's columns). */
export type Part = { text: string } | { column: number };
export type ShapedWord = Part[];

/** One option as it was given: `-n web`, `--replicas=3`, `--wait`. */
export interface Option {
  /** One name for its spellings. */
  name: string;
  /** The words it was given in. */
  words: ShapedWord[];
  /** What it was given; null: nothing. */
  value: ShapedWord | null;
}

/** The words of a command, told apart: what is called, on what, with which options. */
export interface Shape {
  /** Program and the bare words right after it: `kubectl rollout status`. Never a target. */
  verbs: string[];
  /** The rest in order. */
  items: ({ kind: 'operand'; word: ShapedWord } | ({ kind: 'option' } & Option))[];
}

/** Why a sighting stays exact: its words are not known before it runs, or it is more than one plain command. */
export type Shaped = { simple: true; shape: Shape } | { simple: false };

/** Reads the lines of a sighting as one command with its atoms marked. */
export function shapeOf(sighting: Sighting): Shaped {
  const real = only(sighting.text);
  // Letters and digits only, so that the marked text reads as the real one does.
  let next = 0;
  const marked = only(sighting.skeleton.replace(MARK, () => `Zq${next++}Qz`));
  if (!real || !marked || real.words.length !== marked.words.length) return { simple: false };
  const words = marked.words.map((word) => (word.static ? readParts(word.value) : []));
  const columns = words.flat().filter((part) => 'column' in part).length;
  if (columns !== next) return { simple: false };
  return { simple: true, shape: arrange(words) };
}

/** The only simple command of a text, when it is plain: static words, no assignments, nothing but words. */
function only(text: string): SimpleCommand | null {
  const parsed = parseShell(text);
  if (!parsed.analysable || parsed.commands.length !== 1 || firstDynamic(parsed.commands)) return null;
  const command = parsed.commands[0] as SimpleCommand;
  const isPlain = command.assignments.length === 0 && command.redirections.every(({ harmless }) => harmless);
  return isPlain ? command : null;
}

function readParts(value: string): ShapedWord {
  const parts: Part[] = [];
  let end = 0;
  for (const found of value.matchAll(/Zq(\d+)Qz/g)) {
    if (found.index > end) parts.push({ text: value.slice(end, found.index) });
    parts.push({ column: Number(found[1]) });
    end = found.index + found[0].length;
  }
  if (end < value.length || parts.length === 0) parts.push({ text: value.slice(end) });
  return parts;
}

const BARE = /^[A-Za-z][A-Za-z0-9:-]*$/;

export const textOf = (word: ShapedWord): string | null =>
  word.every((part) => 'text' in part)
    ? word.map((part) => ('text' in part ? part.text : '')).join('')
    : null;
const startOf = (word: ShapedWord): string => {
  const first = word[0];
  return first && 'text' in first ? first.text : '';
};

function arrange(words: ShapedWord[]): Shape {
  const program = textOf(words[0] ?? []) ?? '';
  const verbs = [program];
  let at = 1;
  for (; at < words.length; at++) {
    const bare = textOf(words[at] as ShapedWord);
    if (bare === null || !BARE.test(bare)) break;
    verbs.push(bare);
  }
  const items: Shape['items'] = [];
  while (at < words.length) {
    const word = words[at] as ShapedWord;
    const start = startOf(word);
    if (!start.startsWith('-') || start === '--' || start === '-') {
      // What follows `--` is another program's: nothing of it is an option of this one.
      if (start === '--') {
        for (const rest of words.slice(at)) items.push({ kind: 'operand', word: rest });
        break;
      }
      items.push({ kind: 'operand', word });
      at += 1;
      continue;
    }
    const equals = start.indexOf('=');
    const name = oneNameOf(program, equals < 0 ? start : start.slice(0, equals));
    const next = words[at + 1];
    if (equals >= 0) {
      items.push({ kind: 'option', name, words: [word], value: after(word, equals + 1) });
      at += 1;
    } else if (
      next &&
      !startOf(next).startsWith('-') &&
      textOf(word) !== null &&
      !isKnownFlag(program, start)
    ) {
      items.push({ kind: 'option', name, words: [word, next], value: next });
      at += 2;
    } else {
      items.push({ kind: 'option', name, words: [word], value: null });
      at += 1;
    }
  }
  return { verbs, items };
}

function after(word: ShapedWord, from: number): ShapedWord {
  const [first, ...rest] = word;
  const text = first && 'text' in first ? first.text.slice(from) : '';
  return text === '' ? (rest.length > 0 ? rest : [{ text: '' }]) : [{ text }, ...rest];
}
