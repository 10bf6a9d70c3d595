import { environmentOf } from '../../gate/environment-asked.ts';
import { rulesOfSuggestion } from '../../store/rules.ts';
import type { SuggestionRow } from '../../store/suggestions.ts';
import type { Slack } from '../slack.ts';
import type { Answered } from './answered-card.ts';

/** Gathers what is shown of an answered suggestion. */
export async function answeredOf(slack: Slack, row: SuggestionRow): Promise<Answered> {
  const { db } = slack.deps.database;
  const all = row.state === 'accepted' ? await rulesOfSuggestion(db, row.id) : [];
  const made = all.filter(({ suggestionId, revokedAt }) => suggestionId === row.id && !revokedAt);
  const left = all.filter(({ revokedFor, revokedAt }) => revokedFor === row.id && revokedAt);
  return {
    row,
    rules: made,
    environment: environmentOf(slack.deps, row.environment),
    canUndo: made.length + left.length > 0,
  };
}
