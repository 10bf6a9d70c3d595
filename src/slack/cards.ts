import type { ActionsBlock, Button, KnownBlock } from '@slack/types';
import { shownCommand } from '../core/command/shown.ts';
import { isComparable } from '../core/command/word-diff.ts';
import { roundedDuration } from '../core/duration.ts';
import type { Environment } from '../core/environment.ts';
import { BY_A_MODEL } from '../core/model-words.ts';
import type { RequestView } from '../core/request.ts';
import { endedBy, exitOf, type Standing, standing, succeeded } from '../core/standing.ts';
import { whyItAsks } from '../core/why-it-asks.ts';
import { capitalised, grouped } from '../core/wording.ts';
import { approveVerb, askedTimes, deadlineLine, decidedTimes, lateLine, newerLine } from './alike.ts';
import { notAllowable } from './allowable.ts';
import {
  bold,
  code,
  cut,
  date,
  dotted,
  escaped,
  header,
  type Inline,
  lines,
  type Message,
  type Part,
  preformatted,
  quote,
  quotedWords,
  richText,
  said,
  section,
  text,
} from './blocks.ts';
import { alarm, owesRetrospective, retrospectiveLines, whatFollows } from './emergency-words.ts';
import {
  callerLinks,
  checksLine,
  earlierLines,
  lastRunLine,
  mainReasons,
  progress,
  requesterLine,
  riskLine,
  sourceLine,
  warnings,
} from './facts.ts';
import { cardBlock } from './find-posted.ts';
import { ladderLines, questionLines } from './ladder.ts';
import { noteOrigin } from './notes/note-origin.ts';
import { commandOnCard, fitsOnCard } from './shown-command.ts';
import { banner, environmentName } from './texts.ts';
import { changedWords } from './word-changes.ts';

/** What a card needs to know beside the request. */
export interface Place {
  environment: Environment;
  /** Who may decide, in words: `any full member of this channel`. */
  deciders: string;
  /** Where the card of `lastRun` is. */
  lastRunLink?: string | null;
}

/** Of the commands before it in the same run, the last ones. */
const EARLIER_SHOWN = 3;
const POLICIES_SHOWN = 2;
const MODEL_WORDS_SHOWN = 300;
/** A command of more characters than this is not compared with another on its card. */
const LONG_COMMAND = 1200;

/** The card of a request, in whatever state it is. Pure: the same request, the same card. */
export const card = (view: RequestView, place: Place): Message =>
  view.state === 'pending' ? askingCard(view, place) : decidedCard(view, place);

function askingCard(view: RequestView, place: Place): Message {
  const { environment } = place;
  const shown = commandOnCard(view.command, false);
  const what = view.command.kind === 'action' ? 'action' : 'command';
  const more =
    shown.missing > 0
      ? [section(bold(`${grouped(shown.missing)} more characters: Review shows all of it.`))]
      : [];
  const cautions = [askedTimes(view), lateLine(view), ...warnings(view)].filter((line) => line.length > 0);
  const reasons = mainReasons(view);
  return {
    text: `${alarm(view)}${escaped(environmentName(environment.name))}: approve this ${what}? ${view.assessment.level} risk.`,
    blocks: [
      header(`${alarm(view)}${banner(environment)}: ${view.command.kind === 'action' ? 'do' : 'run'} this?`),
      richText(preformatted(shown.text), ...more, ...(cautions.length > 0 ? [lines(...cautions)] : [])),
      richText(
        lines(
          [...riskLine(view), ...(reasons.length > 0 ? [text(': '), ...dotted(reasons)] : [])],
          ...comparison(view, place),
          ...noteLines(view),
        ),
      ),
      ...inWords(view),
      ...why(view),
      richText(lines(...aboutTheAsking(view))),
      richText(lines(...whatNext(view, place))),
      buttons(view, environment),
    ],
  };
}

/** How the last one of its kind went, and what differs from it. A long command leaves no room for that. */
function comparison(view: RequestView, { lastRunLink }: Place): Inline[][] {
  if (!isComparable(view.changes)) return [];
  const isLong = shownCommand(view.command).length > LONG_COMMAND;
  return [
    labelled('Last like it', lastRunLine(view, lastRunLink ?? null)),
    isLong ? [] : labelled('Changed since', changedWords(view.changes)),
  ];
}

/** Why commands like it were denied before: it may hold again. */
export const noteLines = ({ notes }: Pick<RequestView, 'notes'>): Inline[][] =>
  notes.map((note) => [
    bold(note.isPinned ? '📌 Note: ' : 'Note: '),
    ...noteOrigin(note),
    ...(note.about === null ? [] : [text(', of '), code(said(note.about, 80))]),
    text(`: ${said(note.reason, 200)}`),
  ]);

/** What a language model says of the command: set apart from ours, and marked as such. */
export const inWords = ({ modelWords }: Pick<RequestView, 'modelWords'>): KnownBlock[] =>
  modelWords
    ? [
        richText(
          quote(bold('In words: '), text(said(modelWords.text, MODEL_WORDS_SHOWN))),
          lines([text(BY_A_MODEL, { italic: true })]),
        ),
      ]
    : [];

/** The requester's words, set apart from ours. */
function why({ reason, context }: RequestView): KnownBlock[] {
  const parts: Part[] = [];
  if (reason?.trim()) parts.push(quote(bold('Why: '), text(quotedWords(reason, 600, 6))));
  if (context.change_summary?.trim()) {
    parts.push(quote(bold('What changes: '), text(quotedWords(context.change_summary, 300, 4))));
  }
  return parts.length > 0 ? [richText(...parts)] : [];
}

const labelled = (label: string, line: Inline[]): Inline[] =>
  line.length > 0 ? [bold(`${label}: `), ...line] : [];

function aboutTheAsking(view: RequestView): Inline[][] {
  const [first, ...others] = earlierLines(view.earlier, EARLIER_SHOWN);
  return [
    labelled('Asked by', requesterLine(view)),
    labelled('From', sourceLine(view)),
    ...callerLinks(view, 2),
    labelled('Checks', checksLine(view)),
    labelled('Before it', first ?? []),
    ...others,
  ];
}

function whatNext(view: RequestView, { environment, deciders }: Place): Inline[][] {
  const count = progress(view);
  const within = roundedDuration(environment.useWithinSeconds * 1000);
  return [
    labelled(
      'Why it asks',
      dotted(whyItAsks(view.explanation, POLICIES_SHOWN).map((words) => [text(words)])),
    ),
    labelled(
      'Who decides',
      dotted([
        [text(`${view.emergency ? 'only the emergency list: ' : ''}${deciders}, not who asked`)],
        count === '' ? [] : [bold(count)],
      ]),
    ),
    whatFollows(view),
    deadlineLine(view, within),
    ...ladderLines(view),
    ...questionLines(view),
  ];
}

/** An Approve button only where the whole command stands above it. */
function buttons(view: RequestView, environment: Environment): ActionsBlock {
  const approve = fitsOnCard(view.command)
    ? button(
        view,
        'approve',
        cut(`${approveVerb(view)} on ${environmentName(environment.name)}`, 75),
        'primary',
      )
    : button(view, 'review', 'Review', 'primary');
  return actions(view, [
    approve,
    button(view, 'deny', 'Deny', 'danger'),
    button(view, 'claim', "I'm looking"),
    button(view, 'ask', 'Ask'),
    ...(view.mayExtend ? [button(view, 'extend', 'Extend')] : []),
    button(view, 'details', 'Details'),
  ]);
}

export type CardAction =
  | 'approve'
  | 'deny'
  | 'review'
  | 'details'
  | 'allow'
  | 'claim'
  | 'ask'
  | 'answer'
  | 'extend'
  | 'emergency'
  | 'retrospective';

export const button = (
  view: Pick<RequestView, 'id'>,
  action: CardAction,
  words: string,
  style?: 'primary' | 'danger',
): Button => ({
  type: 'button',
  action_id: action,
  value: cut(view.id, 200),
  text: { type: 'plain_text', text: words, emoji: false },
  ...(style && { style }),
});

export const actions = (view: Pick<RequestView, 'id'>, elements: Button[]): ActionsBlock => ({
  type: 'actions',
  block_id: cardBlock(view),
  elements,
});

function decidedCard(view: RequestView, { environment }: Place): Message {
  const headline = headlineOf(view);
  const shown = commandOnCard(view.command, true);
  const rest =
    shown.missing > 0
      ? [section(text(`${grouped(shown.missing)} more characters: Details shows all of it.`))]
      : [];
  // Of a newer run the line says it all, with its link.
  const said = view.newer ? null : view.decision?.reason?.trim();
  return {
    text: escaped(`${alarm(view)}${environmentName(environment.name)}: ${headline}.`),
    blocks: [
      header(`${alarm(view)}${banner(environment)}: ${headline}`),
      richText(
        lines(
          ...howItEnded(view),
          ...whatCameOfIt(view),
          ...retrospectiveLines(view),
          decidedTimes(view),
          newerLine(view),
        ),
        ...(said ? [quote(text(quotedWords(said, 600, 6)))] : []),
      ),
      richText(preformatted(shown.text), ...rest),
      richText(
        lines(labelled('Asked by', requesterLine(view)), labelled('From', sourceLine(view)), riskLine(view)),
      ),
      actions(view, [
        ...(owesRetrospective(view)
          ? [button(view, 'retrospective', 'Give the retrospective', 'primary')]
          : []),
        button(view, 'details', 'Details'),
        // Until it is given, no rule is accepted here.
        ...(notAllowable(view) === null && !owesRetrospective(view)
          ? [button(view, 'allow', 'Allow this in future…')]
          : []),
      ]),
    ],
  };
}

const MARK: Record<Standing, string> = {
  pending: '⏳',
  approved: '✅',
  denied: '⛔',
  expired: '⌛',
  withdrawn: '↩️',
  blocked: '🚫',
  ran: '✅',
  failed: '❌',
  running: '▶️',
  unused: '⌛',
};

/** `✅ ran`: where a request that was decided stands. */
export function headlineOf(view: RequestView): string {
  const { is, words } = standing(view);
  return `${MARK[is]} ${words}`;
}

/** Who, how, when, after how long. */
function howItEnded(view: RequestView): Inline[][] {
  const { decision } = view;
  if (!decision) return [];
  const waited = roundedDuration(decision.at.getTime() - view.createdAt.getTime());
  const inSlack = decision.by === 'people' ? ' in Slack' : '';
  return [
    [
      bold(`${capitalised(view.state)} ${endedBy(view)}`),
      text(`${inSlack}, `),
      date(decision.at),
      text(`, after ${waited}.`),
    ],
  ];
}

/** What happened since, or happens next. */
function whatCameOfIt(view: RequestView): Inline[][] {
  const { outcome, startedAt, lapsedAt, useBy } = view;
  if (view.state !== 'approved') return [[text('Nothing ran.')]];
  if (outcome) {
    const words = succeeded(outcome) ? 'Ran' : 'Failed';
    return [[bold(`${words}: ${exitOf(outcome)}`), text(` after ${roundedDuration(outcome.durationMs)}.`)]];
  }
  if (startedAt) return [[text('Started '), date(startedAt), text('. Its result will stand here.')]];
  if (lapsedAt) return [[text('It was not used in time: the approval is void, nothing ran.')]];
  return useBy ? [[text('It may start until '), date(useBy), text('; then the approval is void.')]] : [];
}
