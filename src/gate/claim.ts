import { eq } from 'drizzle-orm';
import type { Voter } from '../core/request.ts';
import { acknowledgePage, pagesOf } from '../store/pages.ts';
import { requests } from '../store/schema.ts';
import { type Answered, act, refusedToReview } from './answered.ts';
import type { Deps } from './deps.ts';

/**
 * "I'm looking": says on the card who reads this request, so that two people do not read the same thing. Whoever says
 * it last is shown. It binds nobody and moves no deadline; a pager that rings for it is told that somebody has it.
 */
export const claim = (
  deps: Deps,
  { requestId, voter }: { requestId: string; voter: Voter },
): Promise<Answered> =>
  act(deps, requestId, async ({ tx, row, now }) => {
    const refused = refusedToReview(row, voter);
    if (refused) return { refused };
    const { subject, name } = voter;
    await tx
      .update(requests)
      .set({ claim: { subject, name, at: now.toISOString() } })
      .where(eq(requests.id, row.id));
    for (const page of await pagesOf(tx, row.id)) {
      if (!page.storm) await acknowledgePage(tx, page.id, name, { tellProvider: true });
    }
    return { type: 'claimed', facts: { subjectId: subject, name } };
  });
