import { eq, sql } from 'drizzle-orm';
import { type Envelope, hashOf, type SigningKey } from '../core/proof/envelope.ts';
import { type ChainPlace, type RecordBody, sealRecord } from '../core/proof/record.ts';
import type { Tx } from './database.ts';
import { chainHead, records } from './schema.ts';

const CHAIN = 'main';

/**
 * Appends a record to the chain, in the caller's transaction: no record, no change.
 * Takes the chain's head until the transaction ends, so do it last.
 */
export async function appendRecord(
  tx: Tx,
  signer: { signingKey: SigningKey; version: string },
  body: Omit<RecordBody, 'at'>,
): Promise<{ envelope: Envelope; at: Date }> {
  await tx.insert(chainHead).values({ id: CHAIN, seq: 0, hash: null }).onConflictDoNothing();
  const [head] = await tx
    .select({
      seq: chainHead.seq,
      hash: chainHead.hash,
      now: sql<number>`(extract(epoch from now()) * 1000)::float8`,
    })
    .from(chainHead)
    .where(eq(chainHead.id, CHAIN))
    .for('update');
  if (!head) throw new Error('the chain of records has no head');
  const at = new Date(head.now);
  const place: ChainPlace = { id: CHAIN, seq: head.seq + 1, prev: head.hash };
  const envelope = sealRecord({ ...body, at }, place, signer.signingKey, signer.version);
  const hash = hashOf(envelope);
  const requestId = body.subject.startsWith('req_') ? body.subject : null;
  await tx.insert(records).values({ seq: place.seq, requestId, type: body.type, at, envelope, hash });
  await tx.update(chainHead).set({ seq: place.seq, hash }).where(eq(chainHead.id, CHAIN));
  return { envelope, at };
}
