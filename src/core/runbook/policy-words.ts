import { duration } from '../duration.ts';
import { reviewersInWords } from '../environment.ts';
import type { Policy, PolicyMatch, RequireEffect } from '../policy.ts';

/** What a policy does, in words. */
export function effectInWords({ effect }: Policy, channel: string): string {
  switch (effect.kind) {
    case 'block':
      return `Blocked: ${effect.reason}`;
    case 'allow':
      return 'Runs without asking.';
    case 'require':
      return `Needs ${requirements(effect, channel).join(', ')}.`;
  }
}

function requirements(effect: RequireEffect, channel: string): string[] {
  const { approvals, from, expiresAfterSeconds, reason, ticket } = effect;
  return [
    approvals === undefined ? '' : `${approvals} approval${approvals === 1 ? '' : 's'}`,
    from === undefined ? '' : `an answer from ${reviewersInWords(from, channel)}`,
    expiresAfterSeconds === undefined ? '' : `it within ${duration(expiresAfterSeconds * 1000)}`,
    reason ? 'a reason' : '',
    ticket ? 'a ticket in the reason' : '',
  ].filter(Boolean);
}

/** What a policy asks of a request besides its command and environment, one condition each. */
export function conditionsInWords(match: PolicyMatch): string[] {
  const { projects, repositories, branches, changedPaths, risk, officeHours, requesterKinds } = match;
  const one = (noun: string, list: readonly string[] | undefined) =>
    list ? [`${noun} ${list.join(' or ')}`] : [];
  return [
    ...one('project', projects),
    ...one('repository', repositories),
    ...one('branch', branches),
    ...one('changes in', changedPaths),
    ...(risk ? [`risk ${risk} or higher`] : []),
    ...(officeHours ? [`${officeHours} office hours`] : []),
    ...one('asked by', requesterKinds),
  ];
}
