import { createHash } from 'node:crypto';
import type { Command } from '../core/command/command.ts';
import { familyOf } from '../core/command/family.ts';
import { type CoveringRule, decide, IN_SHADOW, type Looked, type Ruling } from '../core/decide.ts';
import type { Environment } from '../core/environment.ts';
import { isInside } from '../core/office-hours.ts';
import { judgePolicies, type PolicyJudgement } from '../core/policy.ts';
import { canonical } from '../core/proof/canonical.ts';
import type { Context, RequesterKind } from '../core/request.ts';
import { assess } from '../core/risk/assess.ts';
import type { Assessment, RiskLevel } from '../core/risk/assessment.ts';
import type { Place } from '../core/rules/scope.ts';
import type { Tx } from '../store/database.ts';
import type { RuleRow } from '../store/rules.ts';
import type { Caller } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { type Among, type Facts, factsAmong } from './facts.ts';
import { coveredBy, coveringElsewhere, coveringRules, type RuleBook, shadowOver } from './rule-book.ts';
import { isSpotCheck } from './spot-check.ts';

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
  /** Nothing comes of it, so nobody learns whether it would be a spot check. */
  isTrial?: boolean;
}

/** What was found out about an ask before anything is stored. */
export interface Judged {
  assessment: Assessment;
  ruling: Ruling;
  looked: Looked[];
  /** Ids of rules in the shadow that would have let it pass. */
  shadow: string[];
  family: string;
  sameKey: string;
  /** Where it was judged, and the database's time (ms). */
  place: Place;
  now: number;
}

/** Gathers the facts, then decides once. `pending`: so many requests of this token wait for people already. */
export async function judge(
  tx: Tx,
  deps: Deps,
  caller: Caller,
  ask: Judgeable,
): Promise<Judged & { pending: number }> {
  const kin = kinOf(ask);
  const facts = await factsAmong(tx, deps, amongOf(caller, ask, kin));
  const book = await deps.ruleBook.current(tx, facts.rulesVersion);
  return { ...judgeBy(book, deps, caller, ask, { ...kin, ...facts }), pending: facts.pending };
}

/** By what earlier requests are known as like an ask. */
export function kinOf(ask: Judgeable): Pick<Judged, 'family' | 'sameKey'> {
  const { command, cwd, environment, project } = ask;
  const same = canonical({ command: { ...command }, cwd, environment: environment.name, project });
  return { family: familyOf(command), sameKey: sha256(same) };
}

/** What is asked about the requests before an ask. */
export const amongOf = (
  caller: Caller,
  { environment, context }: Judgeable,
  kin: Pick<Judged, 'family' | 'sameKey'>,
): Among => ({
  environment: environment.name,
  ...kin,
  tokenId: caller.id,
  runId: context.run_id ?? null,
});

/** Decides, all facts given. */
export function judgeBy(
  book: RuleBook,
  deps: Deps,
  caller: Caller,
  ask: Judgeable,
  given: Pick<Judged, 'family' | 'sameKey'> & Facts,
): Judged {
  const { environment } = ask;
  const { family, sameKey, now } = given;
  const anomalies = { ...given.anomalies };
  const inside = isInsideOfficeHours(environment, now);
  if (inside === false) anomalies.outsideOfficeHours = true;
  const assessment = assess({ command: ask.command, environment, anomalies, site: deps.riskRows });
  const requester = { name: caller.name, kind: caller.kind };
  const weighed = weighBy(book, deps, ask, { ...requester, level: assessment.level, now });
  return { assessment, family, sameKey, now, ...weighed };
}

type Weighed = Pick<Judged, 'ruling' | 'looked' | 'place' | 'shadow'> & { covering: CoveringRule[] | null };
interface Circumstances {
  name: string;
  kind: RequesterKind;
  level: RiskLevel;
  now: number;
}

/** What policies and rules make of an ask at this moment, its risk given. */
export const weigh = async (tx: Tx, deps: Deps, ask: Judgeable, given: Circumstances): Promise<Weighed> =>
  weighBy(await deps.ruleBook.current(tx), deps, ask, given);

function weighBy(book: RuleBook, deps: Deps, ask: Judgeable, given: Circumstances): Weighed {
  const { environment, project, context } = ask;
  const { level, now } = given;
  const place = {
    environment: environment.name,
    project,
    repository: context.repository ?? null,
    requester: given.name,
    cwd: ask.cwd,
  };
  const found = ask.isPartlyHidden ? null : coveredBy(book, ask.command, place, now);
  const covering = found && coveringRules(found);
  const insideOfficeHours = isInsideOfficeHours(environment, now);
  const judged = judgePolicies(deps.policies, {
    environment: environment.name,
    project,
    repository: place.repository,
    branch: branchOf(context.ref),
    changedPaths: context.changed_paths ?? null,
    command: ask.command,
    level,
    insideOfficeHours,
    requesterKind: given.kind,
  });
  const { ruling, looked } = decide({
    level,
    environment,
    covering,
    policies: toLooked(ask.isPartlyHidden ? { ...judged, allow: null } : judged),
    reason: ask.reason,
    spotCheck:
      found?.covered === true &&
      !ask.isTrial &&
      isSpotCheck(deps, found.rules, { requester: given.name, now, insideOfficeHours }),
  });
  if (ask.isPartlyHidden) looked.push(PARTLY_HIDDEN);
  else if (covering === null) looked.push(...notCovered(book, ask.command, place));
  const shadow =
    ruling.kind === 'ask' && found?.covered === false ? shadowOver(book, ask.command, place, now) : [];
  looked.push(...shadow.map(inShadow));
  return { ruling, looked, place, covering, shadow: shadow.map(({ id }) => id) };
}

const inShadow = ({ id, text, shadowUntil }: RuleRow): Looked => ({
  kind: 'rule',
  name: IN_SHADOW,
  applies: false,
  why: `${text} (${id}) would have let it pass; it comes into force on ${shadowUntil?.toISOString().slice(0, 10)}`,
});

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
