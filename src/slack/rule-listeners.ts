import type { App, BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt';
import { allowFaults, allowInFuture, openAllow } from './allow.ts';
import { ALLOW } from './allow-modal.ts';
import { replaceAnswer } from './answers.ts';
import { type Click, clickOf, submissionOf } from './clicks.ts';
import { guarded } from './listeners.ts';
import { ADD_RULE, addFaults, addSubmitted } from './rule-add.ts';
import { confirmPressed, revokePressed } from './rule-changes.ts';
import { valuesOf } from './rule-fields.ts';
import { lookingAt, NEXT_RULES, PREVIOUS_RULES, rulePage } from './rule-list.ts';
import { CONFIRM_RULE, REVOKE_RULE } from './rule-shown.ts';
import type { Slack } from './slack.ts';
import { FAULT } from './texts.ts';

type Press = BlockAction<ButtonAction>;

/** The presses and modals that change rules, or turn the pages of their list. */
export function listenToRules(app: App, slack: Slack): void {
  const turn = async (to: Slack, click: Click) => {
    const page = await rulePage(to, click.asker.userId, lookingAt(click.requestId));
    await replaceAnswer(to, click.asker, page);
  };
  const presses = {
    allow: openAllow,
    [CONFIRM_RULE]: confirmPressed,
    [REVOKE_RULE]: revokePressed,
    [NEXT_RULES]: turn,
    [PREVIOUS_RULES]: turn,
  };
  for (const [name, press] of Object.entries(presses)) {
    app.action<Press>({ action_id: name, type: 'block_actions' }, async ({ ack, body }) => {
      await ack();
      const click = clickOf(body);
      await guarded(slack, name, click.asker, () => press(slack, click));
    });
  }
  app.view<ViewSubmitAction>({ callback_id: ALLOW, type: 'view_submission' }, async ({ ack, body, view }) => {
    const { from, clicker, asker } = submissionOf(body);
    const given = { requestId: from.requestId, values: valuesOf(view), clicker, asker };
    const errors = await faultsOf(slack, 'choice', () => allowFaults(slack, given));
    if (errors) return ack({ response_action: 'errors', errors });
    await ack();
    await guarded(slack, ALLOW, asker, () => allowInFuture(slack, given));
  });
  app.view<ViewSubmitAction>(
    { callback_id: ADD_RULE, type: 'view_submission' },
    async ({ ack, body, view }) => {
      const { clicker, asker } = submissionOf(body);
      const given = { metadata: view.private_metadata, values: valuesOf(view), clicker, asker };
      const errors = await faultsOf(slack, 'project', () => addFaults(slack, given));
      if (errors) return ack({ response_action: 'errors', errors });
      await ack();
      await guarded(slack, ADD_RULE, asker, () => addSubmitted(slack, given));
    },
  );
}

type Errors = Record<string, string> | null;

/** A fault of ours is shown in the modal, too, so that what was chosen is not lost. */
async function faultsOf(slack: Slack, field: string, find: () => Errors | Promise<Errors>): Promise<Errors> {
  try {
    return await find();
  } catch (error) {
    slack.deps.observe({ kind: 'fault', where: 'Slack: checking a rule', error });
    return { [field]: FAULT };
  }
}
