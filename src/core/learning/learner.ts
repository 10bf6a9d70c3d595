import { createHash } from 'node:crypto';
import type { Command } from '../command/command.ts';
import { redactText } from '../command/redact.ts';
import { assess } from '../risk/assess.ts';
import { type Assessment, RISK_LEVELS } from '../risk/assessment.ts';
import { compileRule } from '../rules/compile.ts';
import type { CompiledRule } from '../rules/compiled-rule.ts';
import { coverage, covers } from '../rules/covers.ts';
import { RuleIndex } from '../rules/rule-index.ts';
import { compileRules } from '../rules/rule-set.ts';
import { sampleOf } from '../rules/sample.ts';
import { type Family, familiesOf } from './families.ts';
import { familyName } from './family-name.ts';
import { neighbours } from './neighbours.ts';
import { pruned } from './prune.ts';
import { type Sighting, Sightings } from './sightings.ts';
import { isEvidence, join } from './tally.ts';
import type { KnownRule, PastDecision, Suggestion } from './suggestion.ts';

const WEEK_MS = 7 * 86_400_000;
const SHOWN = 3;

export interface LearnerSettings {
  /** Milliseconds since 1970: the moment the suggestions are made. */
  now: number;
  /** The rules in force. */
  rules: readonly KnownRule[];
}

/**
 * Learns rules from what people decided. Decisions come one by one, in any order; memory grows with their kinds.
 * The same decisions give the same suggestions.
 */
export class Learner {
  readonly #now: number;
  readonly #rules: readonly KnownRule[];
  readonly #approved = new Sightings();
  readonly #denied = new Map<string, PastDecision>();
  readonly #passed = new Sightings();

  constructor({ now, rules }: LearnerSettings) {
    this.#now = now;
    this.#rules = rules;
  }

  /** Takes one decision. Not evidence: what a rule let pass, what one approved oneself, what ended badly. */
  add(decision: PastDecision): void {
    if (decision.decision === 'denied') {
      this.#denied.set(`${decision.environment}\n${decision.command}`, decision);
    } else if (decision.decision === 'auto') {
      this.#passed.add(decision);
    } else if (decision.requester !== decision.decidedBy && (decision.exitCode ?? 0) === 0) {
      this.#approved.add(decision);
    }
  }

  /** Everything worth proposing now: new families, extensions, and rules to prune; the most saving first. */
  suggest(): Suggestion[] {
    const denied = [...this.#denied.values()];
    const scopes = new Map<string, Sighting[]>();
    for (const sighting of this.#approved.all()) {
      const key = `${sighting.environment}\n${sighting.project}`;
      const scope = scopes.get(key);
      if (scope) scope.push(sighting);
      else scopes.set(key, [sighting]);
    }
    const families = [...scopes.values()].flatMap((scope) => familiesOf(scope));
    const sound = withoutDenied(families.map(withoutCovered).flatMap(checked), denied);
    const learned = sound.flatMap((family) => this.#suggestionFor(family));
    const leaving = new Set(learned.flatMap(({ replaces }) => replaces));
    const prunes = pruned({
      now: this.#now,
      rules: this.#rules.filter(({ rule }) => !leaving.has(rule)),
      denied,
      seen: [...this.#approved.all(), ...this.#passed.all()],
    });
    return [...learned, ...prunes].sort((a, b) => b.savesPerWeek - a.savesPerWeek || (a.id < b.id ? -1 : 1));
  }

  #suggestionFor({ family, assessment }: Checked): Suggestion[] {
    const inScope = this.#rules.filter(
      (rule) =>
        (rule.environment === family.environment || rule.environment === '*') &&
        (rule.project === family.project || rule.project === '*'),
    );
    const own = new Set(inScope.filter((rule) => rule.family === family.id).flatMap(linesOf));
    const known = inScope.flatMap((rule) => compiled(rule.rule));
    const fresh = family.rules.filter(
      (rule) => !own.has(rule) && !isKnown(rule, known) && !isLiteralCovered(rule, known),
    );
    if (fresh.length === 0) return [];
    const rules = [...new Set([...own, ...family.rules])].sort();
    const compiledFamily = rules.flatMap(compiled);
    const replaces = inScope
      .filter(
        (rule) =>
          rule.family !== family.id &&
          rule.environment === family.environment &&
          rule.project === family.project,
      )
      .filter((rule) => linesOf(rule).every((line) => isLiteralCovered(line, compiledFamily)))
      .map(({ rule }) => rule);
    const kind = own.size > 0 ? 'extend' : replaces.length > 0 ? 'replace' : 'add';
    return [describe(family, assessment, { kind, rules, replaces, compiledFamily })];
  }
}

const linesOf = ({ rule }: KnownRule): string[] =>
  rule.startsWith('= ') ? [rule] : rule.split('\n').filter((line) => line.trim() !== '');

function compiled(text: string): CompiledRule[] {
  return compileRules(text).flatMap(({ compilation }) => (compilation.valid ? [compilation.rule] : []));
}

/** A rule says nothing new when the rules in force have it already, word for word. */
const isKnown = (rule: string, known: readonly CompiledRule[]): boolean =>
  known.some(({ text }) => text === rule);

/** Of a rule without open places: do the others cover its one command? */
function isLiteralCovered(line: string, rules: readonly CompiledRule[]): boolean {
  const compilation = compileRule(line);
  if (!compilation.valid) return false;
  const { rule } = compilation;
  const isLiteral =
    rule.kind === 'exact' ||
    (rule.shapes.length === 1 &&
      rule.shapes.every(({ words, rest }) => !rest && words.every((w) => w.literal !== null)));
  const text = isLiteral ? sampleOf(rule) : null;
  return text !== null && covers(rules, { kind: 'shell', text }).covered;
}

/** Without the literal rules that others of the family cover. */
function withoutCovered(family: Family): Family {
  if (family.rules.length < 2) return family;
  const all = family.rules.flatMap(compiled);
  const rules = family.rules.filter(
    (rule) =>
      !isLiteralCovered(
        rule,
        all.filter(({ text }) => text !== rule),
      ),
  );
  return { ...family, rules };
}

interface Checked {
  family: Family;
  assessment: Assessment;
}

const shell = (text: string): Command => ({ kind: 'shell', text });

/**
 * A family stands only when the real matcher covers its examples, none of their dangerous neighbours, and nothing
 * riskier than what was approved. CRITICAL commands are never learned.
 */
function checked(given: Family): Checked[] {
  const rules = given.rules.flatMap(compiled);
  // What one requester and one reviewer brought alone is in the family's lines, but not in its rules.
  const sightings = given.sightings.filter(({ text }) => covers(rules, shell(text)).covered);
  const family = { ...given, sightings, tally: join(sightings.map(({ tally }) => tally)) };
  if (!isEvidence(family.tally)) return [];
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

interface Change {
  kind: 'add' | 'extend' | 'replace';
  rules: string[];
  replaces: string[];
  compiledFamily: CompiledRule[];
}

function describe(family: Family, { level }: Assessment, change: Change): Suggestion {
  const { tally, sightings, environment, project } = family;
  const name = familyName(family.name, sightings[0]?.text ?? '');
  const weeks = Math.max(1, (tally.last - tally.first) / WEEK_MS);
  const latest = sightings.flatMap((s) => s.latest).sort((a, b) => b.at - a.at || (a.text < b.text ? -1 : 1));
  const examples = [...new Set(latest.map(({ text }) => redactText(text)))].slice(0, SHOWN);
  const approved = new Set(sightings.map(({ text }) => text));
  const invented = change.compiledFamily
    .flatMap((rule) => sampleOf(rule) ?? [])
    .filter((text) => !approved.has(text));
  const not = neighbours(sightings[0]?.text ?? '').filter(
    (text) => !covers(change.compiledFamily, shell(text)).covered,
  );
  const { kind, rules, replaces } = change;
  const id = createHash('sha256')
    .update(JSON.stringify([kind, family.id, rules, replaces]))
    .digest('hex');
  return {
    id: `sug_${id.slice(0, 16)}`,
    family: family.id,
    kind,
    environment,
    project,
    rules,
    replaces,
    cause: null,
    commandFamily: name,
    title: `${kind === 'extend' ? 'More of' : 'Let pass'} ${name} in ${environment}`,
    why: `People approved it ${tally.approvals} times on ${tally.days.length} ${tally.days.length === 1 ? 'day' : 'days'}; nobody denied it.`,
    risk: level,
    acceptancesNeeded: RISK_LEVELS.indexOf(level) >= RISK_LEVELS.indexOf('HIGH') ? 2 : 1,
    savesPerWeek: Math.round((tally.approvals / weeks) * 10) / 10,
    slots: [],
    cautions: tally.requesters.length === 1 ? [`Only ${tally.requesters[0]} asked for it so far.`] : [],
    evidence: {
      approvals: tally.approvals,
      denials: 0,
      requesters: tally.requesters,
      reviewers: tally.reviewers.filter((reviewer) => reviewer !== ''),
      days: tally.days.length,
      first: tally.first,
      last: tally.last,
      examples,
      wouldAlsoAllow: [...new Set(invented.map(redactText))].slice(0, SHOWN),
      wouldNotAllow: not.map(redactText).slice(0, SHOWN),
    },
  };
}
