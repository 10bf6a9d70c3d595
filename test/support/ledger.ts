import type { Command } from '../../src/core/command/command.ts';
import { digestOf, type WhatRuns } from '../../src/core/command/digest.ts';
import { checkGrant } from '../../src/core/proof/grant.ts';
import type { Database } from '../../src/store/database.ts';
import { records, requests } from '../../src/store/schema.ts';

export interface Ran extends WhatRuns {
  command: Command;
  requestId: string;
}

/** What clients saw with their own eyes: whom the gate answered that it took their request, and what they ran. */
export interface Ledger {
  accepted: Set<string>;
  ran: Ran[];
}

/**
 * Whatever the gate said it took is there; whatever ran was approved by a signed record for the very digest of what
 * ran, was started at the gate, and ran once.
 */
export async function faultsOfLedger(
  { db }: Database,
  publicKey: string,
  { accepted, ran }: Ledger,
): Promise<string[]> {
  const known = new Map((await db.select().from(requests)).map((row) => [row.id, row]));
  const approvals = new Map(
    (await db.select().from(records))
      .filter(({ type }) => type === 'approved')
      .map((record) => [record.requestId, record]),
  );
  const faults = [...accepted].filter((id) => !known.has(id)).map((id) => `${id}: was taken and is gone`);
  const seen = new Set<string>();
  for (const { requestId, ...what } of ran) {
    if (seen.has(requestId)) faults.push(`${requestId}: ran twice`);
    seen.add(requestId);
    const request = known.get(requestId);
    if (!request?.startedAt) faults.push(`${requestId}: ran, and was never started at the gate`);
    const grant = checkGrant(approvals.get(requestId)?.envelope, {
      requestId,
      digestWith: (salt) => digestOf(what, salt),
      publicKeys: [publicKey],
      nowMs: request?.startedAt?.getTime() ?? 0,
    });
    if (!grant.good) faults.push(`${requestId}: ran without a grant: ${grant.fault}, ${grant.detail}`);
  }
  return faults;
}

/** Each request that a client was told of has ended. */
export async function stillOpen({ db }: Database, { accepted }: Ledger): Promise<string[]> {
  const all = await db.select().from(requests);
  return all
    .filter(({ id, state }) => state === 'pending' && accepted.has(id))
    .map(({ id }) => `${id}: never ended`);
}
