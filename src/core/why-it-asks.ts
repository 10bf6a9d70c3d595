import { said } from './command/said.ts';
import { IN_SHADOW, type Looked, SPOT_CHECK } from './decide.ts';

/** Why people are asked although they need not be: a policy wants it, or a rule that covers it may not. */
export function whyItAsks(explanation: readonly Looked[], mostPolicies: number): string[] {
  const policies = explanation.filter((one) => one.applies && one.strength === 'require');
  const more = policies.length - mostPolicies;
  const isFloor = explanation.some((one) => one.applies && one.kind === 'floor');
  return [
    ...policies.slice(0, mostPolicies).map(({ name }) => `policy “${said(name, 80)}”`),
    ...(more > 0 ? [`${more} more`] : []),
    ...(isFloor ? ['a rule covers it, but CRITICAL always asks'] : []),
    ...(explanation.some(({ name }) => name === SPOT_CHECK) ? ['spot check: a rule covers this'] : []),
    ...(explanation.some(({ name }) => name === IN_SHADOW)
      ? ['a rule in the shadow would have run this']
      : []),
  ];
}

/** Everything that was looked at: what counted stands first. */
export const countedFirst = (explanation: readonly Looked[]): Looked[] =>
  explanation.toSorted((a, b) => Number(b.applies) - Number(a.applies));
