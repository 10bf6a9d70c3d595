import type { ModalView } from '@slack/types';
import { environmentOf } from '../../gate/environment-asked.ts';
import { findSuggestion, type SuggestionRow } from '../../store/suggestions.ts';
import { sentence } from '../answers.ts';
import type { Click } from '../clicks.ts';
import type { Clicker } from '../people.ts';
import { mayChangeRules } from '../rule-author.ts';
import type { Slack } from '../slack.ts';
import { FAULT } from '../texts.ts';
import { answeredCard } from './answered-card.ts';
import { answeredOf } from './answered-of.ts';
import { answerRefusal } from './refusal-words.ts';
import { type OpenedSuggestion, suggestionModal } from './suggestion-modal.ts';
import { notice, waiting } from './views.ts';

/** Opens one suggestion in full: a modal at once, because its trigger lives for three seconds; what stands in it follows. */
export async function openSuggestion(slack: Slack, click: Click): Promise<void> {
  const opened = await slack.client.views.open({ trigger_id: click.triggerId, view: waiting() });
  const from = {
    requestId: click.requestId,
    channel: click.asker.channel,
    // Only the list is replaced; a message in the channel shows its newest state by itself.
    responseUrl: click.card ? null : click.asker.responseUrl,
    page: 1,
  };
  const view = await suggestionView(slack, click.clicker, from).catch((error) => {
    slack.deps.observe({ kind: 'fault', where: 'Slack: opening a suggestion', error });
    return notice(sentence(FAULT));
  });
  await slack.client.views.update({ view_id: opened.view?.id ?? '', view });
}

/** A suggestion as it is now, for somebody who may answer it; or why they see none. */
export async function suggestionView(
  slack: Slack,
  clicker: Clicker,
  from: Omit<OpenedSuggestion, 'version'>,
): Promise<ModalView> {
  const row = await findSuggestion(slack.deps.database.db, from.requestId);
  if (!row) return notice(sentence(answerRefusal({ code: 'unknown-suggestion' })));
  const { author, refused } = await mayChangeRules(slack, clicker, row.environment);
  if (!author) return notice(refused);
  if (row.state !== 'open' && row.state !== 'half') return answeredView(slack, row);
  const environment = environmentOf(slack.deps, row.environment);
  const mayAccept = !row.acceptedBy.some(
    ({ subject, people }) => subject === author.subject || people.some((one) => author.people.includes(one)),
  );
  return suggestionModal(
    row,
    { environment, mayAccept, learning: slack.deps.learning },
    { ...from, version: row.version },
  );
}

/** What came of it. Whom it still needs is said in the channel, where they open it. */
export async function answeredView(slack: Slack, row: SuggestionRow): Promise<ModalView> {
  const { text, blocks } = answeredCard(await answeredOf(slack, row));
  return notice({
    text,
    blocks: row.state === 'half' ? blocks.filter(({ type }) => type !== 'actions') : blocks,
  });
}
