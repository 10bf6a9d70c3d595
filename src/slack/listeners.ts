import type { App, BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { RequestView } from '../core/request.ts';
import { environmentOf } from '../gate/environment-asked.ts';
import { adoptCard, cardsOf } from '../store/cards.ts';
import { findRequest, viewRequest } from '../store/requests.ts';
import { type Asker, sentence, tell } from './answers.ts';
import { approveBatch } from './approve-batch.ts';
import { APPROVE_BATCH, fitsWhereShown } from './batch-card.ts';
import { type Click, clickOf, submissionOf } from './clicks.ts';
import { type Answer, decide, openRequest, refuseDeny } from './decide.ts';
import { detailsModal } from './details.ts';
import {
  emergencyPressed,
  emergencySubmitted,
  retrospectivePressed,
  retrospectiveSubmitted,
} from './emergency.ts';
import { EMERGENCY, REASON_MISSING, RETROSPECTIVE, retrospectiveIn } from './emergency-modals.ts';
import {
  DENY,
  DENY_REASON_MISSING,
  denyModal,
  denyReason,
  noticeModal,
  REVIEW,
  reviewModal,
} from './modals.ts';
import type { Slack } from './slack.ts';
import {
  ANSWER,
  ASK,
  answerPressed,
  answerSubmitted,
  askPressed,
  askSubmitted,
  claimPressed,
  extendPressed,
} from './talk.ts';
import { FAULT, UNKNOWN_REQUEST } from './texts.ts';

type Press = BlockAction<ButtonAction>;

/** What every press and every submitted modal does. Each acknowledges first: Slack waits for three seconds. */
export function listen(app: App, slack: Slack): void {
  const presses = {
    approve,
    deny,
    review,
    details,
    claim: claimPressed,
    ask: askPressed,
    answer: answerPressed,
    extend: extendPressed,
    emergency: emergencyPressed,
    retrospective: retrospectivePressed,
    [APPROVE_BATCH]: approveBatch,
  };
  for (const [name, press] of Object.entries(presses)) {
    app.action<Press>({ action_id: name, type: 'block_actions' }, async ({ ack, body }) => {
      await ack();
      const click = clickOf(body);
      await guarded(slack, name, click.asker, () => press(slack, click));
      await guarded(slack, `adopting a card after ${name}`, null, () => adopt(slack, click));
    });
  }
  app.view<ViewSubmitAction>({ callback_id: DENY, type: 'view_submission' }, async ({ ack, body, view }) => {
    const { preset, words } = view.state.values;
    const reason = denyReason(preset?.preset?.selected_option?.value, words?.words?.value);
    if (reason === null) return ack({ response_action: 'errors', errors: DENY_REASON_MISSING });
    await ack();
    await submitted(slack, body, { verdict: 'deny', reason, method: 'card' });
  });
  app.view<ViewSubmitAction>({ callback_id: REVIEW, type: 'view_submission' }, async ({ ack, body }) => {
    await ack();
    await submitted(slack, body, { verdict: 'approve', reason: null, method: 'review' });
  });
  listenToTalk(app, slack);
  listenToEmergencies(app, slack);
}

/** A question to the one who asked, and their answer. */
function listenToTalk(app: App, slack: Slack): void {
  app.view<ViewSubmitAction>({ callback_id: ASK, type: 'view_submission' }, async ({ ack, body, view }) => {
    await ack();
    const { from, clicker, asker } = submissionOf(body);
    const given = { requestId: from.requestId, clicker, asker, said: wordsOf(view) };
    await guarded(slack, 'a question', asker, () => askSubmitted(slack, given));
  });
  app.view<ViewSubmitAction>(
    { callback_id: ANSWER, type: 'view_submission' },
    async ({ ack, body, view }) => {
      await ack();
      const { from, clicker, asker } = submissionOf(body);
      const given = {
        requestId: from.requestId,
        questionId: from.questionId ?? 0,
        clicker,
        asker,
        said: wordsOf(view),
      };
      await guarded(slack, 'an answer', asker, () => answerSubmitted(slack, given));
    },
  );
}

/** Why something is an emergency, and what is said about it afterwards. The modals under them close, too. */
function listenToEmergencies(app: App, slack: Slack): void {
  app.view<ViewSubmitAction>(
    { callback_id: EMERGENCY, type: 'view_submission' },
    async ({ ack, body, view }) => {
      const reason = wordsOf(view);
      if (!reason.trim()) return ack({ response_action: 'errors', errors: REASON_MISSING });
      await ack({ response_action: 'clear' });
      const { from, clicker, asker } = submissionOf(body);
      const given = { requestId: from.requestId, clicker, asker, reason };
      await guarded(slack, 'an emergency', asker, () => emergencySubmitted(slack, given));
    },
  );
  app.view<ViewSubmitAction>(
    { callback_id: RETROSPECTIVE, type: 'view_submission' },
    async ({ ack, body, view }) => {
      const given = retrospectiveIn(view.state.values);
      if ('missing' in given) return ack({ response_action: 'errors', errors: given.missing });
      await ack({ response_action: 'clear' });
      const { from, clicker, asker } = submissionOf(body);
      const about = { requestId: from.requestId, clicker, asker, given };
      await guarded(slack, 'a retrospective', asker, () => retrospectiveSubmitted(slack, about));
    },
  );
}

const wordsOf = (view: ViewSubmitAction['view']): string => view.state.values.words?.words?.value ?? '';

type Given = Pick<Answer, 'verdict' | 'reason' | 'method'>;

async function submitted(slack: Slack, body: ViewSubmitAction, given: Given): Promise<void> {
  const { from, clicker, asker } = submissionOf(body);
  await guarded(slack, `submitted ${given.verdict}`, asker, async () => {
    const view = await openRequest(slack, from.requestId, asker);
    if (view) await decide(slack, view, { clicker, asker, ...given });
  });
}

/** A fault of ours is told to the person who waits, and to the log. */
export async function guarded(
  slack: Slack,
  what: string,
  asker: Asker | null,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    slack.deps.observe({ kind: 'fault', where: `Slack: ${what}`, error });
    if (asker) await tell(slack, asker, sentence(FAULT));
  }
}

async function approve(slack: Slack, click: Click): Promise<void> {
  const view = await openRequest(slack, click.requestId, click.asker);
  if (!view) return;
  // The card of such a request has no Approve button; should one be pressed all the same, it reviews.
  if (!fitsWhereShown(view)) return openReview(slack, click, view);
  const { clicker, asker } = click;
  await decide(slack, view, { clicker, asker, verdict: 'approve', reason: null, method: 'card' });
}

async function deny(slack: Slack, click: Click): Promise<void> {
  const view = await openRequest(slack, click.requestId, click.asker);
  if (!view) return;
  const modal = denyModal(view, placeOf(slack, view), openedFrom(click));
  const viewId = await open(slack, click, modal);
  const refused = await refuseDeny(slack, view, click.clicker);
  if (!refused) return;
  const notice = noticeModal(modal.title.text, refused);
  await slack.client.views
    .update({ view_id: viewId, view: notice })
    .catch(() => tell(slack, click.asker, refused));
}

async function review(slack: Slack, click: Click): Promise<void> {
  const view = await openRequest(slack, click.requestId, click.asker);
  if (view) await openReview(slack, click, view);
}

const openReview = async (slack: Slack, click: Click, view: RequestView): Promise<void> => {
  await open(slack, click, reviewModal(view, placeOf(slack, view), openedFrom(click)));
};

async function details(slack: Slack, click: Click): Promise<void> {
  const view = await viewRequest(slack.deps.database.db, click.requestId);
  if (!view) return tell(slack, click.asker, sentence(UNKNOWN_REQUEST));
  await open(slack, click, detailsModal(view, placeOf(slack, view), openedFrom(click)));
}

const openedFrom = ({ requestId, card, asker }: Click) => ({
  requestId,
  channel: card?.channel ?? asker.channel,
});

async function open(slack: Slack, click: Click, view: ModalView): Promise<string> {
  const opened = await slack.client.views.open({ trigger_id: click.triggerId, view });
  return opened.view?.id ?? '';
}

const placeOf = ({ deps }: Slack, view: RequestView) => ({
  environment: environmentOf(deps, view.environment),
});

/** A card we did not know of (a crash came between its posting and our note of it) is ours from now on. */
async function adopt(slack: Slack, { requestId, card }: Click): Promise<void> {
  if (!card) return;
  const { db } = slack.deps.database;
  const known = await cardsOf(db, requestId);
  if (known.some(({ channel, ts }) => channel === card.channel && ts === card.ts)) return;
  const row = await findRequest(db, requestId);
  if (!row) return;
  await adoptCard(db, requestId, card, row.version, row.batchId);
  slack.wake();
}
