import type { Button, KnownBlock } from '@slack/types';
import { visible } from '../../core/command/visible.ts';
import type { Environment } from '../../core/environment.ts';
import { namesOf } from '../../core/wording.ts';
import type { RuleRow } from '../../store/rules.ts';
import type { SuggestionRow } from '../../store/suggestions.ts';
import { bold, cut, date, type Inline, lines, type Message, richText, said, text } from '../blocks.ts';
import { plain } from '../modals.ts';
import { SQUARE } from '../texts.ts';
import { fitsInModal, ruleGroups, ruleInline } from './rule-parts.ts';
import { afterwards, stillMissing } from './suggestion-card.ts';
import { OPEN_SUGGESTION } from './suggestion-list.ts';
import { scopeOf, titleOf } from './suggestion-words.ts';

export const UNDO = 'undo-suggestion';
/** What a message shows of rules: as many as are read there; the modal has them all. */
const MOST_RULES = 8;
const MOST_CHARACTERS = 3000;

type Row = Pick<
  SuggestionRow,
  'id' | 'state' | 'body' | 'acceptedBy' | 'answeredAt' | 'answeredByName' | 'reason'
>;

/** What came of a suggestion: who, when, what next. `rules` are those it brought; of a prune those it took. */
export interface Answered {
  row: Row;
  rules: Pick<RuleRow, 'expiresAt' | 'shadowUntil' | 'confirmedAt' | 'revokedAt' | 'pruneAt'>[];
  environment: Pick<Environment, 'color'>;
  /** It can still be taken back. */
  canUndo: boolean;
}

export function answeredCard(given: Answered): Message {
  const { row, environment } = given;
  const { body } = row;
  const { said: first, next } = outcome(given);
  return {
    text: 'An answer to a suggestion',
    blocks: [
      richText(
        lines(first, [text(`${SQUARE[environment.color]} ${scopeOf(body)} · `), text(titleOf(body, 150))]),
      ),
      ...rulesShown(row),
      ...(next.length > 0 ? [richText(lines(...next))] : []),
      ...buttons(given),
    ],
  };
}

function outcome(given: Answered): { said: Inline[]; next: Inline[][] } {
  const { row, rules } = given;
  const { state, body, acceptedBy, reason } = row;
  const isPrune = body.kind === 'prune';
  switch (state) {
    case 'half':
      return {
        said: [
          text('⏳ '),
          bold(who(acceptedBy)),
          text(isPrune ? ' would remove rules' : ' accepted new rules'),
          ...when(row),
        ],
        next: [[text(`${stillMissing(body.acceptancesNeeded, acceptedBy)} Open it to read it whole.`)]],
      };
    case 'accepted':
      return isPrune ? removed(given) : accepted(row, rules);
    case 'not-now':
      // Only what was accepted can be taken back, and only that has a reason.
      if (reason)
        return {
          said: [
            text('↩️ '),
            bold(by(row)),
            text(isPrune ? ' brought rules back' : ' took new rules back'),
            ...when(row),
          ],
          next: [
            [
              text(
                isPrune
                  ? 'They are in force again.'
                  : 'What they covered asks again; what they replaced is in force again.',
              ),
            ],
          ],
        };
      return {
        said: [bold(by(row)), text(' put a suggestion off'), ...when(row)],
        next: [[text('It comes back with more evidence.')]],
      };
    case 'never':
      return {
        said: [bold(by(row)), text(isPrune ? ' keeps rules' : ' does not want a suggestion'), ...when(row)],
        next: [[text(isPrune ? 'They stay in force.' : 'It is suggested again only on new evidence.')]],
      };
    case 'withdrawn':
    case 'superseded':
      return {
        said: [text('A suggestion is gone'), ...when(row)],
        next: reason ? [[text(said(reason, 400))]] : [],
      };
    case 'open':
      return { said: [text('A suggestion waits for an answer.')], next: [] };
  }
}

function accepted(row: Row, rules: Answered['rules']): { said: Inline[]; next: Inline[][] } {
  const [rule] = rules;
  const shadow = rules.find(({ shadowUntil }) => shadowUntil)?.shadowUntil;
  const next: Inline[] = shadow
    ? [
        text('In the shadow until '),
        day(shadow),
        text(': everything still asks, and the cards say what would have run.'),
      ]
    : [text('What these cover runs without asking from now on.')];
  return {
    said: [text('✅ '), bold(who(row.acceptedBy)), text(' accepted new rules'), ...when(row)],
    next: [next, rule?.expiresAt ? [text('They expire '), day(rule.expiresAt), text('.')] : []],
  };
}

function removed({ row, canUndo }: Answered): { said: Inline[]; next: Inline[][] } {
  return {
    said: [text('🧹 '), bold(who(row.acceptedBy)), text(' removed rules'), ...when(row)],
    next: [[text(`${afterwards(row.body)}${canUndo ? ' Undo brings them back.' : ''}`)]],
  };
}

const who = (people: { name: string }[]): string => namesOf(people);
const by = ({ answeredByName }: Row): string => said(answeredByName ?? '', 60) || 'Somebody';
const day = (at: Date): Inline => date(at, '{date_short_pretty}');
const when = ({ answeredAt }: Row): Inline[] =>
  answeredAt ? [text(', '), date(answeredAt), text('.')] : [text('.')];

/** Whole where they fit; otherwise their beginning, and a button that opens them. */
function rulesShown({ body }: Row): KnownBlock[] {
  const rules = body.kind === 'prune' ? body.replaces : body.rules;
  const isShort =
    rules.length <= MOST_RULES && visible(rules.join('\n')).length <= MOST_CHARACTERS && fitsInModal(rules);
  if (isShort) return ruleGroups(rules).map((group) => richText(...group));
  const few = rules.slice(0, MOST_RULES).map((rule) => ruleInline(said(rule, 200)));
  const more = rules.length - few.length;
  return [richText(lines(...few, more > 0 ? [text(`and ${more} more`)] : []))];
}

function buttons({ row, canUndo }: Answered): KnownBlock[] {
  const { id, state } = row;
  const elements = [
    ...(state === 'half' || state === 'open' ? [button(OPEN_SUGGESTION, 'Open', id)] : []),
    ...(state === 'accepted' && canUndo ? [button(UNDO, 'Undo', id)] : []),
  ];
  return elements.length > 0 ? [{ type: 'actions', block_id: answeredBlock(row), elements }] : [];
}

export const answeredBlock = ({ id }: Pick<Row, 'id'>): string => cut(`suggestion:${id}`, 255);

const button = (action: string, words: string, id: string): Button => ({
  type: 'button',
  action_id: action,
  value: cut(id, 200),
  text: plain(words),
});
