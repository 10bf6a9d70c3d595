import { setWords, withoutWords } from '../../store/suggestions.ts';
import type { Deps } from '../deps.ts';

/** Has the model name the suggestions that are shown first, if there is one; its silence is no fault. */
export async function askForWords(deps: Deps): Promise<Record<string, number>> {
  const { model, database, learning } = deps;
  if (!model || model.isResting()) return { worded: 0 };
  const rows = await withoutWords(database.db, learning.maxCards);
  const worded = await Promise.all(
    rows.map(async ({ id, body }) => {
      const words = await model.describeSuggestion(body);
      if (words) await setWords(database.db, id, words);
      return words !== null;
    }),
  );
  return { worded: worded.filter(Boolean).length };
}
