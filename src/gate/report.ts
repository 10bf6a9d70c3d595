import { eq, sql } from 'drizzle-orm';
import { appendRecord } from '../store/records.ts';
import { lockRequest, type RequestRow, type Seen } from '../store/requests.ts';
import { requests } from '../store/schema.ts';
import type { Deps } from './deps.ts';
import { failPoint } from './fail-point.ts';
import { changeOf, isShownAlone, showChange } from './show-change.ts';

export type ReportResult =
  | { ok: true; request: RequestRow }
  | { ok: false; code: 'not-started' | 'reported-before' };

interface Outcome {
  exitCode: number | null;
  signal: string | null;
  durationMs: number;
}

/**
 * What happened when the command ran. Said once; the same words again are no fault.
 * @param seen the request, as the caller has just read it: then it is written with what others write at the same time
 */
export async function report(
  deps: Deps,
  requestId: string,
  outcome: Outcome,
  seen: Seen | null = null,
): Promise<ReportResult | null> {
  const reported = seen && (await reportAtOnce(deps, seen, outcome));
  const result: ReportResult | null = reported
    ? { ok: true, request: reported }
    : await reportAlone(deps, requestId, outcome);
  if (result?.ok) {
    const { environment, exitCode } = result.request;
    deps.observe({ kind: 'completed', requestId, environment, exitCode });
  }
  return result;
}

async function reportAlone(deps: Deps, requestId: string, outcome: Outcome): Promise<ReportResult | null> {
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
  return result;
}

async function reportAtOnce(
  deps: Deps,
  { row, now, head }: Seen,
  outcome: Outcome,
): Promise<RequestRow | null> {
  if (!row.startedAt || row.outcomeAt || !isShownAlone(row)) return null;
  const { id, version, digest } = row;
  const at = new Date(now);
  const facts = { requestId: id, outcome: { ...outcome } };
  const sealed = await deps.together.write({
    verb: 'report',
    signer: deps,
    outcome: { ...outcome, id, version, at },
    ...changeOf(row),
    records: [{ type: 'completed', subject: id, digest, facts, at }],
    rulesVersion: null,
    head,
    alone: [`request ${id}`],
  });
  const { exitCode, signal: exitSignal, durationMs } = outcome;
  return sealed && { ...row, version: version + 1, outcomeAt: at, exitCode, exitSignal, durationMs };
}
