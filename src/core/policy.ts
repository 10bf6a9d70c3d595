import type { Command } from './command/command.ts';
import type { Reviewers } from './environment.ts';
import { type Finding, findingsOf } from './policy/conditions.ts';
import { readings } from './policy/readings.ts';
import { strictest } from './policy/strictest.ts';
import type { RequesterKind } from './request.ts';
import type { RiskLevel } from './risk/assessment.ts';

/** What a policy asks of a request before it applies. One entry of a list is enough; no list is no condition. */
export interface PolicyMatch {
  environments?: string[];
  projects?: string[];
  repositories?: string[];
  branches?: string[];
  /** `require` and `block`: one changed path is enough. `allow`: every changed path must match. */
  changedPaths?: string[];
  /** `require` and `block`: wide patterns, see `policy/wildcard.ts`. `allow`: whitelist rules. */
  commands?: string[];
  /** This level or higher. */
  risk?: RiskLevel;
  officeHours?: 'inside' | 'outside';
  requesterKinds?: RequesterKind[];
}

/** What is left out stays as the environment has it. */
export interface RequireEffect {
  kind: 'require';
  approvals?: number;
  from?: Reviewers;
  expiresAfterSeconds?: number;
  /** A request without a reason is not accepted. */
  reason?: boolean;
  /** The reason must name a ticket. */
  ticket?: boolean;
}

/** By strength: block beats require beats allow. */
export type PolicyEffect = RequireEffect | { kind: 'allow' } | { kind: 'block'; reason: string };

export interface Policy {
  name: string;
  match: PolicyMatch;
  effect: PolicyEffect;
}

/** What is known of a request. `null` is "not known", never "none". */
export interface PolicyFacts {
  environment: string;
  project: string;
  repository: string | null;
  branch: string | null;
  changedPaths: string[] | null;
  command: Command;
  level: RiskLevel;
  insideOfficeHours: boolean | null;
  requesterKind: RequesterKind;
  /** What the environment asks of everybody: the figures of `require` policies that name none. */
  asks?: { approvals: number; expiresAfterSeconds: number };
}

/** Why one policy applies to a request, or does not. */
export interface PolicyLook {
  policy: string;
  strength: PolicyEffect['kind'];
  applies: boolean;
  why: string;
}

export interface PolicyJudgement {
  block: Policy | null;
  /** When several may apply, because something is not known: one with the strictest of each figure. */
  require: Policy | null;
  allow: Policy | null;
  looked: PolicyLook[];
}

/**
 * The policies that apply to a request, the first of each strength, and for every policy why it does or does not.
 * What is not known counts as matching for `block` and `require`, and as not matching for `allow`. A `require`
 * policy that matches only so does not hide the ones after it.
 */
export function judgePolicies(policies: readonly Policy[], facts: PolicyFacts): PolicyJudgement {
  if (policies.length === 0) return { block: null, require: null, allow: null, looked: [] };
  const read = readings(facts.command);
  const taken: Record<PolicyEffect['kind'], Policy[]> = { block: [], require: [], allow: [] };
  const settledBy: Partial<Record<PolicyEffect['kind'], string>> = {};
  const looked: PolicyLook[] = [];
  for (const policy of policies) {
    const strength = policy.effect.kind;
    const { applies, sure, why } = conclude(strength, findingsOf(policy, facts, read));
    const first = settledBy[strength];
    if (applies && first === undefined) {
      taken[strength].push(policy);
      if (sure || strength !== 'require') settledBy[strength] = policy.name;
      looked.push({ policy: policy.name, strength, applies, why: `applies: ${why}` });
    } else {
      const reason = applies ? `“${first}” stands before it and applies (${why})` : why;
      looked.push({ policy: policy.name, strength, applies: false, why: `does not apply: ${reason}` });
    }
  }
  return {
    block: taken.block[0] ?? null,
    require: strictest(taken.require, settledBy.require !== undefined, facts.asks),
    allow: taken.allow[0] ?? null,
    looked,
  };
}

interface Conclusion {
  applies: boolean;
  /** It applies by what is known alone. */
  sure: boolean;
  why: string;
}

function conclude(strength: PolicyEffect['kind'], findings: readonly Finding[]): Conclusion {
  const against = findings.find(({ holds }) => holds === false);
  if (against) return { applies: false, sure: true, why: against.why };
  const unknown = findings.filter(({ holds }) => holds === null);
  if (unknown[0] && strength === 'allow') return { applies: false, sure: true, why: unknown[0].why };
  const known = findings.filter(({ holds }) => holds === true).map(({ why }) => why);
  const assumed = unknown.map(({ why }) => `${why}, which counts as matching`);
  const why = [...known, ...assumed].join('; ') || 'it is for every request';
  return { applies: true, sure: unknown.length === 0, why };
}
