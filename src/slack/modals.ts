import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { shownCommand } from '../core/command/shown.ts';
import { DENY_PRESETS } from '../core/deny-reasons.ts';
import type { RequestView } from '../core/request.ts';
import { sentence } from './answers.ts';
import {
  bold,
  code,
  cut,
  dotted,
  type Inline,
  lines,
  type Message,
  preformatted,
  richText,
  said,
  section,
  text,
} from './blocks.ts';
import type { Place } from './cards.ts';
import { mainReasons, requesterLine, riskLine, sourceLine, warnings } from './facts.ts';
import { canBeReviewed, chunksOf, commandOnCard } from './shown-command.ts';
import { banner, environmentName } from './texts.ts';

export { denyReason } from '../core/deny-reasons.ts';

export const DENY = 'deny-reason';
export const ASK = 'ask_back';
export const ANSWER = 'answer_question';
export const REVIEW = 'review-approve';

/** Modals look up no names: a trigger to open one lives for three seconds. */
export type ModalPlace = Pick<Place, 'environment'>;

/** What a modal carries back: which request, and the card it was opened from. */
export interface OpenedFrom {
  requestId: string;
  channel: string | null;
  /** Of an answer: the question. */
  questionId?: number;
}

const TITLE_LENGTH = 24;
export const plain = (words: string) => ({ type: 'plain_text' as const, text: words, emoji: false });

/** `Approve on production`, cut where Slack would refuse it. */
export const titled = (verb: string, environment: string): ReturnType<typeof plain> =>
  plain(cut(`${verb} on ${environmentName(environment)}`, TITLE_LENGTH));

export const carried = (from: OpenedFrom): string => JSON.stringify(from).slice(0, 3000);

/** Asks why: a preset, free text, or both. One of them is needed. */
export function denyModal(view: RequestView, place: ModalPlace, from: OpenedFrom): ModalView {
  const shown = commandOnCard(view.command, true);
  return {
    type: 'modal',
    callback_id: DENY,
    private_metadata: carried(from),
    title: titled('Deny', place.environment.name),
    submit: plain('Deny'),
    close: plain('Cancel'),
    blocks: [richText(preformatted(shown.text)), presets(), ownWords()],
  };
}

const presets = (): InputBlock => ({
  type: 'input',
  block_id: 'preset',
  optional: true,
  label: plain('Why not? Pick one, or write below'),
  element: {
    type: 'radio_buttons',
    action_id: 'preset',
    options: DENY_PRESETS.map((preset) => ({ text: plain(preset), value: preset })),
  },
});

const ownWords = (): InputBlock => ({
  type: 'input',
  block_id: 'words',
  optional: true,
  label: plain('In your words'),
  hint: plain('The one who asked reads this. What should they do instead?'),
  element: { type: 'plain_text_input', action_id: 'words', multiline: true, max_length: 1000 },
});

export const DENY_REASON_MISSING = { words: 'Pick a reason above, or write one here.' };

/** The whole command; submitting it is the approval. Without a submit when it cannot be shown or decided. */
export function reviewModal(view: RequestView, place: ModalPlace, from: OpenedFrom): ModalView {
  const { environment } = place;
  const title = plain(cut(`Review: ${environmentName(environment.name)}`, TITLE_LENGTH));
  if (!canBeReviewed(view.command)) return noticeModal(title.text, sentence(TOO_MUCH_TO_SHOW));
  const reasons = mainReasons(view);
  const approve = view.state === 'pending' ? { submit: titled('Approve', environment.name) } : {};
  return {
    type: 'modal',
    callback_id: REVIEW,
    private_metadata: carried(from),
    title,
    ...approve,
    close: plain('Close'),
    blocks: [
      richText(
        lines(
          [bold(banner(environment))],
          [...riskLine(view), ...(reasons.length > 0 ? [text(': '), ...dotted(reasons)] : [])],
          ...warnings(view),
          [bold('Asked by '), ...requesterLine(view)],
          sourceLine(view),
          runsIn(view),
        ),
      ),
      ...wholeCommand(view),
      richText(section(bold('End of the command.'))),
    ],
  };
}

const TOO_MUCH_TO_SHOW =
  'This command has too many invisible characters to show it whole, so it cannot be approved. Deny it and ask for a clean one.';

/** A modal that only says something. */
export const noticeModal = (title: string, message: Message): ModalView => ({
  type: 'modal',
  title: plain(cut(title, TITLE_LENGTH)),
  close: plain('Close'),
  blocks: message.blocks,
});

/** Where it runs, and what file it is. */
export function runsIn({ cwd, program }: Pick<RequestView, 'cwd' | 'program'>): Inline[] {
  const parts: Inline[] = [];
  if (cwd) parts.push(text('In '), code(said(cwd, 500)));
  if (program) parts.push(text(cwd ? ', program ' : 'Program '), code(said(program.path, 500)));
  return parts;
}

/** The whole command, one block a piece, at most as much as a modal takes. */
export function wholeCommand({ command }: Pick<RequestView, 'command'>): KnownBlock[] {
  const whole = canBeReviewed(command) ? shownCommand(command) : cut(shownCommand(command), 40_000);
  return chunksOf(whole).map((chunk) => richText(preformatted(chunk)));
}
