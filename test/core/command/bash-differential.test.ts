import { describe, expect, it } from 'vitest';
import { parseShell } from '../../../src/core/command/parse.ts';
import { render } from '../../../src/core/command/render.ts';
import { firstDynamic, type SimpleCommand } from '../../../src/core/command/simple-command.ts';
import { hasBash, runInBash } from './bash-harness.ts';

const CASES = Number(process.env.FUZZ_CASES ?? 2500);
const SEED = Number(process.env.FUZZ_SEED ?? 20261102);

function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const WORD_PARTS = [
  ...[
    'a',
    'b-c',
    '1',
    '2',
    'x=y',
    '=',
    ':',
    '/',
    '.',
    '..',
    ',',
    '@',
    '%',
    '^',
    '+',
    '-',
    '--',
    '-n',
    '_',
    '#',
    '!',
  ],
  ...[
    "'a b'",
    "''",
    '""',
    '"a b"',
    '"a\\"b"',
    '"a\\\\b"',
    '"a\\nb"',
    '"\\$x"',
    '"\\`x"',
    "'\"'",
    '"\'"',
    "'a\\'",
    '\\ ',
  ],
  ...[
    '\\a',
    '\\\\',
    "\\'",
    '\\"',
    '\\$',
    '\\*',
    '\\;',
    '\\&',
    '\\|',
    '\\#',
    '\\~',
    '\\>',
    '{}',
    '{',
    '}',
    '~',
    '*',
    '?',
  ],
  ...[
    '[',
    ']',
    '$x',
    '`b`',
    '$(p9)',
    '"$x"',
    "$'a'",
    '$"a"',
    'é',
    '日',
    '\\\n',
    "'\n'",
    '"\n"',
    "'\t'",
    '1a',
    'if',
    'then',
  ],
  ...[
    '"\\a"',
    '"\\!"',
    '"!"',
    "'$x'",
    "'`'",
    '"a\\\nb"',
    '(',
    ')',
    'a#b',
    '~a',
    'a~',
    ':~',
    '=~',
    '&',
    ';',
    '<',
    '>',
  ],
];
const BLANKS = [' ', ' ', ' ', '  ', '\t', ' \\\n', '\\\n ', '', ' \\\n\\\n\t'];
const OPERATORS = [
  ' ; ',
  ';',
  '\n',
  ' && ',
  '&&',
  ' || ',
  '||',
  ' | ',
  '|',
  '\n\n',
  ' &&\n',
  ' |\n ',
  '\\\n;',
  '\\\n&& ',
  ' & ',
  ' |& ',
  ';;',
];
const REDIRECTIONS = [
  '2>&1',
  '>&2',
  '>/dev/null',
  '2>/dev/null',
  '&>/dev/null',
  '</dev/null',
  '>F',
  '>>F',
  '2>F',
  '&>F',
  '1> F',
  '2>"F"',
  '>\\\nF',
  '3>F',
  '01>F',
  '2>&-',
  '>|F',
  '>& F',
  '<<<a',
  '{v}>F',
  '2>&1 ',
];
const NAMES = ['p0', 'p1', "p'2'", 'p\\3', '"p4"', 'p5\\\n', 'p{}', 'p=6', 'p#7', '-p8', 'p!'];
const ODD = [...'\'"\\#;&|<> \n\t$`(){}[]*?!~=:,%^+-.0123456789', '\\\n', '#!', '&&', '||', '2>', '\u00e9'];

/** A text of tricky pieces, often spoiled by one odd character put somewhere. */
function makeText(next: () => number, number: number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const word = (): string =>
    Array.from({ length: 1 + Math.floor(next() * 3) }, () => pick(WORD_PARTS)).join('');
  const command = (): string => {
    const parts = next() < 0.15 ? [`${pick(['A', 'B', 'A', '1A', 'A-', 'A+'])}=${word()}`] : [];
    parts.push(pick(NAMES));
    for (let i = Math.floor(next() * 4); i > 0; i--) parts.push(word());
    if (next() < 0.3)
      parts.splice(Math.floor(next() * (parts.length + 1)), 0, pick(REDIRECTIONS).replace('F', `f${number}`));
    return parts.join(pick(BLANKS));
  };
  let text = command();
  while (next() < 0.35) text += pick(OPERATORS) + command();
  if (next() < 0.1) text = pick([' ', '\n', '\\\n', ';']) + text;
  if (next() < 0.1) text += pick([' ', '\n', ';', ' ;\n', ' \\\n', '\\', ' #x']);
  if (next() < 0.4) {
    const at = Math.floor(next() * (text.length + 1));
    text = text.slice(0, at) + pick(ODD) + text.slice(at);
  }
  return text;
}

const wordsOf = ({ words }: SimpleCommand): string[] => words.map((word) => (word.static ? word.value : ''));

/** The commands bash reaches when every program ends with one status. */
function reached(commands: readonly SimpleCommand[], status: number): SimpleCommand[] {
  let last = 0;
  let skipped = false;
  return commands.filter(({ operator }) => {
    if (operator !== '|') skipped = (operator === '&&' && last !== 0) || (operator === '||' && last === 0);
    if (!skipped) last = status;
    return !skipped;
  });
}

const assigned = (command: SimpleCommand, name: string): string => {
  const found = command.assignments.findLast((assignment) => assignment.name === name)?.value;
  return found?.static ? found.value : 'unset';
};

const expected = (commands: readonly SimpleCommand[], status: number): string[] =>
  reached(commands, status)
    .map((command) => JSON.stringify([...wordsOf(command), assigned(command, 'A'), assigned(command, 'B')]))
    .sort();

/** Whether bash gets as far as handing it to the harness: no path, builtin or job, and files it can open. */
const isHandedOver = (command: SimpleCommand): boolean => {
  const name = wordsOf(command)[0] ?? '';
  if (!/p[0-9{!=#]/.test(name) || name.includes('/') || name.startsWith('%')) return false;
  return command.redirections.every(
    ({ fd, harmless, operator, target }) =>
      harmless || (fd !== 9 && operator !== '<' && target.static && /^[^/]*[^/.][^/]*$/.test(target.value)),
  );
};

interface Case {
  text: string;
  status: number;
  commands: readonly SimpleCommand[];
}

function makeCases(): Case[] {
  const next = random(SEED);
  const cases: Case[] = [];
  for (let i = 0; cases.length < CASES && i < CASES * 40; i++) {
    const text = makeText(next, i);
    const parsed = parseShell(text);
    if (!parsed.analysable || firstDynamic(parsed.commands) || !parsed.commands.every(isHandedOver)) continue;
    cases.push({ text, status: i % 2, commands: parsed.commands });
  }
  return cases;
}

describe.skipIf(!hasBash)('what we call analysable, bash reads the same way', () => {
  const cases = hasBash ? makeCases() : [];

  it('splits every text into the same commands and words', { timeout: CASES * 20 }, () => {
    expect(cases.length).toBe(CASES);
    const { ran, files } = runInBash(cases);
    const wrong = cases.flatMap(({ text, status, commands }, i) => {
      const bash = ran[i]?.commands.map((words) => JSON.stringify(words)).sort();
      const ours = expected(commands, status);
      return JSON.stringify(bash) === JSON.stringify(ours) ? [] : [{ text, bash, ours }];
    });
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(files.toSorted()).toEqual(targetsOf(cases));
  });

  it('reads the rendered text as the same commands and words', { timeout: CASES * 20 }, () => {
    const rendered = cases
      .filter((_, i) => i % 4 === 0)
      .map(({ status, commands }) => ({ text: render(commands) ?? '', status, commands }));
    const { ran, files } = runInBash(rendered);
    const wrong = rendered.flatMap(({ text, status, commands }, i) => {
      const bash = ran[i]?.commands.map((words) => JSON.stringify(words)).sort();
      const ours = expected(commands, status);
      return JSON.stringify(bash) === JSON.stringify(ours) ? [] : [{ text, bash, ours }];
    });
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(files.toSorted()).toEqual(targetsOf(rendered));
  });
});

/** Files that the redirections of the commands that are reached must have made. */
function targetsOf(cases: readonly Case[]): string[] {
  const targets = cases.flatMap(({ commands, status }) =>
    reached(commands, status).flatMap(({ redirections }) =>
      redirections.flatMap(({ harmless, operator, target }) =>
        harmless || operator === '<' || !target.static ? [] : [target.value],
      ),
    ),
  );
  return [...new Set(targets)].toSorted();
}
