import type { Environment } from '../core/environment.ts';
import { seesRequests } from './people.ts';
import type { Slack } from './slack.ts';

/** The environments whose requests and rules this person may see: those of their channels, and those they decide in. */
export async function seenBy(slack: Slack, userId: string): Promise<Environment[]> {
  const all = [...slack.deps.environments.values()];
  const sees = await Promise.all(all.map((environment) => seesRequests(slack, environment, userId)));
  return all.filter((_, index) => sees[index]);
}
