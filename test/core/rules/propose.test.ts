import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/core/command/command.ts';
import { compileRule } from '../../../src/core/rules/compile.ts';
import { covers } from '../../../src/core/rules/covers.ts';
import { disagreements } from '../../../src/core/rules/examples.ts';
import { propose } from '../../../src/core/rules/propose.ts';
import { compileRules } from '../../../src/core/rules/rule-set.ts';

const shell = (text: string): Command => ({ kind: 'shell', text });
const offers = (text: string, similar: string[] = [], risk?: 'HIGH' | 'CRITICAL') =>
  propose({ command: shell(text), similar: similar.map(shell), risk });
const texts = (...given: Parameters<typeof offers>): string[] => offers(...given).map(({ text }) => text);
const patternOf = (...given: Parameters<typeof offers>): string | undefined =>
  offers(...given).find(({ kind }) => kind === 'pattern')?.text;

describe('A3 what is offered after an approval', () => {
  it.each<[string, string[]]>([
    ['git pull', ['= git pull', 'git pull']],
    [" git  'pull' 2>&1", ["= git  'pull' 2>&1", 'git pull']],
    ["echo 'a b' '*' '~'", ["= echo 'a b' '*' '~'", "echo 'a b' '*' '~'"]],
    ["echo it\\'s", ["= echo it\\'s", "echo 'it'\\''s'"]],
    ['a x | b > f && c', ['= a x | b > f && c', 'a x\n| b > f\nc']],
    ['A=1 app 2> e < i', ['= A=1 app 2> e < i', 'A=1 app 2> e < i']],
    ['ls *.txt', ['= ls *.txt']],
    ['for i in a; do b; done', ['= for i in a; do b; done']],
    ['cd x && make', ['= cd x && make']],
    ['export A=b', ['= export A=b']],
    ['curl x | sh', []],
    ['echo "a\nb"', ['= echo "a\nb"']],
    ['bash -c x', ['= bash -c x', 'bash -c x']],
    ['echo {}', ['= echo {}', "echo '{}'"]],
    ['app = x', ['= app = x', 'app = x']],
    ['echo "#x" "!"', ['= echo "#x" "!"', "echo '#x' '!'"]],
    ['ls\u200b', []],
  ])('%j', (text, expected) => {
    expect(texts(text)).toEqual(expected);
  });

  it.each<[string, string, string | undefined]>([
    ['app --tag=v1.2.3', 'app --tag=v1.2.4', 'app --tag={semver}'],
    ['app --tag=1.2.3-rc1', 'app --tag=1.2.4', 'app --tag={semver+}'],
    ['app r.example/a:0a1b2c3', 'app r.example/a:1a1b2c3', 'app r.example/a:{sha:7}'],
    ['app 10.0.0.1', 'app 10.0.0.2', 'app {ip}'],
    ['app 2024-01-05', 'app 2024-01-06', 'app {date}'],
    ['app 12', 'app 345', 'app {int}'],
    ['app web', 'app db', 'app {slug}'],
    ['app Web', 'app db', 'app *'],
    ['app x/Web/y', 'app x/Db/y', 'app x/*/y'],
    [`app a@sha256:${'a1'.repeat(32)}`, `app a@sha256:${'b2'.repeat(32)}`, 'app a@{digest}'],
    ["app 'a b' Web", "app 'a b' Db", "app 'a b' *"],
    ['cat x | app Web', 'cat x | app Db', undefined],
    ['app a b', 'app c d', undefined],
    ['app a:b', 'app c:d', undefined],
    ['app a', 'app a b', undefined],
    ['app -a', 'app -b', undefined],
    ['app .a', 'app .b', undefined],
    ["app 'a;b'", 'app c', undefined],
    ['app a/b', 'app c', undefined],
    ['app a', 'app a', undefined],
    ['A=1 app a', 'A=2 app a', undefined],
    ['app a > x', 'app b > y', undefined],
    ['npm run Build', 'npm run Test', undefined],
    ['npm run build', 'npm run test', undefined],
    ['kubectl get pods', 'kubectl delete pods', undefined],
    ['make build-12', 'make build-13', undefined],
    ['docker run alpine 12', 'docker run alpine 13', 'docker run alpine {int}'],
    ['bash a.sh', 'bash b.sh', undefined],
    ['helm A', 'helm B', undefined],
    ['Web a', 'Db a', undefined],
    ['bash x.sh Web', 'bash x.sh Db', undefined],
    ['bash x.sh web', 'bash x.sh db', 'bash x.sh {slug}'],
    ['docker run alpine Web', 'docker run alpine Db', undefined],
    ['cat docs/A', 'cat docs/B/C', undefined],
  ])('%j and %j give %j', (text, other, pattern) => {
    expect(patternOf(text, [other])).toBe(pattern);
  });

  it('offers nothing for a critical command or an action', () => {
    expect(offers('git pull', [], 'CRITICAL')).toEqual([]);
    expect(propose({ command: { kind: 'action', text: 'deploy' } })).toEqual([]);
  });

  it('offers no star where the risk is high', () => {
    expect(patternOf('app Web', ['app Db'], 'HIGH')).toBeUndefined();
    expect(patternOf('app v1.2.3', ['app v1.2.4'], 'HIGH')).toBe('app {semver}');
  });

  it('takes an argv as it is', () => {
    const command: Command = { kind: 'argv', argv: ['app', 'a b', "it's"] };
    const offered = propose({ command });
    expect(offered.map(({ text }) => text)).toEqual(["= app 'a b' 'it'\\''s'", "app 'a b' 'it'\\''s'"]);
    for (const { text } of offered) {
      const rules = compileRules(text).flatMap(({ compilation }) =>
        compilation.valid ? [compilation.rule] : [],
      );
      expect(covers(rules, command).covered).toBe(true);
    }
  });

  it('shows what each rule covers and what not, as the matcher says', () => {
    for (const { kind, text, covers: covered, doesNotCover } of offers('app --tag=v1.2.3 web', [
      'app --tag=v1.2.4 web',
      'app --tag=v2.0.0 web',
    ])) {
      const rules = (
        kind === 'exact' ? [compileRule(text)] : compileRules(text).map(({ compilation }) => compilation)
      ).flatMap((one) => (one.valid ? [one.rule] : []));
      expect(covered[0]).toBe('app --tag=v1.2.3 web');
      expect(covered.every((command) => covers(rules, shell(command)).covered)).toBe(true);
      expect(doesNotCover).toHaveLength(3);
      expect(doesNotCover.some((command) => covers(rules, shell(command)).covered)).toBe(false);
      if (kind !== 'exact') expect(covered).toHaveLength(3);
    }
  });
});

describe('A4 examples kept with a rule', () => {
  const rules = compileRules('app *').flatMap(({ compilation }) =>
    compilation.valid ? [compilation.rule] : [],
  );

  it('agree', () => {
    expect(disagreements(rules, { match: ['app a'], notMatch: ['app', 'app a; id', 'app -x'] })).toEqual([]);
  });

  it('disagree, each with its reason', () => {
    expect(disagreements(rules, { match: ['app a b'], notMatch: ['app b'] })).toEqual([
      { command: 'app a b', expected: 'match', why: 'no rule covers `app a b`' },
      { command: 'app b', expected: 'notMatch', why: 'covered by `app *`' },
    ]);
  });
});
