import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { commandText } from '../core/command/command.ts';
import { redactText } from '../core/command/redact.ts';
import { UNDO_DAYS } from '../core/learning-settings.ts';
import type { Tx } from '../store/database.ts';
import { deniedAmong } from '../store/past-decisions.ts';
import { countRulesChange, findRule, lockRules, type RuleRow } from '../store/rules.ts';
import { rules } from '../store/schema.ts';
import type { Deps } from './deps.ts';
import { type Author, owesRetrospective, recordRule } from './rules.ts';
import { coversAny } from './suggestions/covers-any.ts';

export type RuleRestored =
  | { ok: true; rule: RuleRow }
  | { ok: false; code: 'unknown-rule' | 'nothing-to-undo' | 'retrospective-due' }
  | { ok: false; code: 'denied-since'; command: string };

/** Brings back one rule that was pruned or replaced within the last 30 days; never one that somebody revoked by hand. */
export const restoreRule = (deps: Deps, author: Author, id: string): Promise<RuleRestored> =>
  deps.database.db.transaction(async (tx): Promise<RuleRestored> => {
    await lockRules(tx, [id]);
    const found = await findRule(tx, id);
    if (!found) return { ok: false, code: 'unknown-rule' };
    if (!found.revokedAt || !found.revokedFor) return { ok: false, code: 'nothing-to-undo' };
    if (await owesRetrospective(tx, found.environment)) return { ok: false, code: 'retrospective-due' };
    const denied = coversAny([found.text], await deniedAmong(tx, found, found.revokedAt));
    if (denied) return { ok: false, code: 'denied-since', command: redactText(commandText(denied)) };
    const rule = await restoreWithin(tx, deps, author, id);
    return rule ? { ok: true, rule } : { ok: false, code: 'nothing-to-undo' };
  });

/** null when it did not go by itself, or too long ago. */
export async function restoreWithin(tx: Tx, deps: Deps, author: Author, id: string): Promise<RuleRow | null> {
  const [rule] = await tx
    .update(rules)
    .set({ revokedAt: null, revokedBy: null, revokedFor: null, pruneAt: null, keptAt: sql`now()` })
    .where(
      and(
        eq(rules.id, id),
        isNotNull(rules.revokedFor),
        sql`${rules.revokedAt} > now() - make_interval(days => ${UNDO_DAYS})`,
      ),
    )
    .returning();
  if (!rule) return null;
  await countRulesChange(tx);
  await recordRule(tx, deps, 'rule-restored', rule, author);
  return rule;
}
