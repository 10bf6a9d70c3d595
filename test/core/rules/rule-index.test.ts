import { describe, expect, it } from 'vitest';
import { parseShell } from '../../../src/core/command/parse.ts';
import type { SimpleCommand } from '../../../src/core/command/simple-command.ts';
import { compileRule } from '../../../src/core/rules/compile.ts';
import type { CompiledRule } from '../../../src/core/rules/compiled-rule.ts';
import { coverage, covers } from '../../../src/core/rules/covers.ts';
import { RuleIndex } from '../../../src/core/rules/rule-index.ts';

const rule = (text: string): CompiledRule => {
  const compilation = compileRule(text);
  if (!compilation.valid) throw new Error(`${text}: ${compilation.why}`);
  return compilation.rule;
};
const simple = (text: string): SimpleCommand => {
  const parsed = parseShell(text);
  return (parsed.analysable && parsed.commands[0]) || expect.fail(text);
};
const indexOf = (...texts: string[]): RuleIndex<string> =>
  new RuleIndex(texts.map((text) => ({ rule: rule(text), ref: text })));
/** The references of all rules that cover a command. */
function lookup(index: RuleIndex<string>, command: SimpleCommand): string[] {
  const found = new Set<string>();
  index.pattern(command, (ref) => {
    found.add(ref);
    return false;
  });
  return [...found];
}

describe('RuleIndex', () => {
  it('finds every rule that covers a command', () => {
    const index = indexOf(
      'app *',
      'app a',
      'app {a,b}',
      '| app *',
      'app ?',
      'app [a-c]',
      'app **',
      'app b',
      'app a b',
    );
    expect(lookup(index, simple('app a')).toSorted()).toEqual([
      'app *',
      'app **',
      'app ?',
      'app [a-c]',
      'app a',
      'app {a,b}',
      '| app *',
    ]);
  });

  it('names a rule once, however many of its alternatives cover', () => {
    expect(lookup(indexOf('app {a,b}*'), simple('app ab'))).toEqual(['app {a,b}*']);
  });

  it('gives the caller the say over scope', () => {
    const index = new RuleIndex([
      { rule: rule('app *'), ref: 'staging' },
      { rule: rule('app *'), ref: 'production' },
      { rule: rule('= a && b'), ref: 'staging' },
    ]);
    const inProduction = index.within((ref) => ref === 'production');
    expect(coverage(inProduction, { kind: 'shell', text: 'app x' })).toMatchObject({
      covered: true,
      rules: ['production'],
    });
    expect(coverage(inProduction, { kind: 'shell', text: 'a && b' }).covered).toBe(false);
    expect(coverage(index, { kind: 'shell', text: 'a && b' }).covered).toBe(true);
  });

  it('tells apart rules that differ only inside an open word', () => {
    const texts = Array.from({ length: 300 }, (_, i) => [
      `docker push r.example/team-${i % 7}/s${i}:*`,
      `docker push r.example/t/s${i}-*`,
      `docker push *-s${i}`,
      `app s${i}{sha} x`,
    ]).flat();
    const index = indexOf(...texts);
    for (const i of [0, 8, 299]) {
      expect(lookup(index, simple(`docker push r.example/team-${i % 7}/s${i}:v1`))).toEqual([
        `docker push r.example/team-${i % 7}/s${i}:*`,
      ]);
      expect(lookup(index, simple(`docker push r.example/t/s${i}-9`))).toEqual([
        `docker push r.example/t/s${i}-*`,
      ]);
      expect(lookup(index, simple(`docker push q-s${i}`))).toEqual([`docker push *-s${i}`]);
      expect(lookup(index, simple(`app s${i}0a1b2c3 x`))).toContain(`app s${i}{sha} x`);
    }
    expect(lookup(index, simple('docker push q-s300'))).toEqual([]);
  });

  it('finds rules by assignments and redirections, too', () => {
    const index = indexOf('A=1 app x', 'A=* app x', 'app x > f', 'app x > f-*', 'app x', 'app x 2> e > o');
    expect(lookup(index, simple('A=1 app x')).toSorted()).toEqual(['A=* app x', 'A=1 app x']);
    expect(lookup(index, simple('app x > f-1'))).toEqual(['app x > f-*']);
    expect(lookup(index, simple('app x > o 2> e'))).toEqual(['app x 2> e > o']);
    expect(lookup(index, simple('app x 2>&1'))).toEqual(['app x']);
  });

  it('tells apart words with one hash', () => {
    // `Aa` and `BB` are the classic pair of 31-polynomial hashes; so are all words made of them.
    const words = ['AaAaAa', 'AaBBAa', 'BBAaBB', 'BBBBBB'];
    const rules = words.flatMap((word) => [
      `app ${word} x`,
      `app ${word} *`,
      `app r/${word}:* y`,
      `app z *-${word}`,
    ]);
    const index = indexOf(...rules);
    for (const word of [...words, 'AaAaBB', 'BBBBAa']) {
      for (const text of [`app ${word} x`, `app ${word} w`, `app r/${word}:v1 y`, `app z w-${word}`]) {
        const expected = rules.filter((one) => covers([rule(one)], { kind: 'shell', text }).covered);
        expect([text, lookup(index, simple(text)).toSorted()]).toEqual([text, expected.toSorted()]);
      }
    }
  });

  it('takes no word for another that a row cannot hold', () => {
    const index = indexOf(
      'app A x',
      'app AB x',
      'app \u0141 x',
      'app *',
      'A=1 app x',
      'app \u00e9 *',
      'app AA BB',
    );
    const command = (...values: string[]): SimpleCommand => ({
      ...simple('app'),
      words: values.map((value) => ({ static: true, value, raw: value, span: { start: 0, end: 0 } })),
    });
    expect(lookup(index, simple('app \u0141 x'))).toEqual(['app \u0141 x']);
    expect(lookup(index, simple('app \u00e9 x'))).toEqual(['app \u00e9 *']);
    // None of these can be read from a text or an argv (S1).
    for (const odd of ['A\0', '\0A', 'A\0B', 'A\0\0\0B', '\u0141', '\u0100', '\u0001', '']) {
      expect(lookup(index, command('app', odd, 'x')).filter((ref) => ref !== `app ${odd} x`)).toEqual([]);
      expect(lookup(index, command('app', `v${odd}\u0001`))).toEqual([]);
    }
    expect(lookup(index, command('app\0\0AA', 'BB'))).toEqual([]);
    expect(lookup(index, command('app', 'x', '\u0003A=1'))).toEqual([]);
  });

  it('finds rules of every form among many with the same words', () => {
    const texts = Array.from({ length: 40 }, (_, i) => [
      `A=${i} app x *`,
      `app x * > f-${i}`,
      `app x ${i} **`,
      `app x v${i}.*`,
      `app x v{int}.${i}`,
      `app x \u00e9${i}`,
      `| app x ${i}`,
    ]).flat();
    const index = indexOf(...texts);
    expect(lookup(index, simple('A=7 app x y'))).toEqual(['A=7 app x *']);
    expect(lookup(index, simple('app x y > f-7'))).toEqual(['app x * > f-7']);
    expect(lookup(index, simple('app x 7 a b/c'))).toEqual(['app x 7 **']);
    expect(lookup(index, simple('app x v7.1')).toSorted()).toEqual(['app x v7.*', 'app x v{int}.1']);
    expect(lookup(index, simple('app x \u00e97'))).toEqual(['app x \u00e97']);
    expect(lookup(index, simple('app x 7')).toSorted()).toEqual(['app x 7 **', '| app x 7']);
    expect(lookup(index, { ...simple('app x 7'), readsPipe: true })).toEqual(['| app x 7']);
  });

  it('holds a hundred thousand rules and takes one more', { timeout: 60_000 }, () => {
    const texts = Array.from(
      { length: 100_000 },
      (_, i) => `kubectl set image deployment/s${i} s${i}=r.example/s${i}:* -n ${i % 8}`,
    );
    const index = indexOf(...texts);
    const one = rule('kubectl set image deployment/new new=r.example/new:* -n 1');
    index.add(one, 'new');
    expect(lookup(index, simple('kubectl set image deployment/new new=r.example/new:v1 -n 1'))).toEqual([
      'new',
    ]);
    expect(lookup(index, simple('kubectl set image deployment/s77 s77=r.example/s77:v1 -n 5'))).toEqual([
      texts[77],
    ]);
  });
});
