import type { Reviewers } from './environment.ts';
import type { Policy } from './policy.ts';
import type { RiskLevel } from './risk/assessment.ts';

/** One thing that was looked at, and why it did or did not count. In words, for people. */
export interface Looked {
  kind: 'policy' | 'rule' | 'floor' | 'environment';
  name: string;
  applies: boolean;
  why: string;
  /** Of a policy. */
  strength?: Policy['effect']['kind'];
}

/** Names in what was looked at, by which surfaces know them. */
export const SPOT_CHECK = 'spot check';
export const IN_SHADOW = 'rule in the shadow';

/** A rule that covers the command, as far as deciding needs it. */
export interface CoveringRule {
  id: string;
  text: string;
  allowsCritical: boolean;
  whenUnanswered: 'allow' | null;
}

export type Ruling =
  | { kind: 'block'; policy: string; reason: string }
  | { kind: 'allow'; by: 'rule' | 'policy'; because: string; rules: string[] }
  | {
      kind: 'ask';
      approvals: number;
      /** null: as the environment says. */
      from: Reviewers | null;
      expiresAfterSeconds: number;
      whenUnanswered: 'deny' | 'allow';
      rules: string[];
      /** What the requester must say and did not. */
      missing: 'reason' | 'ticket' | null;
      /** Rules cover it; people see it to check them. */
      spotCheck: boolean;
    };

export interface Decidable {
  level: RiskLevel;
  environment: { approvals: number; expiresAfterSeconds: number; unansweredMayRun: boolean };
  /** null: no rules cover the whole command. */
  covering: CoveringRule[] | null;
  policies: { block: Policy | null; require: Policy | null; allow: Policy | null; looked: Looked[] };
  /** What the requester gave as the reason. */
  reason: string | null;
  /** Its turn has come to be shown although rules cover it. */
  spotCheck?: boolean;
}

const TICKET = /(?:^|[^A-Za-z0-9])(?:[A-Z][A-Z0-9]{1,9}-\d{1,7}|#\d{1,7})(?![A-Za-z0-9])/;

/**
 * What becomes of a request: block beats review beats allow, and every doubt asks a human.
 * The explanation names everything that was looked at.
 */
export function decide(facts: Decidable): { ruling: Ruling; looked: Looked[] } {
  const { block, require, allow } = facts.policies;
  const looked = [...facts.policies.looked];
  const rules = facts.covering?.map((rule) => rule.id) ?? [];
  for (const rule of facts.covering ?? []) {
    looked.push({ kind: 'rule', name: rule.text, applies: true, why: `covers the command (${rule.id})` });
  }
  if (block?.effect.kind === 'block') {
    return { ruling: { kind: 'block', policy: block.name, reason: block.effect.reason }, looked };
  }
  const floor = criticalFloor(facts);
  if (floor) looked.push(floor);
  const unanswered = facts.covering?.some((rule) => rule.whenUnanswered === 'allow') ?? false;

  const isAllowed = !require && !floor && !unanswered && (facts.covering !== null || allow !== null);
  const isSpotCheck = isAllowed && facts.covering !== null && facts.spotCheck === true;
  if (isSpotCheck) looked.push(spotCheckExplained);
  else if (isAllowed) {
    const ruling: Ruling =
      facts.covering !== null
        ? { kind: 'allow', by: 'rule', because: facts.covering.map((rule) => rule.text).join('; '), rules }
        : { kind: 'allow', by: 'policy', because: allow?.name ?? '', rules };
    return { ruling, looked };
  }
  const mayRunUnanswered =
    unanswered && !require && !floor && facts.level === 'LOW' && facts.environment.unansweredMayRun;
  if (unanswered) looked.push(unansweredExplained(facts, mayRunUnanswered));
  return { ruling: { ...ask(facts, require, rules, mayRunUnanswered), spotCheck: isSpotCheck }, looked };
}

const spotCheckExplained: Looked = {
  kind: 'rule',
  name: SPOT_CHECK,
  applies: true,
  why: 'rules cover it; a share of that is shown to people all the same, and a denial suspends the rules',
};

/** A5: CRITICAL commands ask even when covered, unless an administrator marked every rule that covers it. */
function criticalFloor({ level, covering, policies }: Decidable): Looked | null {
  if (level !== 'CRITICAL' || (covering === null && !policies.allow)) return null;
  if (covering?.every((rule) => rule.allowsCritical)) return null;
  return {
    kind: 'floor',
    name: 'CRITICAL commands',
    applies: true,
    why: 'a CRITICAL command asks a human even when it is covered, unless an administrator marked the rule',
  };
}

type Asking = Omit<Extract<Ruling, { kind: 'ask' }>, 'spotCheck'>;

function ask(facts: Decidable, require: Policy | null, rules: string[], mayRunUnanswered: boolean): Asking {
  const asked = require?.effect.kind === 'require' ? require.effect : null;
  const { environment } = facts;
  return {
    kind: 'ask',
    approvals: asked?.approvals ?? environment.approvals,
    from: asked?.from ?? null,
    expiresAfterSeconds: asked?.expiresAfterSeconds ?? environment.expiresAfterSeconds,
    whenUnanswered: mayRunUnanswered ? 'allow' : 'deny',
    rules,
    missing: missingOf(asked, facts.reason),
  };
}

function missingOf(
  asked: { reason?: boolean; ticket?: boolean } | null,
  reason: string | null,
): 'reason' | 'ticket' | null {
  if (asked?.ticket && !TICKET.test(reason ?? '')) return 'ticket';
  return asked?.reason && !reason?.trim() ? 'reason' : null;
}

function unansweredExplained(facts: Decidable, may: boolean): Looked {
  const why = may
    ? 'runs when nobody objects in time'
    : facts.level !== 'LOW'
      ? `asks as usual: only LOW commands may run unanswered, this is ${facts.level}`
      : facts.environment.unansweredMayRun
        ? 'asks as usual: a policy wants a review'
        : 'asks as usual: in this environment nothing runs unanswered';
  return { kind: 'rule', name: 'when_unanswered: allow', applies: may, why };
}
