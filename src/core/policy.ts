import type { Command } from './command/command.ts';
import type { Reviewers } from './environment.ts';
import type { RequesterKind } from './request.ts';
import type { RiskLevel } from './risk/assessment.ts';

/** What a policy asks of a request before it applies. A list matches when one of its entries does; no list is no condition. */
export interface PolicyMatch {
  environments?: string[];
  projects?: string[];
  repositories?: string[];
  branches?: string[];
  changedPaths?: string[];
  commands?: string[];
  /** This level or higher. */
  risk?: RiskLevel;
  officeHours?: 'inside' | 'outside';
  requesterKinds?: RequesterKind[];
}

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

/** Ordered by strength: block beats require beats allow. */
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
  require: Policy | null;
  /**
   * Every `require` policy that has a say: those that apply only because something is not known, up to and
   * including the first that surely applies. `requirementOf` takes the strictest of them.
   */
  requires: Policy[];
  allow: Policy | null;
  looked: PolicyLook[];
}

/** The policies that apply to a request: the first of each strength, and for every policy why it does or does not. */
export function judgePolicies(policies: readonly Policy[], facts: PolicyFacts): PolicyJudgement {
  void policies;
  void facts;
  return { block: null, require: null, requires: [], allow: null, looked: [] };
}
