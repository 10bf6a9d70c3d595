import type { ActionsBlock, Button, InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { Environment } from '../../core/environment.ts';
import type { Suggestion } from '../../core/learning/suggestion.ts';
import type { LearningSettings } from '../../core/learning-settings.ts';
import type { SuggestionRow } from '../../store/suggestions.ts';
import { cut, richText, section, text } from '../blocks.ts';
import { plain } from '../modals.ts';
import { chosen, option, ticked, type Values } from '../rule-fields.ts';
import { fitsInModal } from './rule-parts.ts';
import { suggestionBlocks } from './suggestion-card.ts';
import { counted, VERB } from './suggestion-words.ts';

export const SUGGESTION = 'suggestion';
export const NARROW = 'narrow-suggestion';
export const NOT_NOW = 'suggestion-not-now';
export const NEVER = 'suggestion-never';
export const KEEP = 'suggestion-keep';
export const SUGGESTION_TITLE = 'Suggestion';
/** Where no shadow is configured. */
const WEEK = 7;

/** What the modal carries: which suggestion was seen, as of when, and the list it was opened from. */
export interface OpenedSuggestion {
  requestId: string;
  version: number;
  channel: string | null;
  responseUrl: string | null;
  page: number;
  /** Steps to make it narrower, that are about to be saved. */
  keys?: string[];
}

type Row = Pick<SuggestionRow, 'id' | 'version' | 'body' | 'words' | 'acceptedBy'>;

interface Place {
  environment: Environment;
  /** This person has not accepted it yet. */
  mayAccept: boolean;
  learning: Pick<LearningSettings, 'expiresAfterDays' | 'shadowDays'>;
}

/** One suggestion in full, with what can be done about it. What does not fit is accepted elsewhere. */
export function suggestionModal(
  row: Row,
  { environment, mayAccept, learning }: Place,
  from: OpenedSuggestion,
): ModalView {
  const { body } = row;
  const isPrune = body.kind === 'prune';
  const fits = fitsInModal(isPrune ? body.replaces : body.rules);
  const canAccept = fits && mayAccept;
  return {
    type: 'modal',
    callback_id: SUGGESTION,
    private_metadata: metadataOf(from),
    title: plain(SUGGESTION_TITLE),
    ...(canAccept && { submit: plain(VERB[body.kind]) }),
    close: plain('Close'),
    blocks: [
      ...(fits ? suggestionBlocks(row, environment) : tooLong(row, environment)),
      ...(canAccept && !isPrune ? acceptFields(learning) : []),
      others(row),
    ],
  };
}

/** Slack takes 3,000 characters. Should they not do, the list is not brought up to date. */
export function metadataOf(from: OpenedSuggestion): string {
  const whole = JSON.stringify(from);
  return whole.length <= 3000 ? whole : JSON.stringify({ ...from, responseUrl: null });
}

export function openedSuggestion(metadata: string): OpenedSuggestion {
  const carried = JSON.parse(metadata || '{}') as Partial<OpenedSuggestion>;
  return {
    requestId: String(carried.requestId ?? ''),
    version: Number(carried.version ?? -1),
    channel: carried.channel ?? null,
    responseUrl: carried.responseUrl ?? null,
    page: Number(carried.page ?? 1),
    ...(Array.isArray(carried.keys) && { keys: carried.keys.map(String) }),
  };
}

function tooLong(row: Row, environment: Environment): KnownBlock[] {
  const short: Suggestion = { ...row.body, rules: [], replaces: [] };
  return [
    ...suggestionBlocks({ ...row, body: short }, environment),
    richText(
      section(
        text(
          '⚠️ Its rules are too long to be shown here whole, so it cannot be accepted here. In a terminal: ',
        ),
        text(cut(`gate suggestions accept ${row.id}`, 300), { code: true }),
      ),
    ),
  ];
}

function acceptFields({ expiresAfterDays, shadowDays }: Place['learning']): InputBlock[] {
  const days = [...new Set([30, 90, 180, expiresAfterDays])].toSorted((a, b) => a - b);
  const shadow: PlainTextOption = {
    ...option(`${counted(shadowDays || WEEK, 'day')} in the shadow first`, String(shadowDays || WEEK)),
    description: plain('Everything still asks; its cards say what would have run.'),
  };
  return [
    {
      type: 'input',
      block_id: 'expires',
      label: plain('Expires after'),
      element: {
        type: 'static_select',
        action_id: 'expires',
        options: days.map((each) => option(counted(each, 'day'), String(each))),
        initial_option: option(counted(expiresAfterDays, 'day'), String(expiresAfterDays)),
      },
    },
    {
      type: 'input',
      block_id: 'shadow',
      optional: true,
      label: plain('Try it out'),
      element: {
        type: 'checkboxes',
        action_id: 'shadow',
        options: [shadow],
        ...(shadowDays > 0 && { initial_options: [shadow] }),
      },
    },
  ];
}

/** What was chosen beside accepting. Days that nobody offered are as configured. */
export function acceptChoices(values: Values): { shadowDays: number; expiresInDays?: number } {
  const [shadow] = ticked(values, 'shadow');
  const expires = daysIn(chosen(values, 'expires'));
  return { shadowDays: daysIn(shadow ?? null) ?? 0, ...(expires && { expiresInDays: expires }) };
}

function daysIn(value: string | null): number | null {
  const days = Number(value);
  return Number.isInteger(days) && days > 0 && days <= 3650 ? days : null;
}

function others({ id, body }: Row): ActionsBlock {
  const elements =
    body.kind === 'prune'
      ? [button(KEEP, 'Keep', id)]
      : [
          button(NARROW, 'Narrow…', id),
          button(NOT_NOW, 'Not now', id),
          { ...button(NEVER, 'Never…', id), confirm: NEVER_SURELY },
        ];
  return { type: 'actions', block_id: 'suggestion', elements };
}

const NEVER_SURELY = {
  title: plain('Never suggest this?'),
  text: plain('It is suggested again only when there is new evidence: more approvals than today.'),
  confirm: plain('Never'),
  deny: plain('Back'),
  style: 'danger' as const,
};

const button = (action: string, words: string, id: string): Button => ({
  type: 'button',
  action_id: action,
  value: cut(id, 200),
  text: plain(words),
});
