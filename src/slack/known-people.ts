import type { People } from '../gate/people.ts';
import { readAudience, readProfile } from './audience.ts';
import { openAvailability } from './availability.ts';
import { kept } from './kept.ts';
import { maySee, voterOf } from './people.ts';
import type { Workspace } from './slack.ts';

const PROFILES_KEPT_MS = 10 * 60_000;
const BUDGET_MS = 4000;

/** What the gate asks about people, answered by Slack: rights read at each question, words kept for a while. */
export function knownPeople(workspace: Workspace, budgetMs = BUDGET_MS): People {
  const profile = kept((userId) => readProfile(workspace, userId), PROFILES_KEPT_MS);
  const reads = { profile, availability: openAvailability(workspace.client), budgetMs };
  return {
    voter: (who, environment) => voterOf(workspace, who, environment),
    maySee: (who, environment) => maySee(workspace, who, environment),
    audience: (environment, audience) => readAudience(workspace, reads, environment, audience),
  };
}
