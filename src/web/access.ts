import type { Context } from 'hono';
import type { Environment } from '../core/environment.ts';
import { type RequestView, type Voter, whyNoReviewer } from '../core/request.ts';
import { environmentAsked } from '../gate/environment-asked.ts';
import type { Someone } from '../gate/people.ts';
import type { Db } from '../store/database.ts';
import { findRequest, viewRequest } from '../store/requests.ts';
import { readCookie } from './cookies.ts';
import { findSession, type Session } from './sessions.ts';
import type { Web } from './surroundings.ts';

/** Who is signed in in this browser now. */
export const sessionOf = (c: Context, web: Web): Promise<Session | null> =>
  findSession(web.deps.database.db, readCookie(c, web.site, 'session'));

/** A request as somebody may see it; `hidden` also when there is none, `unclear` while Slack does not say. */
export type Seen =
  | { kind: 'seen'; view: RequestView; environment: Environment; voter: Voter }
  | { kind: 'hidden' }
  | { kind: 'unclear' };

/** Asks Slack at this moment, on every request: whoever left the channel sees nothing any more. */
export async function see({ deps }: Web, who: Someone, requestId: string): Promise<Seen> {
  const view = await viewToDecide(deps.database.db, requestId);
  if (!view || !deps.people) return { kind: 'hidden' };
  const environment = environmentAsked(deps, view);
  const [mayRead, voter] = await Promise.all([
    deps.people.maySee(who, environment),
    deps.people.voter(who, environment),
  ]);
  // Whoever asked knows what they asked, and answers questions about it, in its channel or not.
  const isOwn = voter.isReviewer !== null && view.requester.people.includes(who.userId);
  if (mayRead || isOwn) return { kind: 'seen', view, environment, voter };
  return whyNoReviewer(voter) === 'unknown-membership' ? { kind: 'unclear' } : { kind: 'hidden' };
}

/** What somebody decides there: a request that waits with others that asked the same is decided in the first of them. */
async function viewToDecide(db: Db, requestId: string): Promise<RequestView | null> {
  const row = await findRequest(db, requestId);
  const leads = row?.state === 'pending' && row.leaderId !== null ? row.leaderId : requestId;
  return row && viewRequest(db, leads);
}
