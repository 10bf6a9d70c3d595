import type { Policy, PolicyFacts, RequireEffect } from '../policy.ts';

/**
 * One `require` policy for several that may apply: most approvals, shortest wait, a reason or ticket when any asks
 * for one, the reviewers of the first that names some. When none of them surely applies, what the environment asks
 * of everybody is one more candidate. One policy that surely applies is taken as it is written.
 */
export function strictest(
  policies: readonly Policy[],
  isSure: boolean,
  asks: PolicyFacts['asks'],
): Policy | null {
  const [first] = policies;
  if (!first || (policies.length === 1 && isSure)) return first ?? null;
  const effects = policies.flatMap(({ effect }) => (effect.kind === 'require' ? [effect] : []));
  const candidates: Omit<RequireEffect, 'kind'>[] = isSure ? effects : [...effects, {}];
  const approvals = candidates.flatMap((one) => one.approvals ?? asks?.approvals ?? []);
  const waits = candidates.flatMap((one) => one.expiresAfterSeconds ?? asks?.expiresAfterSeconds ?? []);
  const from = effects.find((effect) => effect.from !== undefined)?.from;
  const effect: RequireEffect = {
    kind: 'require',
    ...(approvals.length > 0 && { approvals: Math.max(...approvals) }),
    ...(waits.length > 0 && { expiresAfterSeconds: Math.min(...waits) }),
    ...(from !== undefined && { from }),
    ...(effects.some(({ reason }) => reason) && { reason: true }),
    ...(effects.some(({ ticket }) => ticket) && { ticket: true }),
  };
  return { ...first, name: policies.map(({ name }) => name).join(' + '), effect };
}
