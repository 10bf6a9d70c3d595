import { createHash } from 'node:crypto';
import type { CompiledRule } from '../rules/compiled-rule.ts';
import { covers } from '../rules/covers.ts';
import { compileRules } from '../rules/rule-set.ts';
import { sampleOf } from '../rules/sample.ts';
import { choiceOf, placesOf, stepsTowardsLiteral, withPlace } from './narrow-places.ts';
import type { Suggestion } from './suggestion.ts';

/** One way to make a suggestion narrower: its key, which surfaces send back, and what it does, in words. */
export interface Narrowing {
  /** `rule:2`, `value:0:3`, `literal:0`, `environment:staging`; numbers count from 0. */
  key: string;
  says: string;
}

export type Narrowed = { ok: true; suggestion: Suggestion } | { ok: false; why: string };

/** Every single step: without a spelling, without a value, a slot one step towards literal, in one environment only. */
export function narrowings(suggestion: Suggestion, environments: readonly string[] = []): Narrowing[] {
  if (suggestion.kind === 'prune') return [];
  const { rules, environment } = suggestion;
  const places = placesOf(suggestion);
  return [
    ...(rules.length > 1
      ? rules.map((rule, i) => ({ key: `rule:${i}`, says: `without the spelling ${rule}` }))
      : []),
    ...places.flatMap(({ text }, s) =>
      (choiceOf(text)?.values ?? []).map((value, v) => ({
        key: `value:${s}:${v}`,
        says: `${text} without ${value}`,
      })),
    ),
    ...places.flatMap((place, s) => {
      const [next] = stepsTowardsLiteral(place);
      return next === undefined ? [] : [{ key: `literal:${s}`, says: `${next} instead of ${place.text}` }];
    }),
    ...(environment === '*'
      ? environments.map((name) => ({ key: `environment:${name}`, says: `only in ${name}` }))
      : []),
  ];
}

/**
 * The suggestion with these steps taken (their keys count in the suggestion as given). The result is put to the
 * real matcher: it covers nothing that the suggestion does not, and still one of its examples.
 */
export function narrow(suggestion: Suggestion, keys: readonly string[]): Narrowed {
  if (suggestion.kind === 'prune') return no('a rule that is to go has nothing to narrow');
  if (keys.length === 0) return no('no step was named');
  let { rules, environment } = suggestion;
  const places = placesOf(suggestion);
  const gone = new Set<number>();
  const dropped = new Map<number, Set<string>>();
  const literal = new Map<number, string>();
  for (const key of keys) {
    const [step = '', first = '', second = ''] = key.split(':');
    const at = Number(first);
    const place = places[at];
    if (step === 'rule' && rules[at] !== undefined) gone.add(at);
    else if (step === 'environment' && environment === '*' && first !== '' && first !== '*')
      environment = first;
    else if (step === 'value' && place) {
      const value = choiceOf(place.text)?.values[Number(second)];
      if (value === undefined) return no(`there is no step ${key}`);
      dropped.set(at, (dropped.get(at) ?? new Set()).add(value));
    } else if (step === 'literal' && place) {
      const [next] = stepsTowardsLiteral(place);
      if (next === undefined) return no(`${place.text} cannot be made narrower`);
      literal.set(at, next);
    } else return no(`there is no step ${key}`);
  }
  for (const [at, values] of dropped) {
    if (literal.has(at)) return no(`${places[at]?.text} is narrowed in two ways: take one`);
    const left = choiceOf(places[at]?.text ?? '')?.values.filter((value) => !values.has(value)) ?? [];
    if (left.length === 0) return no(`no value of ${places[at]?.text} is left`);
    literal.set(at, spelled(places[at]?.text ?? '', left));
  }
  rules = rules.filter((_, i) => !gone.has(i));
  for (const [at, next] of literal)
    rules = rules.map((rule) => withPlace(rule, places[at]?.text ?? '', next));
  return judged(suggestion, [...new Set(rules)].sort(), environment);
}

const no = (why: string): Narrowed => ({ ok: false, why });

/** A choice among these, under the name it had; one value is spelled out. */
function spelled(text: string, values: string[]): string {
  const name = choiceOf(text)?.name;
  return values.length === 1 ? (values[0] ?? '') : `{${name == null ? '' : `${name}:`}${values.join(',')}}`;
}

const compiled = (rules: readonly string[]): CompiledRule[] =>
  rules
    .flatMap((text) => compileRules(text))
    .flatMap(({ compilation }) => (compilation.valid ? [compilation.rule] : []));

function judged(before: Suggestion, rules: string[], environment: string): Narrowed {
  if (rules.length === 0) return no('no rule is left');
  const invalid = rules
    .flatMap((text) => compileRules(text))
    .map(({ compilation }) => (compilation.valid ? null : compilation.why))
    .find((why) => why !== null);
  if (invalid) return no(`a rule would be invalid: ${invalid}`);
  if (rules.join('\n') === before.rules.join('\n') && environment === before.environment)
    return no('nothing would change');
  const [wide, slim] = [compiled(before.rules), compiled(rules)];
  const isCovered = (by: CompiledRule[]) => (text: string) => covers(by, { kind: 'shell', text }).covered;
  const inWide = isCovered(wide);
  const inSlim = isCovered(slim);
  const wider = slim.flatMap((rule) => sampleOf(rule) ?? []).find((text) => !inWide(text));
  if (wider !== undefined) return no(`it would cover more than before: ${wider}`);
  const { evidence } = before;
  const examples = evidence.examples.filter(inSlim);
  if (examples.length === 0) return no('it would cover none of the commands that people approved');
  const lost = [...evidence.examples, ...evidence.wouldAlsoAllow].filter((text) => !inSlim(text));
  return { ok: true, suggestion: described(before, rules, environment, { examples, lost, inSlim }) };
}

interface Reach {
  examples: string[];
  lost: string[];
  inSlim: (text: string) => boolean;
}

function described(before: Suggestion, rules: string[], environment: string, reach: Reach): Suggestion {
  const { evidence, family, project, replaces } = before;
  const id = createHash('sha256')
    .update(JSON.stringify(['narrowed', environment, project, family, rules]))
    .digest('hex')
    .slice(0, 16);
  // A replaced rule stays where the narrower family does not cover all that it did.
  const still = replaces.filter((text) =>
    compiled([text]).every((rule) => {
      const sample = sampleOf(rule);
      return sample !== null && reach.inSlim(sample);
    }),
  );
  return {
    ...before,
    id: `sug_${id}`,
    environment,
    rules,
    replaces: still,
    kind: before.kind === 'replace' && still.length === 0 ? 'add' : before.kind,
    slots: before.slots.filter(({ slot }) => rules.some((rule) => rule.includes(slot))),
    savesPerWeek: (before.savesPerWeek * reach.examples.length) / Math.max(1, evidence.examples.length),
    evidence: {
      ...evidence,
      examples: reach.examples,
      wouldAlsoAllow: evidence.wouldAlsoAllow.filter(reach.inSlim),
      wouldNotAllow: [...new Set([...reach.lost, ...evidence.wouldNotAllow])].filter(
        (text) => !reach.inSlim(text),
      ),
    },
  };
}
