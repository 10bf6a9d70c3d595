import { setImmediate as breathe } from 'node:timers/promises';
import { commandText } from '../core/command/command.ts';
import { redactText } from '../core/command/redact.ts';
import { coverage } from '../core/rules/covers.ts';
import { RuleIndex } from '../core/rules/rule-index.ts';
import { compileRules } from '../core/rules/rule-set.ts';
import { outOfScope, type Place } from '../core/rules/scope.ts';
import { othersWhoDecided, type WeighableRow, weighablePages } from '../store/past-decisions.ts';
import type { Deps } from './deps.ts';
import type { RuleFault } from './import-rules.ts';
import { type Author, checkWish, type RuleWish } from './rules.ts';

/** Decisions that another whitelist would have changed, of one family in one environment. */
export interface Flips {
  environment: string;
  family: string;
  count: number;
  examples: string[];
}

export interface Simulation {
  days: number;
  decisions: number;
  wouldRun: Flips[];
  wouldAsk: Flips[];
  /** People denied it. Of `wouldRun` these are not part. */
  deniedWouldRun: Flips[];
}

export type Simulated = { ok: true; simulation: Simulation } | { ok: false; faults: RuleFault[] };

const PAGE = 200;
const EXAMPLES = 3;

/**
 * Replays the decisions of the last days against these rules instead of those in force: which of them would have been
 * others. What a policy asked about or CRITICAL commands stay as they were. Changes nothing.
 */
export async function simulate(
  deps: Deps,
  author: Author,
  { wishes, days, environment }: { wishes: RuleWish[]; days: number; environment?: string },
): Promise<Simulated> {
  const faults = wishes.flatMap((wish, at) => {
    const refusal = checkWish(deps, author, wish);
    return refusal ? [{ at, refusal }] : [];
  });
  if (faults.length > 0) return { ok: false, faults };
  const index = indexOf(wishes);
  const [run, ask, denied] = [new Tallies(), new Tallies(), new Tallies()];
  let decisions = 0;
  const states = ['approved', 'denied', 'expired'] as WeighableRow['state'][];
  const filter = { days, states, pageSize: PAGE, ...(environment !== undefined && { environment }) };
  for await (const page of weighablePages(deps.database.db, filter)) {
    for (const row of page) {
      decisions += 1;
      const flip = flipOf(index, row);
      if (flip === 'would-ask') ask.add(row);
      else if (flip) (isDenied(row) ? denied : run).add(row);
    }
    // Others are served between the pages.
    await breathe();
  }
  const simulation = {
    days,
    decisions,
    wouldRun: run.all(),
    wouldAsk: ask.all(),
    deniedWouldRun: denied.all(),
  };
  return { ok: true, simulation };
}

function indexOf(wishes: readonly RuleWish[]): RuleIndex<RuleWish> {
  const index = new RuleIndex<RuleWish>();
  for (const wish of wishes)
    for (const { compilation } of compileRules(wish.text))
      if (compilation.valid) index.add(compilation.rule, wish);
  return index;
}

function flipOf(index: RuleIndex<RuleWish>, row: WeighableRow): 'would-run' | 'would-ask' | null {
  const wasPassed = row.decision?.by === 'rule';
  // A policy lets it pass, or asks, whatever the rules say.
  if (row.decision?.by === 'policy' || row.redacted) return null;
  const place: Place = {
    environment: row.environment,
    project: row.project,
    repository: row.context.repository ?? null,
    requester: row.requester.tokenName,
    cwd: row.cwd,
  };
  const found = coverage(
    index.within((wish) => outOfScope(wish, place) === null),
    row.command,
  );
  const passes =
    found.covered &&
    found.rules.every(({ whenUnanswered }) => whenUnanswered === null) &&
    (row.level !== 'CRITICAL' || found.rules.every(({ allowsCritical }) => allowsCritical)) &&
    !row.explanation.some(({ applies, strength }) => applies && strength === 'require');
  if (passes === wasPassed) return null;
  return passes ? 'would-run' : 'would-ask';
}

const isDenied = ({ state, decision, requester }: WeighableRow): boolean =>
  state === 'denied' && othersWhoDecided(decision, requester).length > 0;

/** Counts by environment and family, with the latest commands of each. */
class Tallies {
  readonly #flips = new Map<string, Flips>();

  add({ environment, family, command }: WeighableRow): void {
    const key = JSON.stringify([environment, family]);
    const flips = this.#flips.get(key) ?? { environment, family, count: 0, examples: [] };
    this.#flips.set(key, flips);
    flips.count += 1;
    const text = redactText(commandText(command));
    flips.examples = [text, ...flips.examples.filter((example) => example !== text)].slice(0, EXAMPLES);
  }

  /** The most frequent first. */
  all(): Flips[] {
    return [...this.#flips.values()].sort(
      (a, b) => b.count - a.count || (a.environment + a.family < b.environment + b.family ? -1 : 1),
    );
  }
}
