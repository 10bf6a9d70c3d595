import { and, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Db, Tx } from './database.ts';
import type { RuleRow } from './rules.ts';
import { rules } from './schema.ts';

export interface PruneTimes {
  unusedAfterDays: number;
  noticeDays: number;
  /** Kept by a person, a rule is left alone for so long. */
  expiresAfterDays: number;
}

const days = (count: number) => sql`make_interval(days => ${count})`;
const IS_PRESENT = and(
  isNull(rules.revokedAt),
  isNotNull(rules.confirmedAt),
  sql`(${rules.expiresAt} is null or now() < ${rules.expiresAt})`,
);

/** Says of rules nobody needed for so long when they will go. */
export const announceUnused = (tx: Tx, times: PruneTimes): Promise<RuleRow[]> =>
  tx
    .update(rules)
    .set({ pruneAt: sql`now() + ${days(times.noticeDays)}` })
    .where(
      and(
        IS_PRESENT,
        isNull(rules.pruneAt),
        sql`greatest(${rules.createdAt}, ${rules.confirmedAt}, ${rules.lastMatchedAt}, ${rules.shadowUntil}) <= now() - ${days(times.unusedAfterDays)}`,
        sql`(${rules.keptAt} is null or ${rules.keptAt} <= now() - ${days(times.expiresAfterDays)})`,
      ),
    )
    .returning();

/** Whoever was used since the notice stays. */
export const callOffUsed = (tx: Tx, { noticeDays }: Pick<PruneTimes, 'noticeDays'>): Promise<RuleRow[]> =>
  tx
    .update(rules)
    .set({ pruneAt: null })
    .where(
      and(
        isNull(rules.revokedAt),
        isNotNull(rules.pruneAt),
        sql`${rules.lastMatchedAt} > ${rules.pruneAt} - ${days(noticeDays)}`,
      ),
    )
    .returning();

/** Rules whose notice is over, taken for this transaction. */
export const overdueRules = (tx: Tx): Promise<RuleRow[]> =>
  tx
    .select()
    .from(rules)
    .where(and(IS_PRESENT, sql`${rules.pruneAt} <= now()`))
    .orderBy(rules.id)
    .for('update');

/** Rules that somebody has to look at: their time, or their notice, is nearly over. */
export const rulesToGo = (db: Db | Tx, noticeDays: number): Promise<RuleRow[]> =>
  db
    .select()
    .from(rules)
    .where(
      and(
        IS_PRESENT,
        sql`(${rules.pruneAt} is not null or ${rules.expiresAt} <= now() + ${days(noticeDays)})`,
      ),
    )
    .orderBy(rules.id);
