import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { type Narrowing, narrowings } from '../../core/learning/narrow.ts';
import type { Suggestion } from '../../core/learning/suggestion.ts';
import { capitalised } from '../../core/wording.ts';
import { bold, cut, lines, richText, saidEnds, section, text } from '../blocks.ts';
import { plain } from '../modals.ts';
import type { Values } from '../rule-fields.ts';
import { ruleGroups } from './rule-parts.ts';
import { metadataOf, type OpenedSuggestion } from './suggestion-modal.ts';
import { counted, savings, titleOf } from './suggestion-words.ts';

export const CHOOSE_NARROWER = 'choose-narrower';
export const SAVE_NARROWER = 'save-narrower';
export const BACK = 'back-to-suggestion';
const TITLE = 'Narrow a suggestion';

/** As many checkboxes as Slack takes in one field, and as many choices as it takes in a menu. */
const MOST_BOXES = 10;
const MOST_CHOICES = 100;
const LONGEST = 75;

const GROUPS: { kind: string; label: string }[] = [
  { kind: 'literal', label: 'Only what was seen' },
  { kind: 'value', label: 'Leave values out' },
  { kind: 'rule', label: 'Leave spellings out' },
  { kind: 'environment', label: 'Only in one environment' },
];

/** What can be made narrower, to be ticked; what would come of it follows before anything is saved. */
export function narrowModal(body: Suggestion, from: OpenedSuggestion): ModalView {
  const steps = narrowings(body);
  const fields = GROUPS.flatMap(({ kind, label }) =>
    field(
      kind,
      label,
      steps.filter(({ key }) => key.startsWith(`${kind}:`)),
    ),
  );
  return {
    type: 'modal',
    callback_id: CHOOSE_NARROWER,
    private_metadata: metadataOf(from),
    title: plain(TITLE),
    ...(fields.length > 0 && { submit: plain('Show the result') }),
    close: plain('Close'),
    blocks: [
      richText(lines([bold(titleOf(body, 200))], [text('As it is now:')])),
      ...ruleGroups(body.rules).map((group) => richText(...group)),
      ...(fields.length > 0 ? fields : [richText(section(text('There is nothing left to make narrower.')))]),
      back(from),
    ],
  };
}

function field(kind: string, label: string, steps: Narrowing[]): InputBlock[] {
  if (steps.length === 0) return [];
  const options = steps.slice(0, MOST_CHOICES).map(optionOf);
  const element =
    options.length <= MOST_BOXES
      ? { type: 'checkboxes' as const, action_id: kind, options }
      : { type: 'multi_static_select' as const, action_id: kind, options, placeholder: plain('Choose some') };
  return [{ type: 'input', block_id: kind, optional: true, label: plain(label), element }];
}

const optionOf = ({ key, says }: Narrowing): PlainTextOption => ({
  text: plain(saidEnds(says.replace('without the spelling', `without ${numberIn(key)}:`), LONGEST)),
  value: cut(key, 150),
});

/** Spellings have numbers above. */
const numberIn = (key: string): number => Number(key.split(':')[1]) + 1;

/** The keys that were ticked. */
export const chosenSteps = (values: Values): string[] =>
  GROUPS.flatMap(({ kind }) => {
    const picked = values[kind]?.[kind]?.selected_options as { value: string }[] | undefined;
    return (picked ?? []).map(({ value }) => value);
  });

/** What would be suggested instead; submitting it saves that. */
export function narrowedModal(
  before: Suggestion,
  after: Suggestion,
  keys: readonly string[],
  from: OpenedSuggestion,
): ModalView {
  const gone = before.rules.filter((rule) => !after.rules.includes(rule));
  return {
    type: 'modal',
    callback_id: SAVE_NARROWER,
    private_metadata: metadataOf({ ...from, keys: [...keys] }),
    title: plain(TITLE),
    submit: plain('Save'),
    close: plain('Close'),
    blocks: [
      richText(section(bold('What would pass instead')), ...(ruleGroups(after.rules)[0] ?? [])),
      ...ruleGroups(after.rules)
        .slice(1)
        .map((group): KnownBlock => richText(...group)),
      ...(gone.length > 0 ? [richText(section(bold('Instead of')), ...(ruleGroups(gone)[0] ?? []))] : []),
      richText(
        lines([
          text(
            `${capitalised(savings(after.savesPerWeek))}, from ${counted(after.evidence.approvals, 'approval')}. `,
          ),
          text(
            'Saving makes it a suggestion of its own, still to be accepted; the wider one is not suggested again without new evidence.',
          ),
        ]),
      ),
      back(from),
    ],
  };
}

const back = ({ requestId }: OpenedSuggestion): KnownBlock => ({
  type: 'actions',
  block_id: 'back',
  elements: [{ type: 'button', action_id: BACK, value: cut(requestId, 200), text: plain('Back') }],
});
