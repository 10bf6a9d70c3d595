import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inadmissible } from '../../../src/core/command/admissible.ts';
import { parse, parseArgv, parseShell } from '../../../src/core/command/parse.ts';
import { render } from '../../../src/core/command/render.ts';
import { firstDynamic, type SimpleCommand } from '../../../src/core/command/simple-command.ts';
import { readWord } from '../../../src/core/command/word.ts';

const values = ({ words }: SimpleCommand): (string | null)[] =>
  words.map((word) => (word.static ? word.value : null));

/** The commands as arrays of words, a word that is not static as null; or why there are none. */
function read(text: string): (string | null)[][] | string {
  const parsed = parseShell(text);
  return parsed.analysable ? parsed.commands.map(values) : parsed.why;
}

describe('S1 admissible text', () => {
  it.each([
    ['plain', 'git pull', true],
    ['TAB and LF', 'git\tpull\nls', true],
    ['letters of any script', 'echo größe 日本 имя', true],
    ['a pair of surrogates', 'echo 😀', true],
    ['empty', '', false],
    ['4096 units', 'a'.repeat(4096), true],
    ['4097 units', 'a'.repeat(4097), false],
    ['CR', 'ls\r', false],
    ['NUL', 'ls\0', false],
    ['VT', 'ls\u000b', false],
    ['FF', 'ls\u000c', false],
    ['ESC', 'ls\u001b[31m', false],
    ['DEL', 'ls\u007f', false],
    ['C1 control', 'ls\u0085', false],
    ['no-break blank', 'ls\u00a0-l', false],
    ['soft hyphen', 'l\u00ads', false],
    ['combining grapheme joiner', 'l\u034fs', false],
    ['Arabic letter mark', 'l\u061cs', false],
    ['Hangul filler', 'l\u3164s', false],
    ['Mongolian vowel separator', 'l\u180es', false],
    ['en blank', 'ls\u2002-l', false],
    ['zero-width space', 'l\u200bs', false],
    ['zero-width joiner', 'l\u200ds', false],
    ['right-to-left override', 'l\u202es', false],
    ['isolate', 'l\u2066s', false],
    ['line separator', 'ls\u2028rm', false],
    ['paragraph separator', 'ls\u2029rm', false],
    ['word joiner', 'l\u2060s', false],
    ['ideographic blank', 'ls\u3000-l', false],
    ['variation selector', 'ls\ufe0f', false],
    ['byte order mark', '\ufeffls', false],
    ['private use', 'ls\ue000', false],
    ['unassigned', 'ls\u0378', false],
    ['noncharacter', 'ls\uffff', false],
    ['lone surrogate', 'ls\ud800', false],
    ['tag character', 'ls\u{e0041}', false],
    ['supplementary variation selector', 'ls\u{e0100}', false],
  ])('%s', (_, text, admissible) => {
    expect(inadmissible(text) === null).toBe(admissible);
    if (!admissible) expect(parseShell(text).analysable).toBe(false);
  });
});

describe('S3 shape: simple commands joined by ; LF && || |', () => {
  it.each<[string, (string | null)[][]]>([
    ['a b', [['a', 'b']]],
    ['a;b', [['a'], ['b']]],
    ['a ; b ;', [['a'], ['b']]],
    ['a\nb', [['a'], ['b']]],
    ['\n\n a \n\n b \n', [['a'], ['b']]],
    ['a;\n\n b', [['a'], ['b']]],
    ['a && b || c | d', [['a'], ['b'], ['c'], ['d']]],
    ['a &&\n b', [['a'], ['b']]],
    ['a |\\\n\n b', [['a'], ['b']]],
    ['a \\\n b', [['a', 'b']]],
    ['a\\\n b', [['a', 'b']]],
    ['\\\n a b\\\n', [['a', 'b']]],
    ['a b \\\n', [['a', 'b']]],
    ['a b#c', [['a', 'b#c']]],
    ['a \\#c', [['a', '#c']]],
    ['a !', [['a', '!']]],
    ['a then if', [['a', 'then', 'if']]],
    ["'if' a", [['if', 'a']]],
    ['a x=1 y+=2', [['a', 'x=1', 'y+=2']]],
    ['export A=b', [['export', 'A=b']]],
    ['1A=b c', [['1A=b', 'c']]],
    ["'A'=b c", [['A=b', 'c']]],
    ['a $x', [['a', null]]],
    [Array(16).fill('a').join(';'), Array(16).fill(['a'])],
    [`a${' b'.repeat(127)}`, [['a', ...Array(127).fill('b')]]],
  ])('reads %j', (text, commands) => {
    expect(read(text)).toEqual(commands);
  });

  it.each([
    'a &',
    'a & b',
    'a |& b',
    '! a',
    'time a',
    'time -p a',
    'coproc a',
    '(a)',
    '( a; b )',
    '{ a; }',
    '[[ a ]]',
    '((1))',
    'if a; then b; fi',
    'for x in a; do b; done',
    'for ((;;)); do a; done',
    'while a; do b; done',
    'until a; do b; done',
    'case a in a) b;; esac',
    'select x in a; do b; done',
    'f() { a; }',
    'function f { a; }',
    'a # b',
    '#a',
    '#a\nb',
    '#!/bin/sh\na',
    'A=1',
    'A=1 B=2',
    '> f',
    'A=1 > f',
    ';',
    'a;;b',
    'a ; ; b',
    '; a',
    'a\n;b',
    'a &&',
    '&& a',
    'a | | b',
    '|a',
    ' ',
    '\n',
    '\\\n',
    'a $(b',
    'a "b',
    "a 'b",
    'a `b',
    'a (b)',
    'a )',
    'a <',
    'a <<E',
    'a;;',
    'a && && b',
    'a || | b',
    'if',
    'then',
    'a <<E\nE',
    'a <<< b',
    '(a) > f',
    'a && (b)',
    'a | while read x; do b; done',
    'a; b &',
    'a & ;',
    'a &\nb',
    Array(17).fill('a').join(';'),
    `a${' b'.repeat(128)}`,
    'a $(b; $(c)',
  ])('does not read %j', (text) => {
    expect(read(text)).toBeTypeOf('string');
  });

  it.each([
    ['a 1\\\n>f', 'bash joins the lines and reads 1>f'],
    ['a {v}\\\n>f', 'the same with a variable'],
    ['a >2>f', 'bash takes 2> for one sign and gives up'],
    ['a > 2>&1', 'the same with a blank'],
  ])('does not read %j: %s', (text) => {
    expect(read(text)).toBeTypeOf('string');
  });

  it.each<[string, SimpleCommand['operator'][], boolean[]]>([
    ['a; b\nc', [null, ';', ';'], [false, false, false]],
    ['a && b || c', [null, '&&', '||'], [false, false, false]],
    ['a | b | c; d', [null, '|', '|', ';'], [false, true, true, false]],
    ['a && b | c', [null, '&&', '|'], [false, false, true]],
  ])('keeps what joins %j', (text, operators, pipes) => {
    const parsed = parseShell(text);
    expect(parsed.analysable && parsed.commands.map(({ operator }) => operator)).toEqual(operators);
    expect(parsed.analysable && parsed.commands.map(({ readsPipe }) => readsPipe)).toEqual(pipes);
  });

  it('says where a command is', () => {
    const parsed = parseShell('a b;  cc d');
    const second = parsed.analysable ? parsed.commands[1] : undefined;
    expect(second?.span).toEqual({ start: 6, end: 10 });
    expect(second?.words[1]?.span).toEqual({ start: 9, end: 10 });
  });
});

describe('S5 static words', () => {
  it.each([
    ['abc', 'abc'],
    ['a\\ b', 'a b'],
    ['a\\b', 'ab'],
    ['\\\\', '\\'],
    ["'a b'", 'a b'],
    ["''", ''],
    ['""', ''],
    ['"a b"', 'a b'],
    ['"a\\b"', 'a\\b'],
    ['"a\\"b"', 'a"b'],
    ['"\\$x"', '$x'],
    ['"\\`x"', '`x'],
    ['"\\\\"', '\\'],
    ["'$x'", '$x'],
    ["'*'", '*'],
    ['\\*', '*'],
    ['a"b"\'c\'d', 'abcd'],
    ['{}', '{}'],
    ["'{a,b}'", '{a,b}'],
    ['"a\nb"', 'a\nb'],
    ["'a\nb'", 'a\nb'],
    ['a~', 'a~'],
    ['a/~', 'a/~'],
    ["'~'", '~'],
    ['\\~', '~'],
    ['a=b:c', 'a=b:c'],
    ['"~"', '~'],
    ["a='~'", 'a=~'],
    ['%^#!,@', '%^#!,@'],
    ['é', 'é'],
    ['"!"', '!'],
    ["'\\'", '\\'],
    ['a\\\n', 'a'],
    ['\\\na', 'a'],
  ])('%j is %j', (raw, value) => {
    expect(readWord(raw)).toEqual({ value });
  });

  it.each([
    '$x',
    '${x}',
    '$(x)',
    '$((1))',
    '`x`',
    '"$x"',
    '"`x`"',
    '"$(x)"',
    "$'a'",
    '$"a"',
    '*',
    'a*',
    '?',
    '[a]',
    '[',
    ']',
    '{a,b}',
    '{',
    '}',
    'a{}',
    '{}{}',
    '~',
    '~/a',
    '~u',
    'a=~',
    'a=~/b',
    'a:~',
    'a=b:~',
    "'a='~",
    "''~",
    'a\\\nb',
    '"a\\\nb"',
    'a\\',
    "'a",
    '"a',
    '<(a)',
    '>(a)',
    'a<b',
    'a|b',
    'a&b',
    'a;b',
    'a(b)',
    '!(a)',
    '@(a)',
    '+(a)',
    '$',
    'a$',
    '"$"',
    '{1..3}',
    '{a}',
    '\\\n~',
  ])('%j is dynamic', (raw) => {
    expect(readWord(raw)).toHaveProperty('why');
  });

  it('reads the value of an assignment as what follows `=`', () => {
    expect(readWord('~', '=')).toHaveProperty('why');
    expect(readWord('{}', '=')).toHaveProperty('why');
    expect(readWord('a~', '=')).toEqual({ value: 'a~' });
  });

  it.each(['a $x', 'A=$x b', 'a > $f', 'a > *', 'A=* b', 'A=~ b', 'a; b $x', 'a > ~/f', 'A={} b'])(
    '%j has a dynamic part',
    (text) => {
      const parsed = parseShell(text);
      expect(parsed.analysable && firstDynamic(parsed.commands)).toBeTruthy();
    },
  );
});

describe('S6 assignments', () => {
  it.each<[string, [string, string][]]>([
    ['A=1 b', [['A', '1']]],
    ['A= b', [['A', '']]],
    [
      'A="x y" _b2=\'z\' b',
      [
        ['A', 'x y'],
        ['_b2', 'z'],
      ],
    ],
    ['A=b=c d', [['A', 'b=c']]],
  ])('reads %j', (text, expected) => {
    const parsed = parseShell(text);
    const assignments = parsed.analysable ? parsed.commands[0]?.assignments : [];
    expect(assignments?.map(({ name, value }) => [name, value.static && value.value])).toEqual(expected);
  });

  it.each(['A+=1 b', 'A[0]=1 b', 'A=(1 2) b', 'A[x]+=1 b'])('does not read %j', (text) => {
    expect(read(text)).toBeTypeOf('string');
  });
});

describe('S7 redirections', () => {
  const redirections = (text: string) => {
    const parsed = parseShell(text);
    if (!parsed.analysable) return parsed.why;
    return parsed.commands[0]?.redirections.map(({ fd, operator, target, harmless }) =>
      [fd, operator, target.static ? target.value : null, harmless ? 'harmless' : 'to grant'].join(' '),
    );
  };

  it.each([
    '>&1',
    '>&2',
    '1>&2',
    '2>&1',
    '1>&1',
    '2>&2',
    '2>& 1',
    '>/dev/null',
    '>>/dev/null',
    '1>/dev/null',
    '1>>/dev/null',
    '2>/dev/null',
    '2>>/dev/null',
    '&>/dev/null',
    '&>>/dev/null',
    '</dev/null',
    '0</dev/null',
    '> "/dev/null"',
    '> /dev/nul\\l',
  ])('%s is harmless', (redirection) => {
    expect(redirections(`a ${redirection}`)).toEqual([expect.stringContaining('harmless')]);
  });

  it.each([
    ['a > f', '1 > f to grant'],
    ['a 1> f', '1 > f to grant'],
    ['a >>f', '1 >> f to grant'],
    ['a < f', '0 < f to grant'],
    ['a 0< f', '0 < f to grant'],
    ['a 2>f', '2 > f to grant'],
    ['a &>f', 'both > f to grant'],
    ['a &>>f', 'both >> f to grant'],
    ['a 3>f', '3 > f to grant'],
    ['> f a', '1 > f to grant'],
    ['a 3>/dev/null', '3 > /dev/null to grant'],
    ['a 1</dev/null', '1 < /dev/null to grant'],
    ['a 0>/dev/null', '0 > /dev/null to grant'],
    ['a > /dev/./null', '1 > /dev/./null to grant'],
    ['a > /dev/tcp/h/1', '1 > /dev/tcp/h/1 to grant'],
    ['a >f b', '1 > f to grant'],
  ])('%j asks for a grant', (text, expected) => {
    expect(redirections(text)).toEqual([expected]);
  });

  it.each([
    'a <<E\nb\nE',
    'a <<-E\nE',
    'a <<<b',
    'a <>f',
    'a >|f',
    'a >&f',
    'a 2>&f',
    'a {v}>f',
    'a 2>&-',
    'a <&-',
    'a <&0',
    'a 3>&1',
    'a 2>&3',
    'a >&1-',
    'a 2>&"1"',
    'a 01>f',
    'a 12>f',
    'a >&$x',
    'a 0>&1',
    'a >& 1x',
    'a 1>&2-',
    'a {v}>&-',
    'a >& /dev/null',
    'a 2<&1',
  ])('%j is not read', (text) => {
    expect(redirections(text)).toBeTypeOf('string');
  });
});

describe('A1 argv', () => {
  it('takes every element as it is', () => {
    const parsed = parseArgv(['git', 'commit', '-m', 'a $b; *', "it's"]);
    expect(parsed.analysable && parsed.commands.map(values)).toEqual([
      ['git', 'commit', '-m', 'a $b; *', "it's"],
    ]);
    expect(parsed.analysable && firstDynamic(parsed.commands)).toBeNull();
  });

  it.each<[string, string[]]>([
    ['nothing', []],
    ['an empty element', ['git', '']],
    ['an inadmissible element', ['git', 'a\u200bb']],
    ['an element over the limit', ['git', 'a'.repeat(4097)]],
    ['too many', Array(129).fill('a')],
  ])('refuses %s', (_, argv) => {
    expect(parse({ kind: 'argv', argv }).analysable).toBe(false);
  });

  it('does not read actions', () => {
    expect(parse({ kind: 'action', text: 'deploy' }).analysable).toBe(false);
  });
});

describe('render', () => {
  it.each([
    ['a b', "'a' 'b'"],
    ["a 'b'\\''c'", "'a' 'b'\\''c'"],
    ['A="x y" a;b && c||d|e', "A='x y' 'a'; 'b' && 'c' || 'd' | 'e'"],
    ['> f a 2>&1 b </dev/null', "'a' 'b' 1> 'f' 2>&1 0< '/dev/null'"],
    ['a &>>f', "'a' &>> 'f'"],
    ['a >&2', "'a' 1>&2"],
  ])('%j is %j', (text, rendered) => {
    const parsed = parseShell(text);
    expect(parsed.analysable && render(parsed.commands)).toBe(rendered);
  });

  it('gives nothing where a value is not known', () => {
    const parsed = parseShell('a $x');
    expect(parsed.analysable && render(parsed.commands)).toBeNull();
  });

  const texts = fc.array(
    fc.constantFrom(...'ab\'"\\ \t\n;&|<>=~{}$#!12-/.'.split(''), '2>&1', ' > f', '&&', '\\\n'),
    { maxLength: 24 },
  );
  const shape = (commands: readonly SimpleCommand[]) =>
    commands.map(({ operator, readsPipe, assignments, words, redirections }) => ({
      operator,
      readsPipe,
      assignments: assignments.map(({ name, value }) => [name, value.static && value.value]),
      words: words.map((word) => word.static && word.value),
      redirections: redirections.map(({ fd, operator: sign, target, harmless }) => [
        fd,
        sign,
        target.static && target.value,
        harmless,
      ]),
    }));

  it('parses to what it was made from', () => {
    fc.assert(
      fc.property(texts, (parts) => {
        const parsed = parseShell(`a ${parts.join('')}`);
        if (!parsed.analysable || firstDynamic(parsed.commands)) return;
        const again = parseShell(render(parsed.commands) ?? '');
        expect(again.analysable && shape(again.commands)).toEqual(shape(parsed.commands));
      }),
      { numRuns: 3000, seed: 7 },
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 60 }),
          texts.map((parts) => parts.join('')),
        ),
        (text) => {
          parseShell(text);
          parseArgv(text.split(' '));
        },
      ),
      { numRuns: 3000, seed: 7 },
    );
  });

  it('never throws on deep nesting', () => {
    for (const piece of ['$(', '(', '{ ', '"$(', '`', '${a:-', '((', '<(', '[[ ', 'if ', 'a=(', '$((']) {
      expect(() => parseShell(piece.repeat(1500).slice(0, 4096))).not.toThrow();
    }
  });
});
