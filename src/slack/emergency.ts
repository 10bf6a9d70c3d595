import type { ModalView } from '@slack/types';
import type { Retrospective } from '../core/emergency.ts';
import { type RequestView, type VoteRefusal, whyNotInvolved } from '../core/request.ts';
import { declareEmergency } from '../gate/emergency.ts';
import { environmentAsked, environmentOf, withEmergencyList } from '../gate/environment-asked.ts';
import { giveRetrospective } from '../gate/retrospective.ts';
import { viewRequest } from '../store/requests.ts';
import { type Asker, sentence, tell } from './answers.ts';
import { bold, date, type Message, said, text } from './blocks.ts';
import type { Click } from './clicks.ts';
import { openRequest } from './decide.ts';
import { emergencyModal, retrospectiveModal } from './emergency-modals.ts';
import { noticeModal } from './modals.ts';
import { type Clicker, voterOf } from './people.ts';
import { refusal } from './refusals.ts';
import type { Slack } from './slack.ts';
import { answer } from './talk.ts';
import { UNKNOWN_REQUEST } from './texts.ts';

interface Submitted {
  requestId: string;
  clicker: Clicker;
  asker: Asker;
}

/** Opens the modal in which somebody declares a waiting request an emergency. */
export async function emergencyPressed(slack: Slack, click: Click): Promise<void> {
  const view = await openRequest(slack, click.requestId, click.asker);
  if (!view) return;
  const environment = environmentOf(slack.deps, view.environment);
  if (!environment.emergency || view.emergency)
    return tell(slack, click.asker, await refused(slack, view, 'no-emergency-here'));
  const modal = emergencyModal(view, { environment }, openedFrom(click));
  await openFor(slack, click, modal, async () => {
    const why = whyNotInvolved(view.requester, await declarer(slack, view, click.clicker));
    return why && refused(slack, view, why);
  });
}

export async function emergencySubmitted(slack: Slack, given: Submitted & { reason: string }): Promise<void> {
  const { requestId, clicker, asker, reason } = given;
  const view = await openRequest(slack, requestId, asker);
  if (!view) return;
  const voter = await declarer(slack, view, clicker);
  await answer(slack, asker, view, await declareEmergency(slack.deps, { requestId, voter, reason }));
}

/** Whoever may decide it now, or will when it is an emergency. */
const declarer = (slack: Slack, view: RequestView, clicker: Clicker) =>
  voterOf(slack, clicker, withEmergencyList(environmentAsked(slack.deps, view)));

/** Opens the modal in which somebody looks back at an emergency. */
export async function retrospectivePressed(slack: Slack, click: Click): Promise<void> {
  const view = await viewRequest(slack.deps.database.db, click.requestId);
  if (!view?.retrospective || view.retrospective.closedAt) return tell(slack, click.asker, notDue(view));
  const environment = environmentOf(slack.deps, view.environment);
  const modal = retrospectiveModal(view, { environment }, openedFrom(click));
  await openFor(slack, click, modal, async () => {
    const why = whyNotInvolved(view.requester, await lookingBack(slack, view, click.clicker));
    return why && refusedToLookBack(slack, view, why);
  });
}

export async function retrospectiveSubmitted(
  slack: Slack,
  { requestId, clicker, asker, given }: Submitted & { given: Retrospective },
): Promise<void> {
  const { db } = slack.deps.database;
  const view = await viewRequest(db, requestId);
  if (!view) return tell(slack, asker, sentence(UNKNOWN_REQUEST));
  const voter = await lookingBack(slack, view, clicker);
  const result = await giveRetrospective(slack.deps, { requestId, voter, given });
  if (result.ok) return;
  switch (result.code) {
    case 'unknown-request':
      return tell(slack, asker, sentence(UNKNOWN_REQUEST));
    case 'not-due':
      return tell(slack, asker, notDue(await viewRequest(db, requestId)));
    case 'says-nothing':
      return tell(slack, asker, sentence('Say what happened: without that it is no retrospective.'));
    case 'not-allowed':
      return tell(slack, asker, await refusedToLookBack(slack, view, result.why));
  }
}

/** Any of its reviewers, and the emergency list. */
const lookingBack = (slack: Slack, view: RequestView, clicker: Clicker) =>
  voterOf(slack, clicker, withEmergencyList(environmentOf(slack.deps, view.environment)));

function notDue(view: RequestView | null): Message {
  if (!view) return sentence(UNKNOWN_REQUEST);
  const { closedAt, closedByName } = view.retrospective ?? {};
  if (!closedAt) return sentence('No retrospective is due for this.');
  return sentence(
    'The retrospective is given already.',
    bold(`${said(closedByName ?? '', 60) || 'Somebody'} gave this retrospective already`),
    text(', '),
    date(closedAt),
    text('. Details shows it.'),
  );
}

const refusedToLookBack = (slack: Slack, view: RequestView, why: VoteRefusal): Promise<Message> | Message =>
  why === 'not-a-reviewer'
    ? sentence('Its reviewers, the emergency list and whoever asked give the retrospective. Ask one of them.')
    : refused(slack, view, why);

async function refused(
  slack: Slack,
  view: RequestView,
  code: Parameters<typeof refusal>[0] | VoteRefusal,
): Promise<Message> {
  if (code === 'already-decided') return sentence('It has ended already.');
  const environment = environmentAsked(slack.deps, view);
  return refusal(code, { environment, deciders: await slack.decidersOf(environment) });
}

/** A trigger lives for three seconds: the modal opens first, and says it when the person may not. */
async function openFor(
  slack: Slack,
  click: Click,
  modal: ModalView,
  whyNot: () => Promise<Message | null>,
): Promise<void> {
  const { views } = slack.client;
  const opening = { trigger_id: click.triggerId, view: modal };
  const opened = await (click.inModal ? views.push(opening) : views.open(opening));
  const message = await whyNot();
  if (!message) return;
  await views
    .update({ view_id: opened.view?.id ?? '', view: noticeModal(modal.title.text, message) })
    .catch(() => tell(slack, click.asker, message));
}

const openedFrom = ({ requestId, card, asker }: Click) => ({
  requestId,
  channel: card?.channel ?? asker.channel,
});
