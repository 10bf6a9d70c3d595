import type { KnownBlock, ModalView } from '@slack/types';
import { roundedDuration } from '../core/duration.ts';
import type { RequestView, Vote } from '../core/request.ts';
import { endedBy, exitOf } from '../core/standing.ts';
import { alikeParts } from './alike.ts';
import {
  bold,
  bullets,
  code,
  cut,
  date,
  dotted,
  type Inline,
  lines,
  quote,
  quotedWords,
  richText,
  said,
  section,
  text,
} from './blocks.ts';
import { actions, button, inWords } from './cards.ts';
import { alarm, retrospectiveLines, WAS_RIGHT } from './emergency-words.ts';
import { lookedAt } from './explained.ts';
import {
  callerLinks,
  earlierLines,
  lastRunLine,
  progress,
  requesterLine,
  riskLine,
  warnings,
} from './facts.ts';
import { ladderHistory, questionLines } from './ladder.ts';
import { link, linksToSource } from './links.ts';
import { carried, type ModalPlace, type OpenedFrom, runsIn, wholeCommand } from './modals.ts';
import { banner, environmentName } from './texts.ts';
import { changedWords } from './word-changes.ts';

/** Everything that is known of a request, the command first. */
export function detailsModal(view: RequestView, place: ModalPlace, from?: OpenedFrom): ModalView {
  return {
    type: 'modal',
    ...(from && { private_metadata: carried(from) }),
    title: {
      type: 'plain_text',
      text: cut(`Details: ${environmentName(place.environment.name)}`, 24),
      emoji: false,
    },
    close: { type: 'plain_text', text: 'Close', emoji: false },
    blocks: [
      ...wholeCommand(view),
      richText(lines([bold(`${alarm(view)}${banner(place.environment)}`)], runsIn(view), ...warnings(view))),
      ...lookBack(view),
      ...risk(view),
      ...writtenByAModel(view),
      ...compared(view),
      ...explained(view),
      ...reason(view),
      richText(lines(...origin(view))),
      ...before(view),
      ...alike(view),
      richText(section(bold('What happened')), bullets(history(view))),
      ...asked(view),
      richText(lines(...identifiers(view))),
      ...declaring(view, place),
    ],
  };
}

/** What an emergency owes, or what was written about it. */
function lookBack(view: RequestView): KnownBlock[] {
  const due = retrospectiveLines(view);
  const given = view.retrospective?.given;
  if (!given) return due.length > 0 ? [richText(lines(...due))] : [];
  return [
    richText(
      lines(...due),
      quote(text(quotedWords(given.whatHappened, 3000, 60))),
      lines([bold('Was it right? '), text(WAS_RIGHT[given.wasRight])]),
      ...(given.becomesRule
        ? [section(bold('What should become a rule')), quote(text(quotedWords(given.becomesRule, 1000, 20)))]
        : []),
    ),
  ];
}

/** Not on the card: it is rare, and a phone shows the buttons that are pressed every day. */
const declaring = (view: RequestView, { environment }: ModalPlace): KnownBlock[] =>
  view.state === 'pending' && environment.emergency && !view.emergency
    ? [actions(view, [button(view, 'emergency', 'Emergency…', 'danger')])]
    : [];

const risk = (view: RequestView): KnownBlock[] => {
  const items = view.assessment.reasons.slice(0, 40).map((each) => {
    const points = each.points > 0 ? `+${each.points}` : String(each.points);
    return [code(points), text(` ${said(each.why, 300)}`)];
  });
  return [richText(section(...riskLine(view)), ...(items.length > 0 ? [bullets(items)] : []))];
};

const writtenByAModel = (view: RequestView): KnownBlock[] => [
  ...inWords(view),
  ...(view.modelWords
    ? [
        richText(
          lines([
            text(`Prompt ${said(view.modelWords.prompt, 100)}, model ${said(view.modelWords.model, 100)}`),
          ]),
        ),
      ]
    : []),
];

function compared(view: RequestView): KnownBlock[] {
  const changes = changedWords(view.changes, 3000);
  const last = lastRunLine(view, null);
  if (last.length + changes.length === 0) return [];
  return [
    richText(
      lines(
        last.length > 0 ? [bold('Last like it '), ...last] : [],
        changes.length > 0 ? [bold('Changed since '), ...changes] : [],
      ),
    ),
  ];
}

const explained = (view: RequestView): KnownBlock[] => {
  const parts = lookedAt(view.explanation);
  return parts.length > 0 ? [richText(...parts)] : [];
};

const reason = (view: RequestView): KnownBlock[] =>
  [['Why', view.reason] as const, ['What changes', view.context.change_summary] as const].flatMap(
    ([label, words]) =>
      words?.trim() ? [richText(section(bold(label)), quote(text(quotedWords(words, 3500, 60))))] : [],
  );

const FIELDS = {
  source: 'Source',
  repository: 'Repository',
  ref: 'Ref',
  sha: 'Commit',
  run_id: 'Run',
  run_attempt: 'Attempt',
  job: 'Job',
  step: 'Step',
  actor: 'Actor',
  host: 'Host',
} as const;

function origin(view: RequestView): Inline[][] {
  const { context } = view;
  const named = (Object.keys(FIELDS) as (keyof typeof FIELDS)[])
    .filter((key) => context[key])
    .map((key): Inline[] => [bold(`${FIELDS[key]} `), text(said(String(context[key]), 300))]);
  const checks = (context.checks ?? [])
    .slice(0, 20)
    .map((check): Inline[] => [
      text(`Check ${said(check.name, 100)}: ${said(check.state, 50)} `),
      ...link('open', check.url),
    ]);
  return [
    [bold('Asked by '), ...requesterLine(view)],
    dotted(linksToSource(view)),
    [bold('Project '), text(said(view.project, 100))],
    ...named,
    ...callerLinks(view, 5),
    ...checks,
  ];
}

const alike = (view: RequestView): KnownBlock[] => {
  const parts = alikeParts(view);
  return parts.length > 0 ? [richText(...parts)] : [];
};

const before = (view: RequestView): KnownBlock[] =>
  view.earlier.length > 0
    ? [richText(section(bold('Before it in this run')), bullets(earlierLines(view.earlier, 10)))]
    : [];

/** What reviewers asked, and the answers, in full. */
const asked = (view: RequestView): KnownBlock[] => {
  const all = questionLines(view, 20);
  return all.length > 0 ? [richText(section(bold('Questions')), lines(...all))] : [];
};

/** Every step with its moment, the first first. */
function history(view: RequestView): Inline[][] {
  const { decision, outcome } = view;
  const count = progress(view);
  const steps: (Inline[] | null)[] = [
    [text('Asked '), date(view.createdAt)],
    ...ladderHistory(view),
    ...view.votes.slice(0, 50).map(voteLine),
    decision && [
      text(`${view.state} ${endedBy(view)} `),
      date(decision.at),
      text(` after ${roundedDuration(decision.at.getTime() - view.createdAt.getTime())}`),
    ],
    view.startedAt && [text('Started '), date(view.startedAt)],
    view.lapsedAt && [text('Not used in time, void since '), date(view.lapsedAt)],
    outcome && [
      text(`${exitOf(outcome)} after ${roundedDuration(outcome.durationMs)}, reported `),
      date(outcome.reportedAt),
    ],
    view.state === 'pending' ? [text(count === '' ? 'Waits for an answer' : `Waits: ${count}`)] : null,
    view.state === 'pending' ? [text('Expires '), date(view.expiresAt)] : null,
    view.state === 'approved' && view.useBy ? [text('To be used until '), date(view.useBy)] : null,
  ];
  return steps.filter((step) => step !== null);
}

function voteLine(vote: Vote): Inline[] {
  const verb = vote.verdict === 'approve' ? 'approved' : 'denied';
  const how = vote.method === 'review' ? ' after Review' : '';
  const why = vote.reason ? [text(`: ${said(vote.reason, 300)}`)] : [];
  return [bold(said(vote.name, 60) || 'somebody'), text(` ${verb}${how} `), date(vote.at), ...why];
}

const identifiers = (view: RequestView): Inline[][] => [
  [bold('Request '), code(said(view.id, 100))],
  [bold('Digest '), code(`sha256:${said(view.digest.sha256, 80)}`)],
  ...(view.program ? [[bold('Program '), code(`sha256:${said(view.program.sha256, 80)}`)]] : []),
];
