import type { InputBlock, ModalView } from '@slack/types';
import type { Retrospective } from '../core/emergency.ts';
import type { RequestView } from '../core/request.ts';
import { endedBy } from '../core/standing.ts';
import { bold, lines, preformatted, richText, text } from './blocks.ts';
import { retrospectiveLines, WAS_RIGHT } from './emergency-words.ts';
import { carried, type ModalPlace, type OpenedFrom, plain, titled } from './modals.ts';
import { commandOnCard } from './shown-command.ts';
import { banner } from './texts.ts';

export const EMERGENCY = 'declare_emergency';
export const RETROSPECTIVE = 'give_retrospective';

/** Asks why it is an emergency, and says what that means before anybody declares one. */
export const emergencyModal = (view: RequestView, place: ModalPlace, from: OpenedFrom): ModalView => ({
  type: 'modal',
  callback_id: EMERGENCY,
  private_metadata: carried(from),
  title: titled('Emergency', place.environment.name),
  submit: plain('Declare'),
  close: plain('Cancel'),
  blocks: [
    richText(preformatted(commandOnCard(view.command, true).text)),
    richText(
      lines(
        [bold(banner(place.environment))],
        [text('From then on only the emergency list may approve it. Approvals given so far do not count.')],
        [
          text(
            'The whole channel, the list and all backups are told at once, and whoever is on call is paged.',
          ),
        ],
        [
          text(
            'A retrospective is due within 24 hours of the approval. Until it is given, the same people open no other emergency, and no rule is accepted here.',
          ),
        ],
      ),
    ),
    {
      type: 'input',
      block_id: 'words',
      label: plain('Why is it an emergency?'),
      hint: plain('It goes onto the card and into the record.'),
      element: { type: 'plain_text_input', action_id: 'words', multiline: true, max_length: 1000 },
    },
  ],
});

export const REASON_MISSING = { words: 'Say why it is an emergency.' };

/** What happened, whether it was right, what should become a rule. */
export const retrospectiveModal = (view: RequestView, place: ModalPlace, from: OpenedFrom): ModalView => ({
  type: 'modal',
  callback_id: RETROSPECTIVE,
  private_metadata: carried(from),
  title: titled('Look back', place.environment.name),
  submit: plain('Give it'),
  close: plain('Cancel'),
  blocks: [
    richText(preformatted(commandOnCard(view.command, true).text)),
    richText(
      lines(
        [bold(banner(place.environment)), text(`: ${view.state} ${endedBy(view)}`)],
        ...retrospectiveLines(view),
      ),
    ),
    ...questions(),
  ],
});

const questions = (): InputBlock[] => [
  {
    type: 'input',
    block_id: 'happened',
    label: plain('What happened?'),
    hint: plain('Why it could not wait, what was done, and what came of it.'),
    element: { type: 'plain_text_input', action_id: 'happened', multiline: true, max_length: 3000 },
  },
  {
    type: 'input',
    block_id: 'right',
    label: plain('Was it right?'),
    element: {
      type: 'radio_buttons',
      action_id: 'right',
      options: Object.entries(WAS_RIGHT).map(([value, words]) => ({ text: plain(words), value })),
    },
  },
  {
    type: 'input',
    block_id: 'rule',
    optional: true,
    label: plain('What should become a rule?'),
    hint: plain('So that nobody has to call an emergency for it again. It adds no rule by itself.'),
    element: { type: 'plain_text_input', action_id: 'rule', multiline: true, max_length: 1000 },
  },
];

interface Values {
  [block: string]: {
    [action: string]: { value?: string | null; selected_option?: { value: string } | null };
  };
}

/** What was written; or what is missing, by the input that lacks it. */
export function retrospectiveIn(values: Values): Retrospective | { missing: Record<string, string> } {
  const whatHappened = values.happened?.happened?.value?.trim() ?? '';
  const wasRight = values.right?.right?.selected_option?.value;
  if (whatHappened === '') return { missing: { happened: 'Say what happened.' } };
  if (wasRight !== 'yes' && wasRight !== 'no' && wasRight !== 'partly')
    return { missing: { right: 'Pick one.' } };
  return { whatHappened, wasRight, becomesRule: values.rule?.rule?.value?.trim() || null };
}
