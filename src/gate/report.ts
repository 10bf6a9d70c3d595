import { eq, sql } from 'drizzle-orm';
import { appendRecord } from '../store/records.ts';
import { lockRequest, type RequestRow } from '../store/requests.ts';
import { requests } from '../store/schema.ts';
import type { Deps } from './deps.ts';
import { failPoint } from './fail-point.ts';
import { showChange } from './show-change.ts';

export type ReportResult =
  | { ok: true; request: RequestRow }
  | { ok: false; code: 'not-started' | 'reported-before' };

/** What happened when the command ran. Said once; the same words again are no fault. */
export async function report(
  deps: Deps,
  requestId: string,
  outcome: { exitCode: number | null; signal: string | null; durationMs: number },
): Promise<ReportResult | null> {
  const result = await deps.database.db.transaction(async (tx): Promise<ReportResult | null> => {
    const row = await lockRequest(tx, requestId);
    if (!row) return null;
    if (!row.startedAt) return { ok: false, code: 'not-started' };
    if (row.outcomeAt) {
      const same = row.exitCode === outcome.exitCode && row.durationMs === outcome.durationMs;
      return same ? { ok: true, request: row } : { ok: false, code: 'reported-before' };
    }
    const [reported] = await tx
      .update(requests)
      .set({
        outcomeAt: sql`now()`,
        exitCode: outcome.exitCode,
        exitSignal: outcome.signal,
        durationMs: outcome.durationMs,
        version: sql`${requests.version} + 1`,
      })
      .where(eq(requests.id, requestId))
      .returning();
    if (!reported) throw new Error(`request ${requestId} is gone`);
    await showChange(tx, reported);
    const facts = { requestId, outcome: { ...outcome } };
    await appendRecord(tx, deps, { type: 'completed', subject: requestId, digest: row.digest, facts });
    failPoint('report-before-commit');
    return { ok: true, request: reported };
  });
  failPoint('report-after-commit');
  if (result?.ok) {
    const { environment, exitCode } = result.request;
    deps.observe({ kind: 'completed', requestId, environment, exitCode });
  }
  return result;
}
