import { suggested } from '../../gate/suggestions/list.ts';
import { rulesToGo } from '../../store/pruning.ts';
import { countRules, suspendedRules } from '../../store/rules.ts';
import { sentence } from '../answers.ts';
import type { Message } from '../blocks.ts';
import type { Clicker } from '../people.ts';
import type { Slack } from '../slack.ts';
import { placesFor } from './places.ts';
import { MOST_RULES, PER_PAGE, suggestionList } from './suggestion-list.ts';

const NOWHERE = 'You change rules in none of the environments that Gatehouse asks for.';

/** What waits for an answer in the environments of this channel, for somebody who may change rules there. */
export async function suggestionsFor(
  slack: Slack,
  clicker: Clicker,
  { channel, page }: { channel: string | null; page: number },
): Promise<Message> {
  const { names, refused } = await placesFor(slack, clicker, channel);
  if (names.length === 0) return refused ?? sentence(NOWHERE);
  const { db } = slack.deps.database;
  const { shown, total } = await suggested(slack.deps, {
    environments: names,
    limit: PER_PAGE,
    offset: (page - 1) * PER_PAGE,
  });
  // Answered meanwhile, the last pages are gone.
  if (shown.length === 0 && page > 1) return suggestionsFor(slack, clicker, { channel, page: 1 });
  const rules = await countRules(db, { environments: [...names, '*'] });
  const suspended = page === 1 ? await suspendedRules(db, names, MOST_RULES) : [];
  const isLast = page * PER_PAGE >= total;
  const leaving = isLast ? await rulesToGo(db, slack.deps.learning.noticeDays) : [];
  return suggestionList({
    rows: shown,
    page,
    total,
    rules: rules.total,
    suspended,
    leaving: leaving.filter(({ environment }) => names.includes(environment)),
  });
}
