import type { BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { replaceAnswer, sentence, tell } from '../answers.ts';
import type { Message } from '../blocks.ts';
import { type Click, clickOf, submissionOf } from '../clicks.ts';
import { noticeModal } from '../modals.ts';
import type { Slack } from '../slack.ts';
import { suggestionsFor } from './list-page.ts';
import { type OpenedSuggestion, openedSuggestion, SUGGESTION_TITLE } from './suggestion-modal.ts';

/** A press or a submission in the modal of a suggestion. */
export interface InModal extends Pick<Click, 'clicker' | 'asker'> {
  from: OpenedSuggestion;
  viewId: string;
}

export function pressedInModal(body: BlockAction<ButtonAction>): InModal {
  const { clicker, asker } = clickOf(body);
  return {
    clicker,
    asker,
    from: openedSuggestion(body.view?.private_metadata ?? ''),
    viewId: body.view?.id ?? '',
  };
}

export function submittedModal(body: ViewSubmitAction): InModal {
  const { clicker, asker } = submissionOf(body);
  return { clicker, asker, from: openedSuggestion(body.view.private_metadata), viewId: body.view.id };
}

export const waiting = (): ModalView => noticeModal(SUGGESTION_TITLE, sentence('One moment …'));

export const notice = (message: Message, title = SUGGESTION_TITLE): ModalView => noticeModal(title, message);

/** Shows something in the modal; closed meanwhile, it is said privately when it matters. */
export async function show(slack: Slack, at: InModal, view: ModalView, said: Message | null): Promise<void> {
  try {
    await slack.client.views.update({ view_id: at.viewId, view });
  } catch (error) {
    slack.log.info({ error: String(error) }, 'the modal of a suggestion is closed');
    if (said) await tell(slack, at.asker, said);
  }
}

/** Brings the list that the modal was opened from up to date. Best effort: Slack takes few answers, and not for long. */
export async function refreshList(slack: Slack, { from, clicker }: InModal): Promise<void> {
  if (!from.responseUrl) return;
  const { channel, page, responseUrl } = from;
  const list = await suggestionsFor(slack, clicker, { channel, page });
  await replaceAnswer(slack, { userId: clicker.userId, channel: null, responseUrl }, list);
}
