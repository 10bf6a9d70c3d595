import type { ModalView } from '@slack/types';
import { narrow } from '../../core/learning/narrow.ts';
import { narrowSuggestion } from '../../gate/suggestions/narrow.ts';
import { findSuggestion, type SuggestionRow } from '../../store/suggestions.ts';
import { sentence } from '../answers.ts';
import { mayChangeRules } from '../rule-author.ts';
import type { Values } from '../rule-fields.ts';
import type { Slack } from '../slack.ts';
import { chosenSteps, narrowedModal, narrowModal } from './narrow-modal.ts';
import { suggestionView } from './open-suggestion.ts';
import { answerRefusal } from './refusal-words.ts';
import { fitsInModal } from './rule-parts.ts';
import { type InModal, notice, refreshList, show } from './views.ts';

/** Of the 3,000 characters that a modal carries. */
const MOST_CARRIED = 2000;

/** Shows in place of the suggestion what can be made narrower. */
export async function narrowPressed(slack: Slack, at: InModal): Promise<void> {
  const found = await seen(slack, at);
  await show(slack, at, 'why' in found ? found.why : narrowModal(found.row.body, at.from), null);
}

/** What would come of the ticked steps: an answer to the submission, nothing is saved. */
export async function narrowerChosen(
  slack: Slack,
  at: InModal,
  values: Values,
): Promise<{ view: ModalView } | { errors: Record<string, string> }> {
  const found = await seen(slack, at);
  if ('why' in found) return { view: found.why };
  const { body } = found.row;
  const keys = chosenSteps(values);
  const firstField = Object.keys(values)[0] ?? 'literal';
  if (JSON.stringify(keys).length > MOST_CARRIED)
    return { errors: { [firstField]: 'Choose fewer at once, and narrow the result further.' } };
  if (keys.length === 0) return { errors: { [firstField]: 'Tick what is to be narrower.' } };
  const narrowed = narrow(body, keys);
  if (!narrowed.ok)
    return { errors: { [firstField]: answerRefusal({ code: 'not-narrower', why: narrowed.why }) } };
  const { suggestion } = narrowed;
  if (!fitsInModal(suggestion.rules))
    return { errors: { [firstField]: 'The result is too long to be shown here whole.' } };
  return { view: narrowedModal(body, suggestion, keys, at.from) };
}

/** Saves the narrower suggestion and shows it in full, to be accepted. */
export async function narrowerSaved(slack: Slack, at: InModal): Promise<void> {
  const found = await seen(slack, at);
  if ('why' in found) return show(slack, at, found.why, null);
  const { author, refused } = await mayChangeRules(slack, at.clicker, found.row.environment);
  if (!author) return show(slack, at, notice(refused), refused);
  const { requestId, version, keys } = at.from;
  const done = await narrowSuggestion(slack.deps, author, { id: requestId, version, keys: keys ?? [] });
  if (!done.ok) {
    const message = sentence(answerRefusal(done));
    return show(slack, at, notice(message), message);
  }
  const view = await suggestionView(slack, at.clicker, { ...at.from, requestId: done.suggestion.id });
  await show(slack, at, view, null);
  await refreshList(slack, at);
}

/** Back to the suggestion in full, as it is now. */
export async function backPressed(slack: Slack, at: InModal): Promise<void> {
  await show(slack, at, await suggestionView(slack, at.clicker, at.from), null);
}

/** The suggestion this modal shows, if it still says what was seen. */
async function seen(slack: Slack, { from }: InModal): Promise<{ row: SuggestionRow } | { why: ModalView }> {
  const row = await findSuggestion(slack.deps.database.db, from.requestId);
  if (!row) return { why: notice(sentence(answerRefusal({ code: 'unknown-suggestion' }))) };
  if (row.version !== from.version)
    return {
      why: notice(sentence(answerRefusal({ code: 'suggestion-changed', suggestion: row }))),
    };
  return { row };
}
