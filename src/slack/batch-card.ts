import type { ActionsBlock, Button, KnownBlock } from '@slack/types';
import { fits, shownCommand } from '../core/command/shown.ts';
import { highestLevel } from '../core/followers.ts';
import type { RequestView } from '../core/request.ts';
import { endedBy } from '../core/standing.ts';
import { approveVerb, askedTimes, decidedTimes, lateLine, newerLine } from './alike.ts';
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
  preformatted,
  quotedWords,
  richText,
  said,
  text,
} from './blocks.ts';
import { button, headlineOf, type Place } from './cards.ts';
import { mainReasons, requesterLine, riskLine, sourceLine, warnings } from './facts.ts';
import { ladderLines } from './ladder.ts';
import { fitsOnCard } from './shown-command.ts';
import { banner, environmentName } from './texts.ts';

/** What one of several on a card shows of its command: all of it, or it is to be reviewed. */
const WHOLE = { characters: 280, lines: 6 };
export const APPROVE_BATCH = 'approve-batch';

/** Does the whole command stand on its card, with nothing in it to be warned of? */
export const fitsInBatch = (view: RequestView): boolean =>
  fits(shownCommand(view.command), WHOLE) && warnings(view).length === 0;

/** Does the card that shows this request show all of it? If not, it must not offer to approve it. */
export const fitsWhereShown = (view: RequestView): boolean =>
  view.batchId === null ? fitsOnCard(view.command) : fitsInBatch(view);

/** May one press approve this together with others? Never what is HIGH or CRITICAL, or not wholly in sight. */
export const mayGoWithOthers = (view: RequestView): boolean =>
  view.state === 'pending' && fitsInBatch(view) && ['LOW', 'MEDIUM'].includes(highestLevel(view));

/** One card for a burst: each request with its own decision. Pure: the same requests, the same card. */
export function batchCard(batchId: string, views: RequestView[], place: Place): Message {
  const { environment } = place;
  const waiting = views.filter(({ state }) => state === 'pending').length;
  const headline =
    waiting === 0
      ? `${views.length} requests, all ended`
      : `run these? ${waiting} of ${views.length} to decide`;
  return {
    text: escaped(`${environmentName(environment.name)}: ${headline}.`),
    blocks: [
      { ...header(`${banner(environment)}: ${headline}`), block_id: batchBlock(batchId) },
      ...aboutAll(views, place),
      ...views.flatMap((view) => (view.state === 'pending' ? asking(view) : [ended(view)])),
      ...together(views, environmentName(environment.name)),
    ],
  };
}

/** Names the first block, and by it the card. */
export const batchBlock = (batchId: string): string => `batch:${batchId}`.slice(0, 255);

/** They come from one token, run and environment. */
function aboutAll(views: RequestView[], { deciders }: Place): KnownBlock[] {
  const [first] = views;
  if (!first) return [];
  // Their ladders began within a minute: the first that waits speaks for all.
  const waiting = views.find(({ state }) => state === 'pending');
  return [
    richText(
      lines(
        [bold('Asked by: '), ...requesterLine(first)],
        sourceLine({ ...first, lastSuccess: null }),
        [bold('Who decides: '), text(`${said(deciders, 200)}, each one on its own; not who asked`)],
        ...(waiting ? ladderLines(waiting, 2) : []),
      ),
    ),
  ];
}

function asking(view: RequestView): KnownBlock[] {
  const isWhole = fitsInBatch(view);
  const [reason] = mainReasons(view);
  const runs = view.whenUnanswered === 'allow';
  return [
    richText(
      preformatted(
        isWhole ? shownCommand(view.command) : cut(shownCommand(view.command).split('\n')[0] ?? '', 160),
      ),
      lines(
        isWhole ? [] : [bold('This is not all of it, or something hides in it: Review shows it.')],
        askedTimes(view),
        lateLine(view),
        dotted([riskLine(view), cutReason(reason), approvalsOf(view)]),
        view.reason?.trim() ? [bold('Why: '), text(quotedWords(view.reason, 100, 1))] : [],
        [
          text(runs ? 'Runs ' : 'Expires '),
          date(view.expiresAt, '{time}'),
          ...(runs ? [text(' if nobody objects')] : []),
        ],
      ),
    ),
    itemButtons(view, isWhole),
  ];
}

const cutReason = (reason: Inline[] | undefined): Inline[] =>
  reason?.[0]?.type === 'text' ? [text(cut(reason[0].text, 80))] : [];

function approvalsOf({ votes, approvalsNeeded }: RequestView): Inline[] {
  const given = votes.filter(({ verdict }) => verdict === 'approve').length;
  return approvalsNeeded > 1 ? [text(`${given} of ${approvalsNeeded} approvals`)] : [];
}

const itemButtons = (view: RequestView, isWhole: boolean): ActionsBlock => ({
  type: 'actions',
  block_id: `item:${view.id}`.slice(0, 255),
  elements: [
    isWhole
      ? button(view, 'approve', approveVerb(view), 'primary')
      : button(view, 'review', 'Review', 'primary'),
    button(view, 'deny', 'Deny', 'danger'),
    button(view, 'details', 'Details'),
  ],
});

/** `✅ ran: kubectl get pods, approved by Ana` */
function ended(view: RequestView): KnownBlock {
  const reason = view.state === 'approved' || view.newer ? '' : (view.decision?.reason?.trim() ?? '');
  return richText(
    lines([
      text(`${headlineOf(view)}: `),
      code(said(shownCommand(view.command), 80)),
      text(` ${view.state} ${endedBy(view)}. `),
      ...(reason ? [text(said(reason, 100))] : []),
      ...newerLine(view),
      ...decidedTimes(view),
    ]),
  );
}

/** One press for all that are LOW or MEDIUM and wholly in sight: it names those it was shown with, and only those. */
function together(views: RequestView[], environment: string): KnownBlock[] {
  const all = views.filter(mayGoWithOthers);
  if (all.length < 2) return [];
  const plain = (words: string, max: number) => ({
    type: 'plain_text' as const,
    text: cut(words, max),
    emoji: false,
  });
  const press: Button = {
    type: 'button',
    action_id: APPROVE_BATCH,
    value: all
      .map(({ id }) => id)
      .join(' ')
      .slice(0, 2000),
    text: plain(`Approve the ${all.length} LOW and MEDIUM ones`, 75),
    confirm: {
      title: plain(`Approve ${all.length} commands on ${environment}?`, 100),
      text: plain(
        `${all.length} commands run, each counted as an approval of its own. Nothing of HIGH or CRITICAL risk is among them.`,
        300,
      ),
      confirm: plain(`Approve ${all.length}`, 30),
      deny: plain('Cancel', 30),
    },
  };
  return [{ type: 'actions', block_id: 'together', elements: [press] }];
}
