import { eq } from 'drizzle-orm';
import type { Json } from '../core/proof/canonical.ts';
import type { Tx } from '../store/database.ts';
import { appendRecord, type Unsealed } from '../store/records.ts';
import { type RequestRow, votesOf } from '../store/requests.ts';
import { requests } from '../store/schema.ts';
import type { Deps } from './deps.ts';
import { requestFacts } from './record-facts.ts';

type Cast = Awaited<ReturnType<typeof votesOf>>;

/** Writes down how a request ended. The record of an approval is the grant. */
export async function recordEnding(tx: Tx, deps: Deps, row: RequestRow): Promise<RequestRow> {
  const { envelope } = await appendRecord(tx, deps, endingRecord(row, await votesOf(tx, row.id)));
  if (row.state !== 'approved') return row;
  await tx.update(requests).set({ grant: envelope }).where(eq(requests.id, row.id));
  return { ...row, grant: envelope };
}

/** What is written down of an ending. */
export function endingRecord(row: RequestRow, cast: Cast): Unsealed {
  if (row.state === 'pending' || !row.decision) throw new Error(`request ${row.id} has not ended`);
  const approvals = cast.filter((v) => v.verdict === 'approve').length;
  const facts: { [key: string]: Json | undefined } = {
    ...requestFacts(row),
    by: row.decision.by,
    reason: row.decision.reason,
    ...(row.useBy && { notAfter: row.useBy.toISOString(), maxUses: 1, nonce: row.id }),
    ...(row.decision.by === 'people' && row.leaderId && { decidedWith: row.leaderId }),
    ...(row.supersededBy && { supersededBy: row.supersededBy }),
    reviewers: cast.map((v) => ({
      subjectId: v.subject,
      name: v.name,
      verdict: v.verdict,
      reason: v.reason,
      channel: v.method === 'page' ? 'web' : 'slack',
      authn: v.method === 'page' ? 'slack-openid' : 'slack-session',
      method: v.method,
      at: v.at.toISOString(),
    })),
    quorum: `${approvals}/${row.approvalsNeeded}`,
  };
  return { type: row.state, subject: row.id, digest: row.digest, facts };
}
