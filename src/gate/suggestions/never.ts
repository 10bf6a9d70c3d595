import { redactText } from '../../core/command/redact.ts';
import { changeSuggestion, lockSuggestion } from '../../store/suggestions.ts';
import type { Deps } from '../deps.ts';
import type { Author } from '../rules.ts';
import { type Answered, whyNotAnswerable } from './answer.ts';
import type { Answer } from './not-now.ts';
import { recordAnswer } from './record-answer.ts';

/** Refuses a suggestion: its family is proposed again only on new evidence (more approvals of something new). */
export const refuseSuggestion = (
  deps: Deps,
  author: Author,
  given: Answered & { reason?: string | null },
): Promise<Answer> =>
  deps.database.db.transaction(async (tx): Promise<Answer> => {
    const row = await lockSuggestion(tx, given.id);
    const refused = whyNotAnswerable(row, given.version);
    if (refused) return refused;
    const suggestion = await changeSuggestion(tx, given.id, {
      state: 'never',
      acceptedBy: [],
      reason: given.reason ? redactText(given.reason) : null,
      answered: { byName: author.name },
    });
    await recordAnswer(tx, deps, 'suggestion-refused', suggestion, author);
    return { ok: true, suggestion };
  });
