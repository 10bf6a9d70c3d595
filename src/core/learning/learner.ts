import type { CompiledRule } from '../rules/compiled-rule.ts';
import { covers } from '../rules/covers.ts';
import { compiled, linesOf, literalOf } from './compiled.ts';
import { describe } from './describe.ts';
import { familiesOf } from './families.ts';
import { pruned } from './prune.ts';
import { type Sighting, Sightings } from './sightings.ts';
import { type Checked, soundOf } from './soundness.ts';
import type { KnownRule, PastDecision, Suggestion } from './suggestion.ts';
import { isSuperseded } from './superseded.ts';
import { join, newTally, type Tally } from './tally.ts';

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
    const projects = new Map<string, Sighting[]>();
    for (const sighting of this.#approved.all()) {
      const known = projects.get(sighting.project);
      if (known) known.push(sighting);
      else projects.set(sighting.project, [sighting]);
    }
    const families = [...projects.values()].flatMap((project) => familiesOf(project));
    const sound = soundOf(families, denied);
    const spans = new Map([...projects].map(([name, all]) => [name, join(all.map(({ tally }) => tally))]));
    const learned = sound.flatMap((each) =>
      this.#suggestionFor(each, spans.get(each.family.project) ?? newTally()),
    );
    const leaving = new Set(learned.flatMap(({ replaces }) => replaces));
    const prunes = pruned({
      now: this.#now,
      rules: this.#rules.filter(({ rule }) => !leaving.has(rule)),
      denied,
      seen: [...this.#approved.all(), ...this.#passed.all()],
    });
    return [...learned, ...prunes].sort((a, b) => b.savesPerWeek - a.savesPerWeek || (a.id < b.id ? -1 : 1));
  }

  /** @param asked everything approved in its project */
  #suggestionFor({ family, assessment }: Checked, asked: Tally): Suggestion[] {
    const inScope = this.#rules.filter(
      (rule) =>
        (rule.environment === family.environment || rule.environment === '*') &&
        (rule.project === family.project || rule.project === '*'),
    );
    const own = new Set(inScope.filter((rule) => rule.family === family.id).flatMap(linesOf));
    const known = inScope.flatMap((rule) => compiled(rule.rule));
    const texts = new Set(known.map(({ text }) => text));
    const saysNew = (line: string): boolean => !own.has(line) && !texts.has(line) && !isCovered(line, known);
    if (!family.rules.some(saysNew)) return [];
    const learned = family.rules.flatMap(compiled);
    // What it had already stays, unless it is said anew.
    const isSaid = (line: string): boolean =>
      isCovered(line, learned) || compiled(line).every((rule) => isSuperseded(rule, learned));
    const kept = [...own].filter((line) => !isSaid(line));
    const rules = [...new Set([...kept, ...family.rules])].sort();
    const compiledFamily = rules.flatMap(compiled);
    const replaces = inScope
      .filter(
        (rule) =>
          rule.family !== family.id &&
          rule.environment === family.environment &&
          rule.project === family.project,
      )
      .filter((rule) => linesOf(rule).every((line) => isCovered(line, compiledFamily)))
      .map(({ rule }) => rule);
    const kind = own.size > 0 ? 'extend' : replaces.length > 0 ? 'replace' : 'add';
    const before = [...own].flatMap(compiled);
    return [describe(family, assessment, { kind, rules, replaces, compiledFamily, before, asked })];
  }
}

/** Of a rule without open places: do the others cover its one command? */
function isCovered(line: string, rules: readonly CompiledRule[]): boolean {
  return compiled(line).every((rule) => {
    const text = literalOf(rule);
    return text !== null && covers(rules, { kind: 'shell', text }).covered;
  });
}
