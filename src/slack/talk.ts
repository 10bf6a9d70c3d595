import type { ModalView } from '@slack/types';
import type { RequestView } from '../core/request.ts';
import type { Answered } from '../gate/answered.ts';
import { claim as claimIt } from '../gate/claim.ts';
import { environmentAsked, environmentOf } from '../gate/environment-asked.ts';
import { extend as extendIt } from '../gate/extend.ts';
import { answerQuestion, askBack } from '../gate/question.ts';
import { toRequest, viewRequest } from '../store/requests.ts';
import { type Asker, sentence, tell } from './answers.ts';
import { preformatted, quote, quotedWords, richText, text } from './blocks.ts';
import type { Click } from './clicks.ts';
import { openRequest } from './decide.ts';
import { carried, plain, titled } from './modals.ts';
import { type Clicker, personBehind, voterOf } from './people.ts';
import { alreadyEnded, refusal } from './refusals.ts';
import { commandOnCard } from './shown-command.ts';
import type { Slack } from './slack.ts';
import { UNKNOWN_REQUEST } from './texts.ts';

export const ASK = 'ask';
export const ANSWER = 'answer';

/** "I'm looking": said on the card, so that two people do not read the same thing. */
export async function claimPressed(slack: Slack, click: Click): Promise<void> {
  const view = await openRequest(slack, click.requestId, click.asker);
  if (!view) return;
  const voter = await voterOf(slack, click.clicker, environmentAsked(slack.deps, view));
  await answer(slack, click.asker, view, await claimIt(slack.deps, { requestId: view.id, voter }));
}

export async function extendPressed(slack: Slack, click: Click): Promise<void> {
  const view = await openRequest(slack, click.requestId, click.asker);
  if (!view) return;
  const voter = await voterOf(slack, click.clicker, environmentAsked(slack.deps, view));
  await answer(slack, click.asker, view, await extendIt(slack.deps, { requestId: view.id, voter }));
}

/** Opens the modal in which a reviewer asks the one who asked. */
export async function askPressed(slack: Slack, click: Click): Promise<void> {
  const view = await openRequest(slack, click.requestId, click.asker);
  if (!view) return;
  await slack.client.views.open({ trigger_id: click.triggerId, view: askModal(slack, view, click) });
}

function askModal(slack: Slack, view: RequestView, { asker, card }: Click): ModalView {
  const shown = commandOnCard(view.command, true);
  const from = { requestId: view.id, channel: card?.channel ?? asker.channel };
  return {
    type: 'modal',
    callback_id: ASK,
    private_metadata: carried(from),
    title: titled('Ask', environmentOf(slack.deps, view.environment).name),
    submit: plain('Ask'),
    close: plain('Cancel'),
    blocks: [
      richText(preformatted(shown.text)),
      words(
        'Your question',
        'It goes under the card. The escalation waits some minutes for the answer; the deadline does not.',
      ),
    ],
  };
}

const words = (label: string, hint: string) => ({
  type: 'input' as const,
  block_id: 'words',
  label: plain(label),
  hint: plain(hint),
  element: { type: 'plain_text_input' as const, action_id: 'words', multiline: true, max_length: 1000 },
});

export async function askSubmitted(
  slack: Slack,
  { requestId, clicker, asker, said }: { requestId: string; clicker: Clicker; asker: Asker; said: string },
): Promise<void> {
  const view = await openRequest(slack, requestId, asker);
  if (!view) return;
  const voter = await voterOf(slack, clicker, environmentAsked(slack.deps, view));
  await answer(slack, asker, view, await askBack(slack.deps, { requestId: view.id, voter, text: said }));
}

/** Opens the modal in which the one who asked answers a question. */
export async function answerPressed(slack: Slack, click: Click): Promise<void> {
  const [requestId, questionId] = read(click.requestId);
  const view = await openRequest(slack, requestId, click.asker);
  if (!view) return;
  const question = view.questions.find(({ id }) => id === questionId);
  if (!question) return tell(slack, click.asker, sentence('There is nothing to answer here.'));
  const from = { requestId, channel: click.card?.channel ?? click.asker.channel, questionId };
  const modal: ModalView = {
    type: 'modal',
    callback_id: ANSWER,
    private_metadata: carried(from),
    title: titled('Answer', environmentOf(slack.deps, view.environment).name),
    submit: plain('Answer'),
    close: plain('Cancel'),
    blocks: [
      richText(quote(text(quotedWords(question.text, 1000, 12)))),
      words('Your answer', 'It goes under the card, and onto it. Everybody there reads it.'),
    ],
  };
  await slack.client.views.open({ trigger_id: click.triggerId, view: modal });
}

export async function answerSubmitted(
  slack: Slack,
  given: { requestId: string; questionId: number; clicker: Clicker; asker: Asker; said: string },
): Promise<void> {
  const view = await openRequest(slack, given.requestId, given.asker);
  if (!view) return;
  const { userId, subject, name } = await personBehind(slack, given.clicker);
  const { requestId, questionId, said } = given;
  const result = await answerQuestion(slack.deps, {
    requestId,
    questionId,
    person: { userId, subject, name },
    text: said,
  });
  await answer(slack, given.asker, view, result);
}

/** A button under a question carries the request and the number of the question. */
function read(value: string): [requestId: string, questionId: number] {
  try {
    const [requestId, questionId] = JSON.parse(value) as [unknown, unknown];
    return [String(requestId), Number(questionId)];
  } catch {
    return [value, 0];
  }
}

/** Done, the card says it; refused, the person is told why. */
export async function answer(slack: Slack, asker: Asker, view: RequestView, result: Answered): Promise<void> {
  if (result.ok) return;
  if (result.code === 'unknown-request') return tell(slack, asker, sentence(UNKNOWN_REQUEST));
  if (result.code === 'already-decided') {
    const now = await viewRequest(slack.deps.database.db, view.id);
    return tell(slack, asker, alreadyEnded(result.request ? toRequest(result.request) : (now ?? view)));
  }
  const environment = environmentAsked(slack.deps, view);
  await tell(
    slack,
    asker,
    refusal(result.code, { environment, deciders: await slack.decidersOf(environment) }),
  );
}
