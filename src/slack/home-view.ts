import type { ActionsBlock, Button, ContextBlock, HomeView, KnownBlock } from '@slack/types';
import { commandText } from '../core/command/command.ts';
import type { Environment } from '../core/environment.ts';
import type { Request, Vote } from '../core/request.ts';
import { standing } from '../core/standing.ts';
import { grouped } from '../core/wording.ts';
import type { GateState } from '../store/at-home.ts';
import {
  bold,
  bullets,
  code,
  date,
  dotted,
  header,
  type Inline,
  lines,
  preformatted,
  quotedWords,
  richText,
  said,
  section,
  text,
} from './blocks.ts';
import { actions, button } from './cards.ts';
import { alarm } from './emergency-words.ts';
import { progress, requesterLine, riskLine, warnings } from './facts.ts';
import { plain } from './modals.ts';
import { commandOnCard } from './shown-command.ts';
import { banner, environmentName } from './texts.ts';

export const HOME_REFRESH = 'home-refresh';
/** A link, of which Slack tells us all the same. */
export const HOME_OPEN = 'home-open';

/** Three blocks each, so that all of it stays under the hundred that a home tab takes. */
export const MOST_WAITING = 20;
export const MOST_DECIDED = 10;

export interface HomeFacts {
  /** null: the database does not answer, so nothing is known. */
  found: HomeFound | null;
  slack: { ok: boolean; team: string | null; problem: string | null };
  version: string;
  at: Date;
}

export interface HomeFound {
  waiting: { request: Request; votes: Vote[]; environment: Environment; link: string }[];
  /** How many more wait for this person. */
  more: number;
  /** Slack did not say everywhere whether this person decides there. */
  isUnsure: boolean;
  decided: { request: Request; vote: Pick<Vote, 'verdict' | 'at'>; link: string }[];
  state: GateState;
  database: 'embedded' | 'postgres';
}

/** The app's home tab of one person: what waits for them, what they decided, whether the gate is well. */
export function homeView(facts: HomeFacts): HomeView {
  const { found } = facts;
  return {
    type: 'home',
    blocks: [
      ...(found ? [...waitingBlocks(found), ...decidedBlocks(found)] : []),
      header('Is the gate well?'),
      richText(bullets(stateLines(facts))),
      refreshRow(facts.at),
      footer(facts),
    ],
  };
}

/** Of somebody to whom the gate shows nothing. */
export const closedHome = (why: string): HomeView => ({
  type: 'home',
  blocks: [richText(section(text(why)))],
});

function waitingBlocks({ waiting, more, isUnsure }: HomeFound): KnownBlock[] {
  const title = waiting.length > 0 ? `Waiting for you (${waiting.length + more})` : 'Waiting for you';
  const none = isUnsure ? [] : [richText(section(text('Nothing waits for you.')))];
  return [
    header(title),
    ...(waiting.length === 0 ? none : waiting.flatMap(waitingItem)),
    ...(more > 0 ? [note(`${more} more end later: /gate pending lists them.`)] : []),
    ...(isUnsure
      ? [note('⚠️ Slack does not say everywhere whether you decide there. Refresh in a minute.')]
      : []),
  ];
}

function waitingItem({ request, votes, environment, link }: HomeFound['waiting'][number]): KnownBlock[] {
  const shown = commandOnCard(request.command, true);
  const counted = progress({ votes, approvalsNeeded: request.approvalsNeeded });
  const reason = request.reason?.trim();
  return [
    richText(
      lines(
        [
          bold(`${alarm(request)}${banner(environment)}`),
          text(' · '),
          ...riskLine(request),
          text(' · ends '),
          date(request.expiresAt, '{time}, {ago}'),
        ],
        ...warnings(request),
      ),
      preformatted(shown.text),
      lines(
        shown.missing > 0 ? [text(`${grouped(shown.missing)} more characters: Review shows all of it.`)] : [],
        dotted([[text('Asked by '), ...requesterLine(request)], counted === '' ? [] : [text(counted)]]),
        reason ? [text(`“${quotedWords(reason, 200, 2)}”`)] : [],
      ),
    ),
    actions(request, [
      button(request, 'review', 'Review', 'primary'),
      button(request, 'deny', 'Deny'),
      button(request, 'details', 'Details'),
      openButton(link),
    ]),
    { type: 'divider' },
  ];
}

const openButton = (url: string): Button => ({
  type: 'button',
  action_id: HOME_OPEN,
  url,
  text: plain('Open'),
});

function decidedBlocks({ decided }: HomeFound): KnownBlock[] {
  const items = decided.map(({ request, vote, link }): Inline[] => [
    text(`${vote.verdict === 'approve' ? '✅ approved' : '⛔ denied'} `),
    date(vote.at, '{date_short_pretty} at {time}'),
    text(` on ${environmentName(request.environment, 40)}: `),
    code(said(commandText(request.command), 80)),
    ...whatCameOfIt(request, vote.verdict),
    text(' · '),
    { type: 'link', url: link, text: 'Open' },
  ]);
  return [
    header('What you decided'),
    richText(items.length > 0 ? bullets(items) : section(text('Nothing yet.'))),
  ];
}

/** What became of it, where that is more than the person's own word. */
function whatCameOfIt(request: Request, verdict: Vote['verdict']): Inline[] {
  const { is, words } = standing(request);
  if (is === (verdict === 'deny' ? 'denied' : 'approved')) return [];
  return [text(`, ${is === 'pending' ? 'still waits' : words}`)];
}

function stateLines({ found, slack }: HomeFacts): Inline[][] {
  const team = slack.team ? `: ${said(slack.team, 60)}` : '';
  const connected: Inline[] = slack.ok
    ? [text(`✅ Slack is connected${team}.`)]
    : [text(`⚠️ Slack: ${said(slack.problem ?? 'not connected', 200)}`)];
  if (!found)
    return [
      [text('❌ The database does not answer. Nothing is decided and nothing new runs until it does.')],
      connected,
    ];
  const { state, database } = found;
  const kind = database === 'postgres' ? 'PostgreSQL' : 'embedded';
  return [
    [text(`✅ The database answers (${kind}).`)],
    connected,
    ...refusedCards(state),
    nightLine(state),
    state.suspendedRules === 0
      ? [text('✅ No rule is suspended.')]
      : [
          text(`⚠️ ${counted(state.suspendedRules, 'rule is', 'rules are')} suspended after a denial: `),
          code('/gate rules'),
          text(' shows them.'),
        ],
  ];
}

function refusedCards({ refusedCards: { count, problem } }: GateState): Inline[][] {
  if (count === 0) return [];
  return [[text(`⚠️ ${counted(count, 'card', 'cards')} cannot be shown. ${said(problem ?? '', 200)}`)]];
}

function nightLine({ night }: GateState): Inline[] {
  if (!night) return [text('The gate has not studied a night yet.')];
  if (night.problem) return [text(`⚠️ The night of ${night.id}: ${said(night.problem, 200)}`)];
  return night.finishedAt
    ? [text(`✅ The night of ${night.id} is done, at `), date(night.finishedAt, '{time}'), text('.')]
    : [text(`The night of ${night.id} is under way.`)];
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

const note = (words: string): KnownBlock => richText(section(text(words)));

const refreshRow = (at: Date): ActionsBlock => ({
  type: 'actions',
  elements: [{ type: 'button', action_id: HOME_REFRESH, value: at.toISOString(), text: plain('Refresh') }],
});

const footer = ({ version, at }: HomeFacts): ContextBlock => ({
  type: 'context',
  elements: [
    {
      type: 'mrkdwn',
      text: `Gatehouse ${version}, as of <!date^${Math.floor(at.getTime() / 1000)}^{time_secs}|${at.toISOString().slice(11, 19)} UTC>`,
    },
  ],
});
