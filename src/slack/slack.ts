import type { WebClient } from '@slack/web-api';
import type { Environment, Reviewers } from '../core/environment.ts';
import type { Deps } from '../gate/deps.ts';
import type { Directory } from './directory.ts';
import type { Identity } from './identity.ts';
import type { Log } from './log.ts';

/** What every part of the Slack surface is given. Built once, in start.ts. */
export interface Slack extends Directory {
  deps: Deps;
  client: WebClient;
  log: Log;
  /** Who we are in which workspace. Asks Slack until it has answered once; rejects while it does not. */
  identity(): Promise<Identity>;
  /** Cards or messages are due: look now. */
  wake(): void;
}

/** The environment of a request; one that was configured away keeps its name and lets nobody decide. */
export const environmentOf = (deps: Pick<Deps, 'environments'>, name: string): Environment =>
  deps.environments.get(name) ?? {
    name,
    production: true,
    color: 'red',
    channel: '',
    reviewers: { users: [], groups: [] },
    approvals: 1,
    expiresAfterSeconds: 0,
    useWithinSeconds: 0,
    timeZone: 'UTC',
    officeHours: null,
    unansweredMayRun: false,
  };

/** The environment of a request, with the people whom a policy lets decide this one. */
export function environmentAsked(
  deps: Pick<Deps, 'environments'>,
  { environment: name, reviewers }: { environment: string; reviewers: Reviewers | null },
): Environment {
  const environment = environmentOf(deps, name);
  const isKnown = deps.environments.has(name);
  return reviewers && isKnown ? { ...environment, reviewers } : environment;
}
