import { commandText } from '../../core/command/command.ts';
import { redactText } from '../../core/command/redact.ts';
import { deniedAmong } from '../../store/past-decisions.ts';
import { type RuleRow, rulesLeftFor, rulesMadeBy } from '../../store/rules.ts';
import { changeSuggestion, lockSuggestion, type SuggestionRow } from '../../store/suggestions.ts';
import type { Deps } from '../deps.ts';
import { restoreWithin } from '../restore-rule.ts';
import { type Author, owesRetrospective, revokeWithin } from '../rules.ts';
import type { Refused } from './answer.ts';
import { coversAny } from './covers-any.ts';
import { recordAnswer } from './record-answer.ts';

export type Undone =
  | { ok: true; suggestion: SuggestionRow; revoked: RuleRow[]; restored: RuleRow[] }
  | Refused
  /** It was not accepted, or more than 30 days ago. */
  | { ok: false; code: 'nothing-to-undo' };

/** Takes an acceptance back, a prune's too: its rules go, and what they replaced is in force again. */
export const undoAcceptance = (deps: Deps, author: Author, id: string): Promise<Undone> =>
  deps.database.db.transaction(async (tx): Promise<Undone> => {
    const row = await lockSuggestion(tx, id);
    if (!row) return { ok: false, code: 'unknown-suggestion' };
    if (row.state !== 'accepted') return { ok: false, code: 'nothing-to-undo' };
    const made = await rulesMadeBy(tx, id);
    const left = await rulesLeftFor(tx, id);
    if (made.length + left.length === 0) return { ok: false, code: 'nothing-to-undo' };
    if (left.length > 0) {
      if (await owesRetrospective(tx, row.environment)) return { ok: false, code: 'retrospective-due' };
      const texts = left.map(({ text }) => text);
      const denied = coversAny(texts, await deniedAmong(tx, row, left[0]?.revokedAt ?? null));
      if (denied) return { ok: false, code: 'denied-since', command: redactText(commandText(denied)) };
    }
    const suggestion = await changeSuggestion(tx, id, {
      state: 'not-now',
      acceptedBy: [],
      reason: `undone by ${author.name}`,
      answered: { byName: author.name },
    });
    const revoked: RuleRow[] = [];
    for (const rule of made) revoked.push(...present(await revokeWithin(tx, deps, author, rule.id)));
    const restored: RuleRow[] = [];
    for (const rule of left) restored.push(...present(await restoreWithin(tx, deps, author, rule.id)));
    await recordAnswer(tx, deps, 'suggestion-undone', suggestion, author, {
      revoked: revoked.map((rule) => rule.id),
      restored: restored.map((rule) => rule.id),
    });
    return { ok: true, suggestion, revoked, restored };
  });

const present = (row: RuleRow | null): RuleRow[] => (row ? [row] : []);
