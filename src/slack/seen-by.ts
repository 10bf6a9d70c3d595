import type { Environment } from '../core/environment.ts';
import { isMember, isReviewer } from './people.ts';
import type { Slack } from './slack.ts';

/** The environments whose requests and rules this person may see: those of their channels, and those they decide in. */
export async function seenBy(slack: Slack, userId: string): Promise<Environment[]> {
  const all = [...slack.deps.environments.values()];
  const sees = await Promise.all(
    all.map(async (environment) => {
      const asked = [isReviewer(slack, environment, userId)];
      if (environment.reviewers !== 'channel') asked.push(isMember(slack, environment.channel, userId));
      return (await Promise.all(asked.map((each) => each.catch(() => false)))).some(Boolean);
    }),
  );
  return all.filter((_, index) => sees[index]);
}
