import type { Environment } from '../core/environment.ts';
import { type RequestView, type VoteRefusal, type Voter, whyNoReviewer } from '../core/request.ts';

/** Everything the page of a request is made from. The same facts, the same page. */
export interface Shown {
  view: RequestView;
  environment: Environment;
  /** Who looks at it, as Slack knows them at this moment. */
  voter: Voter;
  /** Before every path of ours. */
  base: string;
  /** Of this page: a request that is decided together with another keeps its own. */
  path: string;
  /** What every form carries. */
  csrf: string;
  /** The database's time. */
  now: Date;
  /** The card in Slack; null: none (yet). */
  card: URL | null;
}

export const isRequester = ({ view, voter }: Shown): boolean => view.requester.people.includes(voter.userId);

/** Why this person may not approve; null: they may. The vote asks again. */
export function whyNotApprove(shown: Shown): VoteRefusal | null {
  const { view, voter } = shown;
  const unfit = whyNoReviewer(voter);
  if (unfit) return unfit;
  if (isRequester(shown)) return 'requester';
  const approved = view.votes.some(
    ({ subject, verdict }) => verdict === 'approve' && subject === voter.subject,
  );
  return approved ? 'voted-before' : null;
}
