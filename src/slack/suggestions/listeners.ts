import type { App, BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt';
import { replaceAnswer, tell } from '../answers.ts';
import { type Click, clickOf } from '../clicks.ts';
import { guarded } from '../listeners.ts';
import { valuesOf } from '../rule-fields.ts';
import { rulePage } from '../rule-list.ts';
import type { Slack } from '../slack.ts';
import { FAULT } from '../texts.ts';
import { acceptSubmitted, keepPressed, neverPressed, notNowPressed, undoPressed } from './answer.ts';
import { UNDO } from './answered-card.ts';
import { suggestionsFor } from './list-page.ts';
import { backPressed, narrowerChosen, narrowerSaved, narrowPressed } from './narrow.ts';
import { BACK, CHOOSE_NARROWER, SAVE_NARROWER } from './narrow-modal.ts';
import { SHOW_SUGGESTIONS } from './night-line.ts';
import { openSuggestion } from './open-suggestion.ts';
import { KEEP_RULE, REMOVE_RULE, RESTORE_RULE, RESUME_RULE } from './rule-card.ts';
import { keepRulePressed, openRule, removePressed, restorePressed, resumePressed } from './rule-presses.ts';
import {
  ALL_RULES,
  FEWER_SUGGESTIONS,
  MORE_SUGGESTIONS,
  OPEN_RULE,
  OPEN_SUGGESTION,
  pageOf,
} from './suggestion-list.ts';
import { KEEP, NARROW, NEVER, NOT_NOW, SUGGESTION } from './suggestion-modal.ts';
import { type InModal, pressedInModal, submittedModal, waiting } from './views.ts';

type Press = BlockAction<ButtonAction>;

/** The presses and modals of suggestions. Each acknowledges first: Slack waits for three seconds. */
export function listenToSuggestions(app: App, slack: Slack): void {
  listenToPresses(app, slack);
  listenInModals(app, slack);
  listenToSubmissions(app, slack);
}

/** On messages and on the list that only one person sees; some in modals, too. */
function listenToPresses(app: App, slack: Slack): void {
  const turn = async (click: Click) => {
    const at = { channel: click.asker.channel, page: pageOf(click.requestId) };
    await replaceAnswer(slack, click.asker, await suggestionsFor(slack, click.clicker, at));
  };
  const presses: Record<string, (click: Click, at: InModal | null) => Promise<void>> = {
    [SHOW_SUGGESTIONS]: async ({ asker, clicker }) =>
      tell(slack, asker, await suggestionsFor(slack, clicker, { channel: asker.channel, page: 1 })),
    [MORE_SUGGESTIONS]: turn,
    [FEWER_SUGGESTIONS]: turn,
    [ALL_RULES]: async ({ asker }) =>
      tell(slack, asker, await rulePage(slack, asker.userId, { search: '', environment: null, page: 1 })),
    [OPEN_SUGGESTION]: (click) => openSuggestion(slack, click),
    [OPEN_RULE]: (click) => openRule(slack, click),
    [UNDO]: (click, at) => undoPressed(slack, click, at),
    [RESUME_RULE]: (click, at) => resumePressed(slack, click, at),
    [KEEP_RULE]: (click, at) => keepRulePressed(slack, click, at),
    [REMOVE_RULE]: (click, at) => removePressed(slack, click, at),
    [RESTORE_RULE]: (click, at) => restorePressed(slack, click, at),
  };
  for (const [name, press] of Object.entries(presses)) {
    app.action<Press>({ action_id: name, type: 'block_actions' }, async ({ ack, body }) => {
      await ack();
      const click = clickOf(body);
      await guarded(slack, name, click.asker, () =>
        press(click, click.inModal ? pressedInModal(body) : null),
      );
    });
  }
}

function listenInModals(app: App, slack: Slack): void {
  const presses = {
    [NARROW]: narrowPressed,
    [NOT_NOW]: notNowPressed,
    [NEVER]: neverPressed,
    [KEEP]: keepPressed,
    [BACK]: backPressed,
  };
  for (const [name, press] of Object.entries(presses)) {
    app.action<Press>({ action_id: name, type: 'block_actions' }, async ({ ack, body }) => {
      await ack();
      const at = pressedInModal(body);
      await guarded(slack, name, at.asker, () => press(slack, at));
    });
  }
}

/** The modal stays open and says what came of it. */
function listenToSubmissions(app: App, slack: Slack): void {
  app.view<ViewSubmitAction>(
    { callback_id: SUGGESTION, type: 'view_submission' },
    async ({ ack, body, view }) => {
      await ack({ response_action: 'update', view: waiting() });
      const at = submittedModal(body);
      await guarded(slack, SUGGESTION, at.asker, () => acceptSubmitted(slack, at, valuesOf(view)));
    },
  );
  app.view<ViewSubmitAction>(
    { callback_id: CHOOSE_NARROWER, type: 'view_submission' },
    async ({ ack, body, view }) => {
      const at = submittedModal(body);
      const values = valuesOf(view);
      const found = await narrowerChosen(slack, at, values).catch((error) => {
        slack.deps.observe({ kind: 'fault', where: 'Slack: narrowing', error });
        return { errors: { [Object.keys(values)[0] ?? 'literal']: FAULT } };
      });
      if ('errors' in found) return ack({ response_action: 'errors', errors: found.errors });
      await ack({ response_action: 'update', view: found.view });
    },
  );
  app.view<ViewSubmitAction>(
    { callback_id: SAVE_NARROWER, type: 'view_submission' },
    async ({ ack, body }) => {
      await ack({ response_action: 'update', view: waiting() });
      const at = submittedModal(body);
      await guarded(slack, SAVE_NARROWER, at.asker, () => narrowerSaved(slack, at));
    },
  );
}
