import { describe, expect, it } from 'vitest';
import { parseShell } from '../../../src/core/command/parse.ts';
import type { SimpleCommand } from '../../../src/core/command/simple-command.ts';
import { compileRule } from '../../../src/core/rules/compile.ts';
import type { CompiledRule } from '../../../src/core/rules/compiled-rule.ts';
import { coverage } from '../../../src/core/rules/covers.ts';
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
    expect(index.lookup(simple('app a')).toSorted()).toEqual([
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
    expect(indexOf('app {a,b}*').lookup(simple('app ab'))).toEqual(['app {a,b}*']);
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

  it('takes a rule out, and leaves its twins', () => {
    const index = new RuleIndex<string>();
    for (const ref of ['one', 'two']) index.add(rule('app {a,b} *'), ref);
    index.add(rule('= x'), 'one');
    index.remove(rule('app {a,b} *'), 'one');
    index.remove(rule('= x'), 'one');
    expect(index.lookup(simple('app b x'))).toEqual(['two']);
    expect(index.exact('x')).toBeUndefined();
    index.remove(rule('app {a,b} *'), 'two');
    expect(index.lookup(simple('app b x'))).toEqual([]);
    index.add(rule('app {a,b} *'), 'three');
    expect(index.lookup(simple('app b x'))).toEqual(['three']);
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
      expect(index.lookup(simple(`docker push r.example/team-${i % 7}/s${i}:v1`))).toEqual([
        `docker push r.example/team-${i % 7}/s${i}:*`,
      ]);
      expect(index.lookup(simple(`docker push r.example/t/s${i}-9`))).toEqual([
        `docker push r.example/t/s${i}-*`,
      ]);
      expect(index.lookup(simple(`docker push q-s${i}`))).toEqual([`docker push *-s${i}`]);
      expect(index.lookup(simple(`app s${i}0a1b2c3 x`))).toContain(`app s${i}{sha} x`);
    }
    for (const text of texts) index.remove(rule(text), text);
    expect(index.lookup(simple('docker push q-s8'))).toEqual([]);
  });

  it('finds rules by assignments and redirections, too', () => {
    const index = indexOf('A=1 app x', 'A=* app x', 'app x > f', 'app x > f-*', 'app x', 'app x 2> e > o');
    expect(index.lookup(simple('A=1 app x')).toSorted()).toEqual(['A=* app x', 'A=1 app x']);
    expect(index.lookup(simple('app x > f-1'))).toEqual(['app x > f-*']);
    expect(index.lookup(simple('app x > o 2> e'))).toEqual(['app x 2> e > o']);
    expect(index.lookup(simple('app x 2>&1'))).toEqual(['app x']);
  });

  it('holds a hundred thousand rules and takes one more', { timeout: 60_000 }, () => {
    const texts = Array.from(
      { length: 100_000 },
      (_, i) => `kubectl set image deployment/s${i} s${i}=r.example/s${i}:* -n ${i % 8}`,
    );
    const index = indexOf(...texts);
    const one = rule('kubectl set image deployment/new new=r.example/new:* -n 1');
    index.add(one, 'new');
    expect(index.lookup(simple('kubectl set image deployment/new new=r.example/new:v1 -n 1'))).toEqual([
      'new',
    ]);
    expect(index.lookup(simple('kubectl set image deployment/s77 s77=r.example/s77:v1 -n 5'))).toEqual([
      texts[77],
    ]);
  });
});
