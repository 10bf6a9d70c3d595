import type { Command } from '../core/command/command.ts';
import { type CoveringRule, decide, type Looked, type Ruling } from '../core/decide.ts';
import { judgePolicies } from '../core/policy.ts';
import { assess } from '../core/risk/assess.ts';
import type { CompiledRule } from '../core/rules/compiled-rule.ts';
import type { Coverage } from '../core/rules/covers.ts';
import { type NearMiss, nearMisses } from '../core/rules/explain.ts';
import type { InvalidRule, Stand } from './check-rules.ts';
import type { Site } from './site.ts';

export interface Explainable {
  command: Command;
  stand: Stand;
  found: Coverage<unknown>;
  /** The rules that cover it; null when they do not. */
  covering: CoveringRule[] | null;
  rules: readonly CompiledRule[];
  invalid: InvalidRule[];
}

export interface Explanation {
  environment: string;
  project: string;
  risk: { score: number; level: string };
  runs_without_asking: boolean;
  floor?: string;
  ruling: Ruling | null;
  looked_at: Looked[];
  nearest: NearMiss[];
  invalid: InvalidRule[];
}

/** Without `--config`: nothing is known of the environment, and its figures do not matter to what is allowed. */
const ANY = { approvals: 1, expiresAfterSeconds: 600, unansweredMayRun: false };

/** What rules, policies, the CRITICAL floor and the environment make of a command; without a site, rules and floor. */
export function explain(
  { command, stand, found, covering, rules, invalid }: Explainable,
  site: Site | null,
): Explanation {
  const { environment: name, project = '*' } = stand;
  const environment = name === undefined ? undefined : site?.environments.get(name);
  const known = environment ?? (name === undefined ? undefined : { name });
  const { score, level } = assess({ command, ...(known && { environment: known }), site: site?.riskRows });
  const judged = judgePolicies(site?.policies ?? [], {
    environment: name ?? '*',
    project,
    repository: stand.repository ?? null,
    branch: null,
    changedPaths: null,
    command,
    level,
    insideOfficeHours: null,
    requesterKind: 'ci',
  });
  const looked = judged.looked.map(
    ({ policy, ...look }): Looked => ({ kind: 'policy', name: policy, ...look }),
  );
  const decided = decide({
    level,
    environment: environment ?? ANY,
    covering,
    policies: { ...judged, looked },
    reason: null,
  });
  const strange = strangePlace(name, environment !== undefined, site);
  const floor = decided.looked.find(({ kind }) => kind === 'floor');
  const near =
    !found.covered && found.because.kind === 'uncovered' ? nearMisses(rules, found.because.command) : [];
  return {
    environment: name ?? '*',
    project,
    risk: { score, level },
    runs_without_asking: decided.ruling.kind === 'allow' && strange === null,
    ...(floor && { floor: floor.why }),
    ruling: strange ? null : decided.ruling,
    looked_at: strange ? [strange] : decided.looked,
    nearest: near,
    invalid,
  };
}

/** An environment that the site does not have: the gate refuses to judge there. */
function strangePlace(name: string | undefined, isKnown: boolean, site: Site | null): Looked | null {
  if (!site || name === undefined || isKnown) return null;
  const why = `there is no such environment; there are ${[...site.environments.keys()].join(', ')}`;
  return { kind: 'environment', name, applies: false, why };
}
