import type { Command } from '../command/command.ts';
import { assess } from '../risk/assess.ts';
import type { Assessment } from '../risk/assessment.ts';
import type { CompiledRule } from '../rules/compiled-rule.ts';
import { coverage, covers } from '../rules/covers.ts';
import { RuleIndex } from '../rules/rule-index.ts';
import { sampleOf } from '../rules/sample.ts';
import { compiled, literalOf } from './compiled.ts';
import type { Family } from './family.ts';
import { neighbours } from './neighbours.ts';
import type { PastDecision } from './suggestion.ts';
import { isEvidence, join } from './tally.ts';

/** A family that stands, with the risk of what it lets pass. */
export interface Checked {
  family: Family;
  assessment: Assessment;
}

const shell = (text: string): Command => ({ kind: 'shell', text });

/** The families that stand: sound by themselves, and none that covers what was denied. */
export const soundOf = (families: readonly Family[], denied: readonly PastDecision[]): Checked[] =>
  withoutDenied(families.map(withoutCovered).flatMap(checked), denied);

/** Without the literal rules that others of the family cover. */
function withoutCovered(family: Family): Family {
  if (family.rules.length < 2) return family;
  const all = family.rules.flatMap(compiled);
  const isNeeded = (rule: CompiledRule): boolean => {
    const text = literalOf(rule);
    const others = all.filter((other) => other.text !== rule.text);
    return text === null || !covers(others, shell(text)).covered;
  };
  const rules = family.rules.filter((line) => compiled(line).every(isNeeded));
  return { ...family, rules };
}

/**
 * A family stands only when the real matcher covers its examples, none of their dangerous neighbours, and nothing
 * riskier than what was approved. CRITICAL commands are never learned.
 */
function checked(given: Family): Checked[] {
  const rules = given.rules.flatMap(compiled);
  // What one requester and one reviewer brought alone is in the family's lines, but not in its rules.
  const sightings = given.sightings.filter(({ text }) => covers(rules, shell(text)).covered);
  const family = { ...given, sightings, tally: join(sightings.map(({ tally }) => tally)) };
  if (sightings.length === 0 || !isEvidence(join([family.tally, family.elsewhere]))) return [];
  const examples = sightings.map(({ text }) => text);
  const approved = new Set(examples);
  const [first = ''] = examples;
  const isOpen = neighbours(first).some((text) => !approved.has(text) && covers(rules, shell(text)).covered);
  if (isOpen) return [];
  const environment = family.environment;
  const assessments = examples
    .slice(0, 12)
    .map((text) => assess({ command: shell(text), environment: { name: environment } }));
  const assessment = assessments.reduce((a, b) => (b.score > a.score ? b : a));
  if (assessment.level === 'CRITICAL') return [];
  const samples = rules.slice(0, 12).flatMap((rule) => sampleOf(rule) ?? []);
  const isRiskier = samples.some(
    (text) => assess({ command: shell(text), environment: { name: environment } }).score > assessment.score,
  );
  return isRiskier ? [] : [{ family, assessment }];
}

/** A denied command that a family would cover withdraws it. */
function withoutDenied(families: Checked[], denied: readonly PastDecision[]): Checked[] {
  const index = new RuleIndex<Checked>();
  for (const each of families) for (const rule of each.family.rules.flatMap(compiled)) index.add(rule, each);
  const withdrawn = new Set<Checked>();
  for (const { command, environment } of denied) {
    for (;;) {
      const finder = index.within((each) => !withdrawn.has(each) && each.family.environment === environment);
      const found = coverage(finder, shell(command));
      if (!found.covered) break;
      for (const each of found.rules) withdrawn.add(each);
    }
  }
  return families.filter((each) => !withdrawn.has(each));
}
