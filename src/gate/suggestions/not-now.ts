import { changeSuggestion, lockSuggestion, type SuggestionRow } from '../../store/suggestions.ts';
import type { Deps } from '../deps.ts';
import type { Author } from '../rules.ts';
import { type Answered, type Refused, whyNotAnswerable } from './answer.ts';
import { recordAnswer } from './record-answer.ts';

export type Answer = { ok: true; suggestion: SuggestionRow } | Refused;

/** Puts a suggestion off: it comes back after a week, or when there is clearly more evidence. */
export const postponeSuggestion = (deps: Deps, author: Author, given: Answered): Promise<Answer> =>
  deps.database.db.transaction(async (tx): Promise<Answer> => {
    const row = await lockSuggestion(tx, given.id);
    const refused = whyNotAnswerable(row, given.version);
    if (refused) return refused;
    const suggestion = await changeSuggestion(tx, given.id, {
      state: 'not-now',
      acceptedBy: [],
      answered: { byName: author.name },
    });
    await recordAnswer(tx, deps, 'suggestion-postponed', suggestion, author);
    return { ok: true, suggestion };
  });
