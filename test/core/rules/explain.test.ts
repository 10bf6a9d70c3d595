import { describe, expect, it } from 'vitest';
import { covers } from '../../../src/core/rules/covers.ts';
import { nearMisses, why } from '../../../src/core/rules/explain.ts';
import { compileRules } from '../../../src/core/rules/rule-set.ts';

const rulesOf = (text: string) =>
  compileRules(text).flatMap(({ compilation }) => (compilation.valid ? [compilation.rule] : []));
const found = (rules: string, text: string) => covers(rulesOf(rules), { kind: 'shell', text });

describe('why a command is covered or not', () => {
  it.each([
    ['app *', 'app a', 'covered by `app *`'],
    ['= app a', 'app a', 'an exact rule has the same text'],
    ['a\nb', 'a; b; a', 'every command is covered, by `a`, `b`'],
    ['app *', 'app a; rm -rf /', 'no rule covers `rm -rf /` (command 2 of 2)'],
    ['app', 'A=1 app > /etc/x 2>&1', 'no rule covers `A=1 app > /etc/x`'],
    [
      'app *',
      'app $x',
      '`$x` is not known before it runs (`$` outside quotes is an expansion); only an exact rule covers it',
    ],
    ['app', 'app &', 'it could not be analysed: it puts a command in the background (`&`) (at 4)'],
    [
      'app',
      'app # x',
      'it could not be analysed: it holds something that is not part of a command, such as a comment (at 3)',
    ],
  ])('%s: %j', (rules, text, expected) => {
    expect(why(found(rules, text), (rule) => rule.text)).toBe(expected);
  });

  it.each([
    ['app *', 'app a/b', 'word 2 is `a/b`, the rule says `*`: `*` does not cross `/`'],
    ['app *', 'app -x', 'word 2 is `-x`, the rule says `*`: a wildcard never begins with `-`'],
    ['app *', "app 'a b'", 'word 2 is `a b`, the rule says `*`: no wildcard takes a blank'],
    ['app *', "app 'a;b'", 'word 2 is `a;b`, the rule says `*`: no wildcard takes `;`'],
    [
      'app x:{sha}',
      'app x:latest',
      'word 2 is `latest`, the rule says `{sha}`'
        .replace('`latest`', '`x:latest`')
        .replace('`{sha}`', '`x:{sha}`'),
    ],
    ['app a', 'app b', 'word 2 is `b`, the rule says `a`'],
    ['app a', 'app a b', 'word 3 `b` is one word more than the rule has'],
    ['app a b', 'app a', 'the rule has one more word, `b`'],
    ['app **', 'app a ../b', '`**` takes only plain relative paths, not `../b`'],
    ['app', 'app > x', 'its redirections are not those the rule grants'],
    ['app', 'A=1 app', 'its assignments are not those the rule spells out'],
  ])('%s nearly covers %j', (rules, text, expected) => {
    const coverage = found(rules, text);
    if (coverage.covered || coverage.because.kind !== 'uncovered') return expect.fail();
    expect(nearMisses(rulesOf(rules), coverage.because.command)).toEqual([{ rule: rules, why: expected }]);
  });

  it('names the nearest three, the nearest first, of the same program', () => {
    const rules = 'app x\napp a x\napp a b x\napp a b c\nother a b c d\n= app';
    const coverage = found(rules, 'app a b d');
    if (coverage.covered || coverage.because.kind !== 'uncovered') return expect.fail();
    expect(nearMisses(rulesOf(rules), coverage.because.command).map(({ rule }) => rule)).toEqual([
      'app a b x',
      'app a b c',
      'app a x',
    ]);
  });

  it('knows that a pipe must be granted', () => {
    const coverage = found('a\nb', 'a | b');
    if (coverage.covered || coverage.because.kind !== 'uncovered') return expect.fail();
    expect(nearMisses(rulesOf('b'), coverage.because.command)[0]?.why).toContain('it reads a pipe');
  });
});
