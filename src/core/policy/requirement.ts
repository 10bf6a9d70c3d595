import type { Environment, Reviewers } from '../environment.ts';
import type { PolicyJudgement, RequireEffect } from '../policy.ts';

/** What a request needs before it may run. */
export interface Requirement {
  approvals: number;
  reviewers: Reviewers;
  expiresAfterSeconds: number;
  reason: boolean;
  ticket: boolean;
}

/**
 * What the `require` policies ask, with the environment's own words where they are silent. A policy that surely
 * applies replaces the environment's figures; among several that may apply, the strictest figure counts: most
 * approvals, shortest wait, a reason or ticket if any asks for one. Reviewers are those of the first that names some.
 */
export function requirementOf(
  judgement: Pick<PolicyJudgement, 'requires' | 'isSure'>,
  environment: Pick<Environment, 'approvals' | 'reviewers' | 'expiresAfterSeconds'>,
): Requirement {
  const effects = judgement.requires.flatMap(({ effect }) => (effect.kind === 'require' ? [effect] : []));
  // Nothing surely applies: what the environment asks of everybody is one more candidate.
  const candidates: Pick<RequireEffect, 'approvals' | 'expiresAfterSeconds'>[] = judgement.isSure
    ? effects
    : [...effects, {}];
  const { approvals, expiresAfterSeconds } = environment;
  return {
    approvals: Math.max(...candidates.map((effect) => effect.approvals ?? approvals)),
    reviewers: effects.find(({ from }) => from !== undefined)?.from ?? environment.reviewers,
    expiresAfterSeconds: Math.min(
      ...candidates.map((effect) => effect.expiresAfterSeconds ?? expiresAfterSeconds),
    ),
    reason: effects.some(({ reason }) => reason === true),
    ticket: effects.some(({ ticket }) => ticket === true),
  };
}
