import type { Redirection, SimpleCommand } from '../command/simple-command.ts';
import type { Shape } from './compiled-rule.ts';
import { wordMatches } from './word-matches.ts';

type Grant = Shape['redirections'][number];

/** S7 on the rule's side: a redirection that needs no grant, so that spelling it out changes nothing. */
export function isHarmlessGrant({ fd, operator, target }: Grant): boolean {
  if (target.literal !== '/dev/null') return false;
  return operator === '<' ? fd === 0 : fd === 1 || fd === 2 || fd === 'both';
}

/**
 * Redirections of different descriptors may stand in any order: what they do is the same. Those of one
 * descriptor keep theirs (the last one wins), and `&>` is of two, so beside it nothing is moved.
 */
export function inFdOrder<R extends { fd: number | 'both' }>(redirections: readonly R[]): R[] {
  if (redirections.some(({ fd }) => fd === 'both')) return [...redirections];
  return redirections.toSorted((a, b) => Number(a.fd) - Number(b.fd));
}

const needsGrant = ({ harmless }: Redirection): boolean => !harmless;

/** R7: what a command's redirections must be granted, in the order rules keep. */
export const redirectionsToGrant = ({ redirections }: SimpleCommand): Redirection[] =>
  redirections.length === 0 ? redirections : inFdOrder(redirections.filter(needsGrant));

/** R7: the grants of a rule and the redirections of a command that need one correspond one to one. */
export function redirectionsGranted(grants: readonly Grant[], command: SimpleCommand): boolean {
  if (grants.length === 0 && command.redirections.length === 0) return true;
  const asked = redirectionsToGrant(command);
  return (
    asked.length === grants.length &&
    asked.every(({ fd, operator, target }, i) => {
      const grant = grants[i];
      return (
        grant?.fd === fd &&
        grant.operator === operator &&
        target.static &&
        wordMatches(grant.target, target.value)
      );
    })
  );
}
