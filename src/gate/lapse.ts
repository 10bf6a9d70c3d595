import { and, eq, isNull, sql } from 'drizzle-orm';
import { appendRecord } from '../store/records.ts';
import { lockRequest } from '../store/requests.ts';
import { requests } from '../store/schema.ts';
import { finishTimers } from '../store/timers.ts';
import type { Deps } from './deps.ts';
import { showChange } from './show-change.ts';

/** The use-by time passed: an approval that nobody used is void from now on, and the card says so. */
export async function lapse(deps: Deps, requestId: string): Promise<void> {
  const lapsed = await deps.database.db.transaction(async (tx) => {
    const row = await lockRequest(tx, requestId);
    await finishTimers(tx, requestId, ['lapse']);
    const [changed] = await tx
      .update(requests)
      .set({ lapsedAt: sql`now()`, version: sql`${requests.version} + 1` })
      .where(
        and(
          eq(requests.id, requestId),
          isNull(requests.startedAt),
          isNull(requests.lapsedAt),
          sql`now() >= ${requests.useBy}`,
        ),
      )
      .returning();
    if (!row || !changed) return null;
    await showChange(tx, changed);
    await appendRecord(tx, deps, {
      type: 'lapsed',
      subject: requestId,
      digest: row.digest,
      facts: { requestId },
    });
    return changed;
  });
  if (lapsed) deps.observe({ kind: 'lapsed', requestId, environment: lapsed.environment });
}
