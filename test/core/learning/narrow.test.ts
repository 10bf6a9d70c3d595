import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { narrow, narrowings } from '../../../src/core/learning/narrow.ts';
import { covers } from '../../../src/core/rules/covers.ts';
import { compileRules } from '../../../src/core/rules/rule-set.ts';
import { suggestionOf } from '../../support/learning.ts';

const covered = (rules: readonly string[], text: string): boolean =>
  covers(
    rules.flatMap(compileRules).flatMap(({ compilation }) => (compilation.valid ? [compilation.rule] : [])),
    { kind: 'shell', text },
  ).covered;

/** A family with one rule, and what was seen in its places. */
const family = (rule: string, examples: string[], slots: Record<string, string[]> = {}) =>
  suggestionOf({
    rules: [rule],
    slots: Object.entries(slots).map(([slot, seen]) => ({ slot, seen, count: seen.length })),
    evidence: { examples, wouldAlsoAllow: [], wouldNotAllow: [] } as never,
  });

const narrowed = (rule: string, examples: string[], slots: Record<string, string[]>, ...keys: string[]) => {
  const made = narrow(family(rule, examples, slots), keys);
  return made.ok ? made.suggestion.rules.join(' | ') : `no: ${made.why}`;
};

describe('narrowing a suggestion', () => {
  it.each([
    ['a value', 'k restart {api,web,db}', ['k restart api'], {}, 'value:0:1', 'k restart {api,db}'],
    [
      'a value of a linked choice',
      'k set {svc:api,web}={svc}:1',
      ['k set api=api:1'],
      {},
      'value:0:1',
      'k set api=api:1',
    ],
    [
      'one of three linked',
      'k set {svc:api,web,db}={svc}:1',
      ['k set api=api:1'],
      {},
      'value:0:2',
      'k set {svc:api,web}={svc}:1',
    ],
    [
      'a choice to its most used',
      'k restart {api,web}',
      ['k restart web'],
      { '{api,web}': ['web', 'api'] },
      'literal:0',
      'k restart web',
    ],
    [
      'a number to its length',
      'k build {int}',
      ['k build 1204'],
      { '{int}': ['1204', '1205'] },
      'literal:0',
      'k build {int:4}',
    ],
    [
      'digits to what was seen',
      'k build {int:4}',
      ['k build 1204'],
      { '{int:4}': ['1204', '1205'] },
      'literal:0',
      'k build {1204,1205}',
    ],
    [
      'a star to a type',
      'k build *',
      ['k build 1.2.3'],
      { '*': ['1.2.3', '1.2.4'] },
      'literal:0',
      'k build {semver}',
    ],
    [
      'a wide version to a plain one',
      'k v {semver+}',
      ['k v 1.2.3'],
      { '{semver+}': ['1.2.3', '1.3.0'] },
      'literal:0',
      'k v {semver}',
    ],
    [
      'nothing in quotes',
      "k say '{api,web}' {api,web}",
      ["k say '{api,web}' api"],
      {},
      'value:0:1',
      "k say '{api,web}' api",
    ],
  ])('%s', (_, rule, examples, slots, key, expected) => {
    expect(narrowed(rule, examples, slots as Record<string, string[]>, key)).toBe(expected);
  });

  it.each([
    ['an unknown step', ['value:7:0'], 'there is no step value:7:0'],
    ['no step', [], 'no step was named'],
    ['both values', ['value:0:0', 'value:0:1'], 'no value of {svc:api,web} is left'],
    ['two ways at once', ['value:0:0', 'literal:0'], '{svc:api,web} is narrowed in two ways: take one'],
    ['its only rule', ['rule:0'], 'no rule is left'],
    ['an environment it does not span', ['environment:staging'], 'there is no step environment:staging'],
  ])('refuses %s', (_, keys, why) => {
    expect(narrow(suggestionOf(), keys)).toEqual({ ok: false, why });
  });

  it('refuses what covers none of the approved commands any more', () => {
    const only = family('k restart {api,web}', ['k restart web']);
    expect(narrow(only, ['value:0:1'])).toEqual({
      ok: false,
      why: 'it would cover none of the commands that people approved',
    });
  });

  it('leaves a rule in force that it does not replace any more', () => {
    const base = suggestionOf({
      kind: 'replace',
      replaces: ['kubectl rollout restart deployment/web', 'kubectl rollout restart deployment/api'],
    });
    expect(narrow(base, ['value:0:1'])).toMatchObject({
      suggestion: { replaces: ['kubectl rollout restart deployment/api'] },
    });
  });

  it('takes one environment of any', () => {
    const wide = suggestionOf({ environment: '*' });
    expect(narrowings(wide, ['staging']).map(({ key }) => key)).toContain('environment:staging');
    expect(narrow(wide, ['environment:staging'])).toMatchObject({ suggestion: { environment: 'staging' } });
  });

  it('has the same id for the same result, and none of a prune', () => {
    const [a, b] = [
      narrow(suggestionOf(), ['value:0:1']),
      narrow(suggestionOf({ id: 'sug_other' }), ['value:0:1']),
    ];
    expect(a.ok && b.ok && a.suggestion.id === b.suggestion.id && a.suggestion.id !== suggestionOf().id).toBe(
      true,
    );
    expect(narrowings(suggestionOf({ kind: 'prune' }))).toEqual([]);
  });

  it('never covers anything that was not covered before, whatever the steps', () => {
    const values = fc.uniqueArray(fc.constantFrom('api', 'web', 'db', 'job'), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(values, fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }), (names, picks) => {
        const choice = `{svc:${names.join(',')}}`;
        const rules = [`k set ${choice} {svc}:{sha:7}`, `k set --tag={sha:7} ${choice}`];
        const examples = names.map((name) => `k set ${name} ${name}:abc1234`);
        const base = suggestionOf({
          rules,
          slots: [{ slot: '{sha:7}', seen: ['abc1234'], count: 1 }],
          evidence: { examples } as never,
        });
        const steps = narrowings(base);
        const made = narrow(
          base,
          picks.map((pick) => steps[pick % steps.length]?.key ?? ''),
        );
        if (!made.ok) return;
        const candidates = names.flatMap((a) => [
          ...names.flatMap((b) => ['abc1234', 'def5678'].map((sha) => `k set ${a} ${b}:${sha}`)),
          `k set --tag=abc1234 ${a}`,
          `k set --tag=def5678 ${a}`,
        ]);
        for (const text of candidates)
          if (covered(made.suggestion.rules, text)) expect(covered(rules, text)).toBe(true);
        expect(candidates.filter((text) => covered(made.suggestion.rules, text)).length).toBeLessThan(
          candidates.filter((text) => covered(rules, text)).length,
        );
      }),
    );
  });
});
