import { narrow } from '../../core/learning/narrow.ts';
import {
  changeSuggestion,
  insertSuggestion,
  lockSuggestion,
  type SuggestionRow,
} from '../../store/suggestions.ts';
import type { Deps } from '../deps.ts';
import type { Author } from '../rules.ts';
import { type Answered, type Refused, whyNotAnswerable } from './answer.ts';
import { recordAnswer } from './record-answer.ts';

export type NarrowResult =
  /** `suggestion` is the narrower one, open; `from` is answered: it comes back only on new evidence. */
  { ok: true; suggestion: SuggestionRow; from: SuggestionRow } | Refused;

/** Makes a narrower suggestion of one, by the keys that `narrowings` (core/learning/narrow.ts) names. */
export const narrowSuggestion = (
  deps: Deps,
  author: Author,
  given: Answered & { keys: readonly string[] },
): Promise<NarrowResult> =>
  deps.database.db.transaction(async (tx): Promise<NarrowResult> => {
    const row = await lockSuggestion(tx, given.id);
    const refused = whyNotAnswerable(row, given.version);
    if (refused || !row) return refused ?? { ok: false, code: 'unknown-suggestion' };
    const narrowed = narrow(row.body, given.keys);
    if (!narrowed.ok) return { ok: false, code: 'not-narrower', why: narrowed.why };
    const { id } = narrowed.suggestion;
    const made = await insertSuggestion(tx, narrowed.suggestion, { night: row.night, narrowedFrom: row.id });
    const open = {
      state: 'open' as const,
      body: narrowed.suggestion,
      acceptedBy: [],
      reason: null,
      narrowedFrom: row.id,
    };
    // Narrowed to the same before: that one is taken up again.
    const suggestion = made ?? (await changeSuggestion(tx, id, open));
    const from = await changeSuggestion(tx, row.id, {
      state: 'never',
      acceptedBy: [],
      reason: `narrowed by ${author.name}`,
      answered: { byName: author.name },
    });
    await recordAnswer(tx, deps, 'suggestion-narrowed', suggestion, author, {
      from: row.id,
      steps: [...given.keys],
    });
    return { ok: true, suggestion, from };
  });
