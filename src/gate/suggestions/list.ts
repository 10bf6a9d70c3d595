import type { NightRow } from '../../store/nights.ts';
import { latestNight } from '../../store/nights.ts';
import {
  countSuggestions,
  listSuggestions,
  type SuggestionFilter,
  type SuggestionRow,
} from '../../store/suggestions.ts';
import type { Deps } from '../deps.ts';

export interface Suggested {
  /** The most saving first, by default as many as are shown at once (`learning.max_cards`). */
  shown: SuggestionRow[];
  total: number;
  /** The last night that is done; null: there was none yet. */
  night: NightRow | null;
}

/** What waits for an answer; `offset` is the "more". */
export async function suggested(deps: Deps, filter: SuggestionFilter = {}): Promise<Suggested> {
  const { db } = deps.database;
  const limit = filter.limit ?? deps.learning.maxCards;
  return {
    shown: await listSuggestions(db, { ...filter, limit }),
    total: await countSuggestions(db, filter),
    night: await latestNight(db),
  };
}
