import type { Caller } from '../gate/authenticate.ts';
import type { Author } from '../gate/rules.ts';

/** Who changes rules with this token. */
export const authorOf = (caller: Caller): Author => ({
  subject: `token:${caller.id}`,
  name: caller.name,
  isAdmin: caller.role === 'admin',
  people: caller.owner ? [caller.owner] : [],
  isRequester: caller.role === 'client',
});

export type MayNot = 'person-needed' | 'environment-not-allowed' | 'project-not-allowed';

/** Administrators change every rule; people those that hold only where their token does. */
export function mayChange(caller: Caller, rule: { environment: string; project: string }): MayNot | null {
  if (caller.role === 'admin') return null;
  if (caller.kind !== 'human' || !caller.owner) return 'person-needed';
  if (caller.environments && !caller.environments.includes(rule.environment))
    return 'environment-not-allowed';
  return caller.project === '*' || caller.project === rule.project ? null : 'project-not-allowed';
}

/** The scope names that are looked for: the one that was asked for and "*", as far as they may be seen. */
export function seenOf(asked: string | undefined, visible: string[] | null): string[] | undefined {
  if (asked === undefined) return visible ? [...visible, '*'] : undefined;
  return [asked, '*'].filter((name) => name === '*' || !visible || visible.includes(name));
}

/** Environments and projects of which this token sees rules and suggestions. */
export const seenBy = (caller: Caller, asked: { environment?: string; project?: string }) => ({
  environments: seenOf(asked.environment, caller.role === 'admin' ? null : caller.environments),
  projects: seenOf(
    asked.project,
    caller.role === 'admin' || caller.project === '*' ? null : [caller.project],
  ),
});
