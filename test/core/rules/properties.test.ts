import fc from 'fast-check';
import { Minimatch } from 'minimatch';
import { describe, expect, it } from 'vitest';
import { parseArgv, parseShell } from '../../../src/core/command/parse.ts';
import { compileRule } from '../../../src/core/rules/compile.ts';
import type { CompiledRule } from '../../../src/core/rules/compiled-rule.ts';
import { coverage, covers } from '../../../src/core/rules/covers.ts';
import { globOf, LOCK_OPTIONS, StarLocks } from '../../../src/core/rules/minimatch-lock.ts';
import { RuleIndex } from '../../../src/core/rules/rule-index.ts';
import { splitRules } from '../../../src/core/rules/rule-set.ts';
import { ruleMatches } from '../../../src/core/rules/shape-matches.ts';
import { tokensMatch } from '../../../src/core/rules/word-matches.ts';
import { type WordPattern, wordPattern } from '../../../src/core/rules/word-pattern.ts';

const RUNS = { numRuns: 4000, seed: 11 };

const compiled = (text: string): CompiledRule | null => {
  const compilation = compileRule(text);
  return compilation.valid ? compilation.rule : null;
};

const TOKENS = [
  '*',
  '?',
  '[a-c.]',
  '{sha}',
  '{int}',
  '{semver+}',
  '{slug}',
  '{date}',
  '{digest}',
  '{a,b/}',
  '{n:a,b}',
  '**',
  'a',
  'b',
  '-',
  '.',
  '/',
  ':',
  '=',
  ',',
  '@',
  '_',
  '1',
  "'*'",
  "'['",
  '\\\\',
  "' '",
  'é',
  "'{'",
  '%',
  '~',
  "'!'",
];
const token = fc.constantFrom(...TOKENS);
const word = fc.array(token, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
const ruleText = fc.array(word, { minLength: 0, maxLength: 3 }).map((words) => ['app', ...words].join(' '));
const VALUES = [
  'a',
  'b',
  'c',
  '-',
  '.',
  '..',
  '/',
  ':',
  '=',
  ',',
  '@',
  '_',
  '1',
  '42',
  '1.2.3',
  '-rc1',
  '0a1b2c3',
  '2024-01-05',
  '*',
  '[',
  ' ',
  'é',
  '{',
  '%',
  '~',
  '!',
  '\\',
  'sha256:',
  '+',
  '#',
  '^',
];
const value = fc
  .array(fc.constantFrom(...VALUES), { minLength: 0, maxLength: 6 })
  .map((parts) => parts.join(''));

const wordsOf = (rule: CompiledRule): WordPattern[] =>
  rule.kind === 'pattern' ? rule.shapes.flatMap(({ words }) => words) : [];

/** A value that a pattern is likely to take: its literals, with something plain in the open places. */
function likelyValue(pattern: WordPattern, fill: readonly string[]): string {
  let next = 0;
  return pattern.tokens
    .map((part) => (part.kind === 'literal' ? part.text : (fill[next++ % fill.length] ?? '')))
    .join('');
}

describe('a word of a rule', () => {
  it('takes no more than minimatch does (R10)', () => {
    let taken = 0;
    fc.assert(
      fc.property(ruleText, fc.array(value, { minLength: 1, maxLength: 3 }), (text, fill) => {
        const rule = compiled(text);
        for (const pattern of rule ? wordsOf(rule) : []) {
          for (const candidate of [fill[0] ?? '', likelyValue(pattern, fill)]) {
            if (!tokensMatch(pattern.tokens, candidate)) continue;
            taken += 1;
            expect([
              text,
              candidate,
              new Minimatch(globOf(pattern.tokens), LOCK_OPTIONS).match(candidate),
            ]).toEqual([text, candidate, true]);
          }
        }
      }),
      RUNS,
    );
    expect(taken).toBeGreaterThan(1000);
  });

  it('is the same in the quick form and the full form', () => {
    let covered = 0;
    const parts = fc.array(fc.constantFrom('*', 'a', '-', '.', '/', ':', '=', 'b1', '_', 'é', "' '"), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(
        parts,
        parts,
        fc.array(value, { minLength: 1, maxLength: 2 }),
        fc.boolean(),
        (one, two, fill, more) => {
          const rule = compiled(`app ${one.join('')} ${two.join('')}`);
          const patterns = rule ? wordsOf(rule).slice(1) : [];
          if (!rule) return;
          const index = new RuleIndex([{ rule, ref: rule }]);
          const likely = patterns.map((pattern) => likelyValue(pattern, fill));
          for (const words of [
            likely,
            [fill[0] ?? '', ...likely.slice(1)],
            more ? [...likely, 'a'] : likely.slice(1),
          ]) {
            const parsed = parseArgv(['app', ...words]);
            const command = parsed.analysable ? parsed.commands[0] : undefined;
            if (!command) continue;
            const full = rule.kind === 'pattern' && ruleMatches(rule, command);
            covered += full ? 1 : 0;
            expect([rule.text, words, index.pattern(command) !== undefined]).toEqual([
              rule.text,
              words,
              full,
            ]);
          }
        },
      ),
      RUNS,
    );
    expect(covered).toBeGreaterThan(1000);
  });

  it('has one lock for many words that says what minimatch says of each (R10)', () => {
    const literal = fc
      .array(fc.constantFrom('a', 'B1', '.', '..', '-', '/', '//', ':', '=', '@', '+', '~', '%', ',', '_'), {
        maxLength: 5,
      })
      .map((parts) => parts.join(''));
    // Whatever stands there, not only what a `*` takes: the lock must not rest on R3.
    const taken = fc
      .array(
        fc.constantFrom('', 'a', '1.2', '.', '..', '-', '/', ' ', ';', '*', '\u00e9', '\ud83d\ude00', '\n'),
        {
          maxLength: 4,
        },
      )
      .map((parts) => parts.join(''));
    const said = { yes: 0, no: 0 };
    fc.assert(
      fc.property(literal, literal, taken, (prefix, suffix, value) => {
        const pattern = wordPattern(
          [{ kind: 'literal', text: prefix }, { kind: 'star' }, { kind: 'literal', text: suffix }],
          false,
        );
        const locks = new StarLocks();
        const lock = locks.locks[locks.add(pattern)];
        const candidate = prefix + value + suffix;
        const whole = new Minimatch(globOf(pattern.tokens), LOCK_OPTIONS).match(candidate);
        // A word that only minimatch's own leniency about a last `/` lets pass is let pass by no lock of ours.
        const expected = whole && !value.includes('/');
        expect([prefix, suffix, value, lock?.agrees(candidate, prefix.length, suffix.length)]).toEqual([
          prefix,
          suffix,
          value,
          expected,
        ]);
        said[expected ? 'yes' : 'no'] += 1;
      }),
      { numRuns: 20_000, seed: 17 },
    );
    expect(Math.min(said.yes, said.no)).toBeGreaterThan(1000);
  });

  it('takes time that grows with the word, not with a power of it', () => {
    const rule = compiled('app *a*a*a*a*a*a*a*a') as CompiledRule;
    const pattern = wordsOf(rule)[1] as WordPattern;
    const start = performance.now();
    for (let i = 0; i < 20; i++) tokensMatch(pattern.tokens, 'a'.repeat(4000).concat('!'));
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  it('never throws while it is compiled', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 40 }),
          ruleText,
          fc.array(token, { maxLength: 12 }).map((parts) => parts.join('')),
        ),
        (text) => {
          for (const candidate of [
            text,
            `= ${text}`,
            `| ${text}`,
            `A=${text} b`,
            `a > ${text}`,
            `sudo ${text}`,
            `bash ${text}`,
            `docker run ${text}`,
          ])
            compileRule(candidate);
        },
      ),
      RUNS,
    );
  });
});

const RULES = [
  'git pull',
  'git log *',
  'git diff --stat **',
  'docker restart *',
  'kubectl get pods -n {ns:a,b}',
  '| grep *',
  'sort',
  'make lint',
  'TAG=* app x',
  'app > log-*.txt',
  'app *-x',
  'app a/**',
  'echo {sha}',
  'app {a,b} *',
  '= cd a && b',
  'app * b',
  'app a *',
  'app * *',
  'ls **',
  'ls a **',
  'app 2> e',
  'app x',
  "app 'a b'",
  'docker push r/a:*',
  'docker push r/b:*',
  'docker push r/a/b:*',
  'docker push r/c-*',
  'docker push *-z',
  'docker push r/d:x-*',
  '| sort',
];
const COMMANDS = [
  'git pull',
  'git log a',
  'git diff --stat a b/c',
  'docker restart web',
  'kubectl get pods -n b',
  'sort | grep a',
  'make lint 2>&1',
  'TAG=v1 app x',
  'app > log-1.txt',
  'app a-x',
  'app a/b/c',
  'echo 0a1b2c3',
  'app b z',
  'cd a && b',
  'app q b',
  'app a q',
  'app y z',
  'ls',
  'ls a b',
  'app 2> e',
  "app 'a b'",
  'docker push r/a:1',
  'docker push r/b:1',
  'docker push r/a/b:2',
  'docker push r/c-9',
  'docker push q-z',
  'docker push r/d:x-',
  'git pull && make lint',
  'ls a | sort',
  'app x; sort',
];

describe('a set of rules', () => {
  const rules = RULES.map(compiled) as CompiledRule[];

  it('holds only valid rules here', () => expect(rules).not.toContain(null));

  it('never covers less when a rule is added', () => {
    const subset = fc.subarray(rules);
    fc.assert(
      fc.property(subset, fc.constantFrom(...rules), fc.constantFrom(...COMMANDS), (some, added, text) => {
        const command = { kind: 'shell', text } as const;
        if (covers(some, command).covered) expect(covers([...some, added], command).covered).toBe(true);
      }),
      { numRuns: 2000, seed: 5 },
    );
  });

  it('covers every one of the commands', () => {
    expect(COMMANDS.filter((text) => !covers(rules, { kind: 'shell', text }).covered)).toEqual([]);
  });

  const ODD = [
    ';',
    '&',
    '|',
    '&&',
    '||',
    '\n',
    '>',
    '<',
    '>x',
    '2>x',
    '$',
    '$x',
    '$(id)',
    '`id`',
    '*',
    '?',
    '[a]',
    '{a,b}',
    '~',
    '(',
    ')',
    '{',
    '}',
    '!',
    '#',
    ' #',
    ' ',
    '\t',
    "'",
    '"',
    '\\',
    "''",
    '\\\n',
    "$'",
    '-',
    '.',
    '/',
    '..',
    ':',
    ',',
    '=',
    '@',
    '+',
    '\r',
    '\0',
    '\u200b',
    '\u00a0',
    '\u202e',
    '\u0430',
    '\u0301',
    '\u00ad',
    '\u2028',
    '\ufe0f',
    'é',
    '%',
    '^',
    ';id',
    '|sh',
    '&id',
    ' --x',
    ' -x',
    ';rm -rf /',
    '\nid',
    '>>x',
    '<<x',
    '<(id)',
    '&>x',
    '1>x',
  ];

  it('stays covering a spoiled command only when bash reads the same words', () => {
    fc.assert(
      fc.property(fc.constantFrom(...COMMANDS), fc.constantFrom(...ODD), fc.nat(60), (text, odd, place) => {
        const at = Math.min(place, text.length);
        const spoiled = text.slice(0, at) + odd + text.slice(at);
        const found = covers(rules, { kind: 'shell', text: spoiled });
        if (!found.covered || found.by === 'exact') return;
        const [before, after] = [shapeOf(text), shapeOf(spoiled)];
        if (before === after) return;
        // What is left: other words that the same rules cover in their own right, and none with odd characters.
        expect(after).not.toBeNull();
        for (const one of JSON.parse(after ?? '[]') as string[][]) {
          for (const part of one.slice(1))
            expect(part).toMatch(/^(?:[A-Za-z0-9_./:=+~>-]+|a b|;|\n|&&|\|\|?|)$/);
        }
      }),
      { numRuns: 6000, seed: 3 },
    );
  });

  it('is not widened by an odd character in the place of a wildcard', () => {
    for (const odd of ODD.filter((one) => !/^[-.+~]+$/.test(one) && !['é', "''"].includes(one))) {
      for (const [before, after] of [
        ['git log a', 'b'],
        ['docker restart ', 'web'],
        ['app > log-', '1.txt'],
        ['TAG=v', '1 app x'],
        ['echo 0a1b', '2c3'],
      ] as const) {
        const found = covers(rules, { kind: 'shell', text: before + odd + after });
        if (found.covered)
          expect([odd, shapeOf(before + odd + after)]).toEqual([odd, shapeOf(before + after)]);
      }
    }
  });

  it('gives the same answers from the index as from the plain scan', () => {
    const subset = fc.subarray(rules, { minLength: 1 });
    const text = fc
      .tuple(fc.constantFrom(...COMMANDS), fc.constantFrom('', ...ODD), fc.nat(40))
      .map(([command, odd, at]) => command.slice(0, at) + odd + command.slice(at));
    fc.assert(
      fc.property(subset, text, (some, shell) => {
        const index = new RuleIndex(some.map((rule) => ({ rule, ref: rule })));
        const command = { kind: 'shell', text: shell } as const;
        expect(coverage(index, command).covered).toBe(covers(some, command).covered);
        const parsed = parseShell(shell);
        if (!parsed.analysable) return;
        for (const simple of parsed.commands) {
          const expected = some.filter((rule) => rule.kind === 'pattern' && covers([rule], command).covered);
          const found = new Set<CompiledRule>();
          index.pattern(simple, (rule) => {
            found.add(rule);
            return false;
          });
          if (parsed.commands.length === 1) expect(found).toEqual(new Set(expected));
        }
      }),
      { numRuns: 4000, seed: 9 },
    );
  });

  it('gives the same answers from the index for any rules and words', () => {
    const argument = fc.oneof(
      word,
      fc.constantFrom('a', 'b-1', 'r/a:v1', '*', 'x/*', 'r/{n:a,b}:*', '{int}', 'A=*'),
    );
    const ruleTexts = fc.array(
      fc
        .tuple(
          fc.constantFrom('', '', '', '| ', 'A=* ', 'A=b '),
          fc.array(argument, { maxLength: 3 }),
          fc.constantFrom('', '', '', ' **', ' > f', ' 2> e-*'),
        )
        .map(([before, words, after]) => `${before}app ${words.join(' ')}${after}`),
      { minLength: 1, maxLength: 12 },
    );
    let covered = 0;
    fc.assert(
      fc.property(
        ruleTexts,
        fc.array(value, { minLength: 1, maxLength: 3 }),
        fc.nat(11),
        (texts, fill, pick) => {
          const some = texts.flatMap((text) => compiled(text) ?? []);
          const index = new RuleIndex(some.map((rule) => ({ rule, ref: rule })));
          const liked = some[pick % Math.max(1, some.length)];
          const words = liked
            ? wordsOf(liked).map((pattern) => likelyValue(pattern, fill))
            : ['app', ...fill];
          for (const shell of [words, [...words.slice(0, -1), fill[0] ?? '']]) {
            const parsed = parseArgv(shell);
            const base = parsed.analysable ? parsed.commands[0] : undefined;
            if (!base) continue;
            const further = parseShell('A=b app > f');
            const dressed = (further.analysable && further.commands[0]) || expect.fail();
            for (const command of [
              base,
              { ...base, readsPipe: true },
              { ...base, assignments: dressed.assignments },
              { ...base, redirections: dressed.redirections },
            ]) {
              const expected = some.filter((rule) => rule.kind === 'pattern' && ruleMatches(rule, command));
              const found = new Set<CompiledRule>();
              index.pattern(command, (rule) => {
                found.add(rule);
                return false;
              });
              expect([texts, shell, [...found].map(({ text }) => text).toSorted()]).toEqual([
                texts,
                shell,
                [...new Set(expected)].map(({ text }) => text).toSorted(),
              ]);
              covered += expected.length;
            }
          }
        },
      ),
      { numRuns: 2000, seed: 23 },
    );
    expect(covered).toBeGreaterThan(1000);
  });
});

/** The words bash would read, with what joins them and where they write; null when not analysable. */
function shapeOf(text: string): string | null {
  const parsed = parseShell(text);
  if (!parsed.analysable) return null;
  return JSON.stringify(
    parsed.commands.map(({ operator, words, redirections, assignments }) => [
      operator,
      ...words.map((one) => (one.static ? one.value : null)),
      ...redirections
        .filter(({ harmless }) => !harmless)
        .map(({ fd, operator: sign, target }) => `${fd}${sign}${target.static ? target.value : ''}`),
      ...assignments.map(({ name, value: assigned }) => `${name}=${assigned.static ? assigned.value : ''}`),
    ]),
  );
}

describe('a text of several rules', () => {
  it.each<[string, string[]]>([
    ['a\nb', ['a', 'b']],
    ['a\n\n  \nb\n', ['a', 'b']],
    ['= a\nb', ['= a\nb']],
    ['a\n= b\nc', ['a', '= b', 'c']],
    ['', []],
  ])('%j', (text, rules) => {
    expect(splitRules(text).map((rule) => rule.text)).toEqual(rules);
  });
});
