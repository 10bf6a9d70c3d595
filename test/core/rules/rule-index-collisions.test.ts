import { expect, it, vi } from 'vitest';
import { parseShell } from '../../../src/core/command/parse.ts';
import { compileRule } from '../../../src/core/rules/compile.ts';
import type { CompiledRule } from '../../../src/core/rules/compiled-rule.ts';
import { RuleIndex } from '../../../src/core/rules/rule-index.ts';
import { ruleMatches } from '../../../src/core/rules/shape-matches.ts';
import { fill, makeAttacks, makeQuestions, makeRules, random } from '../../bench/rules-workload.ts';

vi.mock(import('../../../src/core/rules/arrangement.ts'), async (original) => ({
  ...(await original()),
  keyOf: () => 7,
  mix: () => 7,
}));

it('covers no command by its hash, even when every rule and every command has the same', () => {
  const texts = [...makeRules(240), 'app **', '| app *', 'A=1 app *', 'app * > f', 'app {sha}', 'app \u00e9'];
  const rules = texts.map((text): CompiledRule => {
    const compilation = compileRule(text);
    return compilation.valid ? compilation.rule : expect.fail(text);
  });
  const index = new RuleIndex(rules.map((rule) => ({ rule, ref: rule })));
  const next = random(3);
  const asked = [
    ...makeQuestions(texts, 1000).map(({ text }) => text),
    ...makeAttacks(texts, 400),
    ...texts.map((text) => fill(text, next)),
    'app 0a1b2c3',
    'app a b/c',
  ];
  let covered = 0;
  for (const text of asked) {
    const parsed = parseShell(text);
    for (const command of parsed.analysable ? parsed.commands : []) {
      const found = new Set<CompiledRule>();
      index.pattern(command, (rule) => {
        found.add(rule);
        return false;
      });
      const expected = rules.filter((rule) => rule.kind === 'pattern' && ruleMatches(rule, command));
      expect([text, found]).toEqual([text, new Set(expected)]);
      covered += found.size;
    }
  }
  expect(covered).toBeGreaterThan(1000);
});
