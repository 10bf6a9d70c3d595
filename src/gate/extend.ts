import { sql } from 'drizzle-orm';
import { lastThirdOf, mayExtend } from '../core/escalation.ts';
import type { Voter } from '../core/request.ts';
import { requests } from '../store/schema.ts';
import { setTimer } from '../store/timers.ts';
import { type Answered, act, refusedToReview } from './answered.ts';
import type { Deps } from './deps.ts';
import { setLadderTimer } from './ladder.ts';

/** Gives everybody more time: by a reviewer, in the last third, as far as the environment lets the deadline move. */
export const extend = (
  deps: Deps,
  { requestId, voter }: { requestId: string; voter: Voter },
): Promise<Answered> =>
  act(deps, requestId, async ({ tx, row, now }) => {
    const refused = refusedToReview(row, voter);
    if (refused) return { refused };
    if (!mayExtend(row, now)) return { refused: now < lastThirdOf(row) ? 'too-early' : 'extended-enough' };
    const by = deps.environments.get(row.environment)?.extend.bySeconds ?? 0;
    const until = new Date(
      Math.min(row.expiresAt.getTime() + by * 1000, row.latestExpiresAt?.getTime() ?? 0),
    );
    // Everything that shares the decision shares the time for it.
    await tx
      .update(requests)
      .set({
        expiresAt: sql`greatest(${requests.expiresAt}, least(${until.toISOString()}::timestamptz, ${requests.latestExpiresAt}))`,
      })
      .where(sql`(${requests.id} = ${row.id} or ${requests.leaderId} = ${row.id}) and ${requests.state} = 'pending'
        and ${requests.latestExpiresAt} is not null`);
    const alike = await tx
      .select({ id: requests.id, expiresAt: requests.expiresAt })
      .from(requests)
      .where(
        sql`(${requests.id} = ${row.id} or ${requests.leaderId} = ${row.id}) and ${requests.state} = 'pending'`,
      );
    for (const { id, expiresAt } of alike) {
      await setTimer(tx, 'expire', id, (expiresAt.getTime() - now.getTime()) / 1000);
    }
    await setLadderTimer(tx, deps, { ...row, expiresAt: until }, now);
    return {
      type: 'extended',
      facts: { subjectId: voter.subject, name: voter.name, until: until.toISOString() },
    };
  });
