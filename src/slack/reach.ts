import type { Preview } from '../core/rules/preview.ts';
import { code, cut, type Inline, type Part, said, section, text } from './blocks.ts';

/** Examples up to this long are shown whole. */
const SHORT = 60;
/** Of what an example has in common with the command, this much beside the difference. */
const BESIDE = 16;
const LONGEST = 90;

/** Commands that a rule covers and does not, as the matcher found: each by what tells it from `command`. */
export function reach({ covers, doesNotCover }: Preview, command: string): Part[] {
  const marked = (mark: string, examples: string[]): Inline[][] =>
    examples.map((example) => [
      text(`${mark} `),
      example === command ? text('this command') : code(contrasted(example, command)),
    ]);
  const all = [...marked('✅', covers), ...marked('⛔', doesNotCover)];
  return [section(...all.flatMap((line, index) => (index === 0 ? line : [text('\n'), ...line])))];
}

/** `kubectl … app:1.2.4; rm -rf /`: the program, then the place where two commands differ. */
export function contrasted(example: string, command: string): string {
  if (example.length <= SHORT) return said(example, LONGEST);
  const before = commonStart(example, command);
  const after = Math.min(commonStart(reversed(example), reversed(command)), example.length - before);
  const program = example.slice(0, example.search(/\s|$/));
  const from = before - BESIDE;
  const start = from <= program.length + 2 ? 0 : from + firstPart(example.slice(from, before));
  const end = after <= BESIDE + 2 ? example.length : example.length - after + BESIDE;
  const head = start === 0 ? '' : `${cut(program, 30)} …`;
  return said(`${head}${example.slice(start, end)}${end === example.length ? '' : '…'}`, LONGEST);
}

/** Where the first whole part of some words begins. */
const firstPart = (words: string): number => Math.max(0, words.search(/(?<=[\s/:,=@])[^\s/:,=@]/));

function commonStart(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

const reversed = (words: string): string => words.split('').reverse().join('');
