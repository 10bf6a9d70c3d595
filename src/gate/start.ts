import { and, eq, isNull, sql } from 'drizzle-orm';
import { appendRecord } from '../store/records.ts';
import { lockRequest, type RequestRow, type Seen } from '../store/requests.ts';
import { requests } from '../store/schema.ts';
import { finishTimers } from '../store/timers.ts';
import type { Deps } from './deps.ts';
import { failPoint } from './fail-point.ts';
import { changeOf, isShownAlone, showChange } from './show-change.ts';

export type StartResult =
  | { ok: true; startedAt: Date }
  | { ok: false; code: 'not-approved' | 'used-before' | 'too-late'; request: RequestRow };

/**
 * Burns the grant's single use: whoever is told ok, and only they, may run the command now.
 * The same `startId` again is the same start: its first answer was lost.
 * @param seen the request, as the caller has just read it: then it is written with what others write at the same time
 */
export async function start(
  deps: Deps,
  requestId: string,
  startId: string,
  seen: Seen | null = null,
): Promise<StartResult | null> {
  const startedAt = seen && (await startAtOnce(deps, seen, startId));
  if (startedAt) {
    deps.observe({ kind: 'started', requestId, environment: seen.row.environment });
    return { ok: true, startedAt };
  }
  let environment: string | null = null;
  const result = await deps.database.db.transaction(async (tx): Promise<StartResult | null> => {
    const row = await lockRequest(tx, requestId);
    if (!row) return null;
    if (row.state !== 'approved') return { ok: false, code: 'not-approved', request: row };
    if (row.startedAt) {
      if (row.startedBy === startId && row.outcomeAt === null) return { ok: true, startedAt: row.startedAt };
      return { ok: false, code: 'used-before', request: row };
    }
    const [started] = await tx
      .update(requests)
      .set({ startedAt: sql`now()`, startedBy: startId, version: sql`${requests.version} + 1` })
      .where(
        and(
          eq(requests.id, requestId),
          isNull(requests.startedAt),
          isNull(requests.lapsedAt),
          sql`now() < ${requests.useBy}`,
        ),
      )
      .returning();
    if (!started?.startedAt) return { ok: false, code: 'too-late', request: row };
    await finishTimers(tx, requestId, ['lapse']);
    await showChange(tx, started);
    const facts = { requestId, startId };
    await appendRecord(tx, deps, { type: 'started', subject: requestId, digest: row.digest, facts });
    environment = row.environment;
    failPoint('start-before-commit');
    return { ok: true, startedAt: started.startedAt };
  });
  failPoint('start-after-commit');
  if (environment !== null) deps.observe({ kind: 'started', requestId, environment });
  return result;
}

async function startAtOnce(deps: Deps, { row, now, head }: Seen, startId: string): Promise<Date | null> {
  if (row.state !== 'approved' || row.startedAt || row.lapsedAt || !isShownAlone(row)) return null;
  const { id, version, digest } = row;
  const at = new Date(now);
  const sealed = await deps.together.write({
    verb: 'start',
    signer: deps,
    start: { id, version, startId, at },
    ...changeOf(row),
    records: [{ type: 'started', subject: id, digest, facts: { requestId: id, startId }, at }],
    rulesVersion: null,
    head,
    alone: [`request ${id}`],
  });
  return sealed && at;
}
