import type { App, BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt';
import { replaceAnswer } from '../answers.ts';
import { type Click, clickOf, submissionOf } from '../clicks.ts';
import { guarded } from '../listeners.ts';
import { valuesOf, written } from '../rule-fields.ts';
import type { Slack } from '../slack.ts';
import { FAULT } from '../texts.ts';
import {
  type EditSubmission,
  editFault,
  editPressed,
  editSubmitted,
  pinPressed,
  restorePressed,
  retirePressed,
  unpinPressed,
} from './note-changes.ts';
import { lookingAt, NEXT_NOTES, notePage, PREVIOUS_NOTES } from './note-list.ts';
import { type Carried, NOTE_EDITED } from './note-modal.ts';
import { EDIT_NOTE, PIN_NOTE, RESTORE_NOTE, RETIRE_NOTE, UNPIN_NOTE } from './note-shown.ts';

type Press = BlockAction<ButtonAction>;

/** The presses of `/gate notes`, and its modal. */
export function listenToNotes(app: App, slack: Slack): void {
  const turn = async (to: Slack, { requestId, asker }: Click) =>
    replaceAnswer(to, asker, await notePage(to, asker.userId, lookingAt(requestId)));
  const presses = {
    [EDIT_NOTE]: editPressed,
    [PIN_NOTE]: pinPressed,
    [UNPIN_NOTE]: unpinPressed,
    [RETIRE_NOTE]: retirePressed,
    [RESTORE_NOTE]: restorePressed,
    [NEXT_NOTES]: turn,
    [PREVIOUS_NOTES]: turn,
  };
  for (const [name, press] of Object.entries(presses)) {
    app.action<Press>({ action_id: name, type: 'block_actions' }, async ({ ack, body }) => {
      await ack();
      const click = clickOf(body);
      await guarded(slack, name, click.asker, () => press(slack, click));
    });
  }
  app.view<ViewSubmitAction>(
    { callback_id: NOTE_EDITED, type: 'view_submission' },
    async ({ ack, body, view }) => {
      const { clicker, asker } = submissionOf(body);
      const carried = JSON.parse(view.private_metadata) as Carried;
      const given: EditSubmission = {
        carried,
        words: written(valuesOf(view), 'words') ?? '',
        clicker,
        asker: { ...asker, responseUrl: carried.responseUrl },
      };
      const fault = await editFault(slack, given).catch((error) => {
        slack.deps.observe({ kind: 'fault', where: 'Slack: checking a note', error });
        return FAULT;
      });
      if (fault) return ack({ response_action: 'errors', errors: { words: fault } });
      await ack();
      await guarded(slack, NOTE_EDITED, given.asker, () => editSubmitted(slack, given));
    },
  );
}
