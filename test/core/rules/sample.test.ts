import { describe, expect, it } from 'vitest';
import { compileRule } from '../../../src/core/rules/compile.ts';
import { sampleOf } from '../../../src/core/rules/sample.ts';

const sample = (text: string): string | null => {
  const compilation = compileRule(text);
  if (!compilation.valid) throw new Error(compilation.why);
  return sampleOf(compilation.rule);
};

describe('a sample command of a rule', () => {
  it.each([
    ['kubectl get *', 'kubectl get api'],
    ['helm upgrade {svc:api,web} charts/{svc}', 'helm upgrade api charts/api'],
    ['echo {int:4} {int:2-9} {sha:10}', 'echo 3333 2 4f2d9ac14f'],
    ['grep [a-c]x ?b docs/**', 'grep ax ab docs/src/api'],
    ['| grep *', 'grep api'],
    ["echo 'two words' *", "echo 'two words' api"],
    ['NODE_ENV=production deployctl status > out/*', 'NODE_ENV=production deployctl status > out/api'],
    ['= for i in 1 2; do echo $i; done', 'for i in 1 2; do echo $i; done'],
  ])('%s → %s', (rule, command) => expect(sample(rule)).toBe(command));

  it.each(['sha', 'semver', 'semver+', 'int', 'date', 'uuid', 'ip', 'digest', 'ulid', 'slug'])(
    'fills {%s}',
    (slot) => expect(sample(`echo {${slot}}`)).not.toBeNull(),
  );
});
