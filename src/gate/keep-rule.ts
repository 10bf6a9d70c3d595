import { eq, sql } from 'drizzle-orm';
import { countRulesChange, findRule, lockRules, type RuleRow } from '../store/rules.ts';
import { rules } from '../store/schema.ts';
import type { Deps } from './deps.ts';
import { type Author, profitsFrom, recordRule } from './rules.ts';

export type RuleKept =
  | { ok: true; rule: RuleRow; renewed: boolean }
  | { ok: false; code: 'unknown-rule' | 'nothing-to-keep' | 'mainly-own' };

/**
 * Keeps a rule that was announced to go: the notice is off, and does not come again for as long as a rule lives. One
 * that is about to expire lives on; not by whom it mainly serves.
 */
export const keepRule = (deps: Deps, author: Author, id: string): Promise<RuleKept> =>
  deps.database.db.transaction(async (tx): Promise<RuleKept> => {
    await lockRules(tx, [id]);
    const found = await findRule(tx, id);
    if (!found || found.revokedAt || !found.confirmedAt) return { ok: false, code: 'unknown-rule' };
    const { expiresAfterDays, noticeDays } = deps.learning;
    const [clock] = await tx
      .select({
        expires: sql<boolean>`coalesce(${rules.expiresAt} <= now() + make_interval(days => ${noticeDays}), false)`,
        isOver: sql<boolean>`coalesce(${rules.expiresAt} <= now(), false)`,
      })
      .from(rules)
      .where(eq(rules.id, id));
    if (!clock || clock.isOver) return { ok: false, code: 'unknown-rule' };
    if (!clock.expires && !found.pruneAt) return { ok: false, code: 'nothing-to-keep' };
    if (clock.expires && (await profitsFrom(tx, deps, author, found)))
      return { ok: false, code: 'mainly-own' };
    const [rule] = await tx
      .update(rules)
      .set({
        pruneAt: null,
        keptAt: sql`now()`,
        ...(clock.expires && { expiresAt: sql`now() + make_interval(days => ${expiresAfterDays})` }),
      })
      .where(eq(rules.id, id))
      .returning();
    if (!rule) return { ok: false, code: 'unknown-rule' };
    await countRulesChange(tx);
    await recordRule(tx, deps, 'rule-kept', rule, author);
    return { ok: true, rule, renewed: clock.expires };
  });
