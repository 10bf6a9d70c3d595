import type { VoteRefusal } from '../../core/request.ts';
import { whyNoReviewer } from '../../core/request.ts';
import type { Caller } from '../authenticate.ts';
import type { Deps } from '../deps.ts';
import { environmentOf } from '../environment-asked.ts';
import type { Author } from '../rules.ts';

export type MayNote =
  | { author: Author }
  | { refused: 'person-needed' | 'environment-not-allowed' | 'project-not-allowed' }
  | { refused: 'not-a-reviewer'; why: VoteRefusal };

/**
 * Who may change the notes of an environment with a token: administrators, and the person a token stands for, if
 * they may decide there, as Slack says at this moment.
 */
export async function noteAuthor(
  deps: Deps,
  caller: Caller,
  place: { environment: string; project: string },
): Promise<MayNote> {
  const author: Author = {
    subject: `token:${caller.id}`,
    name: caller.name,
    isAdmin: caller.role === 'admin',
    people: caller.owner ? [caller.owner] : [],
  };
  if (author.isAdmin) return { author };
  if (caller.kind !== 'human' || !caller.owner) return { refused: 'person-needed' };
  if (caller.environments && !caller.environments.includes(place.environment))
    return { refused: 'environment-not-allowed' };
  if (caller.project !== '*' && caller.project !== place.project) return { refused: 'project-not-allowed' };
  const who = { userId: caller.owner, teamId: null, enterpriseId: null, name: caller.name };
  const voter = await deps.people?.voter(who, environmentOf(deps, place.environment));
  const why = voter ? whyNoReviewer(voter) : 'unknown-membership';
  return why === null
    ? { author: { ...author, name: voter?.name ?? caller.name } }
    : { refused: 'not-a-reviewer', why };
}
