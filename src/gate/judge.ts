import { createHash } from 'node:crypto';
import type { Command } from '../core/command/command.ts';
import { familyOf } from '../core/command/family.ts';
import { type CoveringRule, decide, type Looked, type Ruling } from '../core/decide.ts';
import type { Environment } from '../core/environment.ts';
import { isInside } from '../core/office-hours.ts';
import { judgePolicies, type PolicyJudgement } from '../core/policy.ts';
import { canonical } from '../core/proof/canonical.ts';
import type { Context, RequesterKind } from '../core/request.ts';
import { assess } from '../core/risk/assess.ts';
import type { Assessment, RiskLevel } from '../core/risk/assessment.ts';
import type { Place } from '../core/rules/scope.ts';
import type { Tx } from '../store/database.ts';
import type { Caller } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { factsAmong } from './facts.ts';
import { coveredBy, coveringElsewhere, coveringRules, type RuleBook } from './rule-book.ts';

/** An ask whose words have been checked. */
export interface Judgeable {
  command: Command;
  environment: Environment;
  project: string;
  cwd: string | null;
  reason: string | null;
  context: Context;
  /** Its client took secrets out: the gate cannot know what runs, so neither a rule nor a policy lets it pass. */
  isPartlyHidden: boolean;
}

/** What was found out about an ask before anything is stored. */
export interface Judged {
  assessment: Assessment;
  ruling: Ruling;
  looked: Looked[];
  family: string;
  sameKey: string;
  /** Where it was judged, and the database's time (ms). */
  place: Place;
  now: number;
}

/** Gathers the facts, then decides once. */
export async function judge(tx: Tx, deps: Deps, caller: Caller, ask: Judgeable): Promise<Judged> {
  const { environment, project, context } = ask;
  const family = familyOf(ask.command);
  const sameKey = sha256(
    canonical({ command: { ...ask.command }, cwd: ask.cwd, environment: environment.name, project }),
  );
  const among = {
    environment: environment.name,
    family,
    sameKey,
    tokenId: caller.id,
    runId: context.run_id ?? null,
  };
  const { now, anomalies } = await factsAmong(tx, deps, among);
  const inside = isInsideOfficeHours(environment, now);
  if (inside === false) anomalies.outsideOfficeHours = true;
  const assessment = assess({ command: ask.command, environment, anomalies, site: deps.riskRows });
  const requester = { name: caller.name, kind: caller.kind };
  const weighed = await weigh(tx, deps, ask, { ...requester, level: assessment.level, now });
  return { assessment, family, sameKey, now, ...weighed };
}

/** What policies and rules make of an ask at this moment, its risk given. */
export async function weigh(
  tx: Tx,
  deps: Deps,
  ask: Judgeable,
  given: { name: string; kind: RequesterKind; level: RiskLevel; now: number },
): Promise<Pick<Judged, 'ruling' | 'looked' | 'place'> & { covering: CoveringRule[] | null }> {
  const { environment, project, context } = ask;
  const { level, now } = given;
  const place = {
    environment: environment.name,
    project,
    repository: context.repository ?? null,
    requester: given.name,
    cwd: ask.cwd,
  };
  const book = await deps.ruleBook.current(tx);
  const covering = ask.isPartlyHidden ? null : coveringRules(coveredBy(book, ask.command, place, now));
  const judged = judgePolicies(deps.policies, {
    environment: environment.name,
    project,
    repository: place.repository,
    branch: branchOf(context.ref),
    changedPaths: context.changed_paths ?? null,
    command: ask.command,
    level,
    insideOfficeHours: isInsideOfficeHours(environment, now),
    requesterKind: given.kind,
  });
  const { ruling, looked } = decide({
    level,
    environment,
    covering,
    policies: toLooked(ask.isPartlyHidden ? { ...judged, allow: null } : judged),
    reason: ask.reason,
  });
  if (ask.isPartlyHidden) looked.push(PARTLY_HIDDEN);
  else if (covering === null) looked.push(...notCovered(book, ask.command, place));
  return { ruling, looked, place, covering };
}

const isInsideOfficeHours = ({ officeHours, timeZone }: Environment, now: number): boolean | null =>
  officeHours && isInside(officeHours, timeZone, new Date(now));

const toLooked = (judged: PolicyJudgement) => ({
  ...judged,
  looked: judged.looked.map(({ policy, ...look }): Looked => ({ kind: 'policy', name: policy, ...look })),
});

const PARTLY_HIDDEN: Looked = {
  kind: 'rule',
  name: 'rules',
  applies: false,
  why: 'the client took a secret out of the command, so a human decides; keep secrets in files or variables of the job',
};

/** Why no rule let it pass: rules of other places, or none at all. */
function notCovered(book: RuleBook, command: Command, place: Place): Looked[] {
  const elsewhere = coveringElsewhere(book, command, place);
  if (elsewhere.length === 0)
    return [{ kind: 'rule', name: 'rules', applies: false, why: 'no rule covers the whole command' }];
  return elsewhere.map(({ row, why }) => ({ kind: 'rule', name: row.text, applies: false, why }));
}

/** `refs/heads/x` and `refs/tags/x` → x; null when it is not known. */
const branchOf = (ref: string | undefined): string | null =>
  ref?.replace(/^refs\/(heads|tags)\//, '') ?? null;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
