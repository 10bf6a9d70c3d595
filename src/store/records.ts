import { eq, sql } from 'drizzle-orm';
import { type Envelope, hashOf, type SigningKey } from '../core/proof/envelope.ts';
import { type ChainPlace, type RecordBody, sealRecord } from '../core/proof/record.ts';
import type { Tx } from './database.ts';
import { chainHead, type records } from './schema.ts';

const CHAIN = 'main';

export interface Signer {
  signingKey: SigningKey;
  version: string;
}
export type Unsealed = Omit<RecordBody, 'at'>;
export interface Appended {
  envelope: Envelope;
  at: Date;
}

/**
 * Appends a record to the chain, in the caller's transaction: no record, no change.
 * Takes the chain's head until the transaction ends, so do it last.
 */
export async function appendRecord(tx: Tx, signer: Signer, body: Unsealed): Promise<Appended> {
  const [appended] = await appendRecords(tx, signer, [body]);
  if (!appended) throw new Error('the record was not written');
  return appended;
}

/** Appends several, in this order, as `appendRecord` does one. */
export async function appendRecords(
  tx: Tx,
  signer: Signer,
  bodies: readonly Unsealed[],
): Promise<Appended[]> {
  if (bodies.length === 0) return [];
  const head = await lockChain(tx);
  const at = new Date(head.now);
  const chained = chainOnto(
    head,
    signer,
    bodies.map((body) => ({ ...body, at })),
  );
  // Everybody waits for the end of the chain: it is written in one round trip.
  await tx.execute(sql`
    with written as (${writing(chained.rows)})
    update chain_head set seq = ${chained.end.seq}, hash = ${chained.end.hash} where id = ${CHAIN}`);
  return chained.rows.map(({ envelope }) => ({ envelope, at }));
}

/** The last record: its number and its hash, null before the first. */
export interface ChainEnd {
  seq: number;
  hash: string | null;
}
export type RecordRow = typeof records.$inferInsert;

/** Part of a statement: writes records that were sealed. */
export const writing = (rows: readonly RecordRow[]) => sql`
  insert into records (seq, request_id, type, at, envelope, hash)
  select seq, "requestId", type, at, envelope, hash
  from json_to_recordset(${JSON.stringify(rows)}::text::json) as given(
    seq bigint, "requestId" text, type text, at timestamptz, envelope jsonb, hash text)`;

/** Seals records onto the end of the chain, each onto the one before it. Nothing is stored. */
export function chainOnto(
  end: ChainEnd,
  signer: Signer,
  bodies: readonly RecordBody[],
): { rows: RecordRow[]; end: ChainEnd } {
  let { seq, hash } = end;
  const rows = bodies.map((body) => {
    const place: ChainPlace = { id: CHAIN, seq: seq + 1, prev: hash };
    const envelope = sealRecord(body, place, signer.signingKey, signer.version);
    seq = place.seq;
    hash = hashOf(envelope);
    const requestId = body.subject.startsWith('req_') ? body.subject : null;
    return { seq, requestId, type: body.type, at: body.at, envelope, hash };
  });
  return { rows, end: { seq, hash } };
}

/** Takes the end of the chain until the transaction ends, with the database's time (ms). */
export async function lockChain(tx: Tx): Promise<ChainEnd & { now: number }> {
  return (await lockHead(tx)) ?? (await beginChain(tx));
}

async function lockHead(tx: Tx) {
  const [head] = await tx
    .select({
      seq: chainHead.seq,
      hash: chainHead.hash,
      now: sql<number>`(extract(epoch from now()) * 1000)::float8`,
    })
    .from(chainHead)
    .where(eq(chainHead.id, CHAIN))
    .for('update');
  return head;
}

async function beginChain(tx: Tx) {
  await tx.insert(chainHead).values({ id: CHAIN, seq: 0, hash: null }).onConflictDoNothing();
  const head = await lockHead(tx);
  if (!head) throw new Error('the chain of records has no head');
  return head;
}
