import { asc, gt, sql } from 'drizzle-orm';
import { hashOf } from '../core/proof/envelope.ts';
import { verifyRecord } from '../core/proof/verify.ts';
import type { Database } from './database.ts';
import { chainHead, records, signingKeys } from './schema.ts';

export interface ChainExamined {
  records: number;
  requests: number;
  lastAt: Date | null;
  /** What is wrong first; null: every record is signed and follows the one before it, up to the head. */
  fault: string | null;
}

const PAGE = 1000;

/** Reads every record of a database, in pages, and checks signature, number and link of each. */
export async function examineChain({ db, rows }: Database): Promise<ChainExamined> {
  const keys = (await db.select().from(signingKeys)).map(({ publicKey }) => publicKey);
  const [counted] = await rows<{ n: number }>(sql`select count(*)::int as n from requests`);
  const examined: ChainExamined = { records: 0, requests: counted?.n ?? 0, lastAt: null, fault: null };
  let [seq, hash]: [number, string | null] = [0, null];
  for (;;) {
    const page = await db
      .select()
      .from(records)
      .where(gt(records.seq, seq))
      .orderBy(asc(records.seq))
      .limit(PAGE);
    for (const record of page) {
      const checked = verifyRecord(record.envelope, keys);
      const isNext =
        checked.good &&
        record.seq === seq + 1 &&
        checked.words.chain.seq === record.seq &&
        checked.words.chain.prev === hash &&
        record.hash === hashOf(record.envelope);
      if (!isNext) {
        const why = checked.good ? 'it does not follow the one before it' : checked.detail;
        return { ...examined, fault: `record ${record.seq}: ${why}` };
      }
      [seq, hash] = [record.seq, record.hash];
      examined.records += 1;
      examined.lastAt = record.at;
    }
    if (page.length < PAGE) break;
  }
  const [head] = await db.select().from(chainHead);
  if ((head?.seq ?? 0) !== seq || (head?.hash ?? null) !== hash)
    examined.fault = `record ${seq} is not the last one that was written`;
  return examined;
}

/**
 * Nobody can tell any more whether an approval of the time of a backup has been used since. It counts as not used in
 * time.
 */
export const endOpenApprovals = async ({ rows }: Database): Promise<number> =>
  (
    await rows<{ id: string }>(sql`
      update requests set use_by = now()
      where state = 'approved' and started_at is null and use_by > now() returning id`)
  ).length;
