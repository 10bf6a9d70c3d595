import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import { countRulesChange, findRule, lockRules, type RuleRow } from '../store/rules.ts';
import { rules } from '../store/schema.ts';
import type { Deps } from './deps.ts';
import { type Author, owesRetrospective, profitsFrom, recordRule } from './rules.ts';

export type RuleResumed =
  | { ok: true; rule: RuleRow }
  | { ok: false; code: 'unknown-rule' | 'not-suspended' | 'mainly-own' | 'retrospective-due' };

/** Somebody looked at a rule that a denial had suspended, and puts it in force again; not whom it mainly serves. */
export const resumeRule = (deps: Deps, author: Author, id: string): Promise<RuleResumed> =>
  deps.database.db.transaction(async (tx): Promise<RuleResumed> => {
    await lockRules(tx, [id]);
    const found = await findRule(tx, id);
    if (!found || found.revokedAt) return { ok: false, code: 'unknown-rule' };
    if (!found.suspendedAt) return { ok: false, code: 'not-suspended' };
    if (await owesRetrospective(tx, found.environment)) return { ok: false, code: 'retrospective-due' };
    if (await profitsFrom(tx, deps, author, found)) return { ok: false, code: 'mainly-own' };
    const [rule] = await tx
      .update(rules)
      .set({ suspendedAt: null, suspendedWhy: null })
      .where(and(eq(rules.id, id), isNotNull(rules.suspendedAt), isNull(rules.revokedAt)))
      .returning();
    if (!rule) return { ok: false, code: 'not-suspended' };
    await countRulesChange(tx);
    await recordRule(tx, deps, 'rule-resumed', rule, author);
    return { ok: true, rule };
  });
