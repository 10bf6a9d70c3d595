import type { Environment, Reviewers } from '../core/environment.ts';
import type { LadderView } from '../core/escalation.ts';
import type { Deps } from './deps.ts';

/** What a request says of who decides it. */
export interface Asked {
  environment: string;
  reviewers: Reviewers | null;
  emergency?: boolean;
  ladder?: Pick<LadderView, 'rungs'>;
}

/** The environment of a request; one that was configured away keeps its name and lets nobody decide. */
export const environmentOf = (deps: Pick<Deps, 'environments'>, name: string): Environment =>
  deps.environments.get(name) ?? {
    name,
    production: true,
    color: 'red',
    channel: '',
    reviewers: NOBODY,
    approvals: 1,
    expiresAfterSeconds: 0,
    useWithinSeconds: 0,
    timeZone: 'UTC',
    officeHours: null,
    unansweredMayRun: false,
    escalation: { steps: [], pageAtOnce: null },
    extend: { bySeconds: 0, times: 0 },
    questionPauseSeconds: 0,
    emergency: null,
  };

const NOBODY: Exclude<Reviewers, 'channel'> = { users: [], groups: [] };

/**
 * The environment of a request, with the people who decide this one: whom a policy names, in an emergency those it
 * was made for, otherwise its reviewers and the backups that its ladder has told.
 */
export function environmentAsked(deps: Pick<Deps, 'environments'>, request: Asked): Environment {
  const environment = environmentOf(deps, request.environment);
  if (!deps.environments.has(request.environment)) return environment;
  if (request.reviewers) return { ...environment, reviewers: request.reviewers };
  if (request.emergency) return { ...environment, reviewers: NOBODY };
  const backups = backupsTold(request.ladder);
  return backups ? { ...environment, backups } : environment;
}

/** With its emergency list beside its reviewers: who declares an emergency there, and who looks back at one. */
export function withEmergencyList(environment: Environment): Environment {
  const { emergency, backups = { ...NOBODY, emails: [] } } = environment;
  if (!emergency) return environment;
  const { users, groups } = emergency.reviewers;
  return {
    ...environment,
    backups: {
      users: [...backups.users, ...users],
      groups: [...backups.groups, ...groups],
      emails: backups.emails,
    },
  };
}

function backupsTold(ladder: Asked['ladder']): NonNullable<Environment['backups']> | null {
  const told = (ladder?.rungs ?? [])
    .filter(({ kind, takenAt }) => kind === 'tell' && takenAt !== null)
    .map(({ audience }) => audience)
    .filter((audience) => audience !== null && audience !== 'reviewers');
  if (told.length === 0) return null;
  const all = (of: 'users' | 'groups' | 'emails') => [...new Set(told.flatMap((audience) => audience[of]))];
  return { users: all('users'), groups: all('groups'), emails: all('emails') };
}
