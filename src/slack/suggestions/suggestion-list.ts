import type { Button, KnownBlock, SectionBlock } from '@slack/types';
import type { Suggestion } from '../../core/learning/suggestion.ts';
import { capitalised, grouped } from '../../core/wording.ts';
import type { RuleRow } from '../../store/rules.ts';
import type { SuggestionRow } from '../../store/suggestions.ts';
import { bold, cut, lines, type Message, richText, said, text } from '../blocks.ts';
import { plain } from '../modals.ts';
import { RISK_MARK } from '../texts.ts';
import { CAUSE_SHORT, counted, savings, scopeOf, titleOf } from './suggestion-words.ts';

/** As many as somebody reads in one sitting; with their buttons they fit one message. */
export const PER_PAGE = 25;
/** Rules on hold, and rules about to go, beside them. */
export const MOST_RULES = 4;
export const OPEN_SUGGESTION = 'open-suggestion';
export const OPEN_RULE = 'open-rule';
export const MORE_SUGGESTIONS = 'more-suggestions';
export const FEWER_SUGGESTIONS = 'fewer-suggestions';
export const ALL_RULES = 'all-rules';
const LAST_PAGE = 1000;

/** One page of what waits for an answer, the most saving first. */
export interface SuggestionPage {
  rows: Pick<SuggestionRow, 'id' | 'state' | 'body'>[];
  page: number;
  total: number;
  /** Rules in the same environments. */
  rules: number;
  /** Rules that a denial put on hold: they come first. */
  suspended: ListedRule[];
  /** Rules that go soon, unless somebody keeps them: they come last. */
  leaving: ListedRule[];
}

type ListedRule = Pick<
  RuleRow,
  'id' | 'text' | 'environment' | 'project' | 'suspendedWhy' | 'pruneAt' | 'expiresAt'
>;

export function suggestionList(given: SuggestionPage): Message {
  const { rows, page, total, rules, suspended, leaving } = given;
  const what = total === 0 ? 'No suggestions wait for an answer' : counted(total, 'suggestion');
  const first = (page - 1) * PER_PAGE;
  const range = rows.length === total ? '' : `, ${grouped(first + 1)} to ${grouped(first + rows.length)}`;
  const saved = rows.reduce((sum, { body }) => sum + body.savesPerWeek, 0);
  const who =
    rows.length === 1 ? `It ${savings(saved)}` : `Together they ${savings(saved).replace('saves', 'save')}`;
  const saving = saved > 0 ? ` ${who}.` : '';
  // Said once where it is the same for all.
  const [scope, another] = new Set(rows.map(({ body }) => scopeOf(body)));
  const common = scope !== undefined && another === undefined ? scope : null;
  return {
    text: what,
    blocks: [
      richText(lines([bold(what), text(`${range}.${saving}`)], common ? [text(common)] : [])),
      ...suspended.slice(0, MOST_RULES).map((rule) => ruleRow(rule, onHold(rule))),
      ...rows.slice(0, PER_PAGE).map((row) => oneOf(row, common === null)),
      ...leaving.slice(0, MOST_RULES).map((rule) => ruleRow(rule, going(rule))),
      ...turning(page, total, rules),
    ],
  };
}

const ruleRow = (rule: ListedRule, [first, last]: [string, string]): SectionBlock => ({
  type: 'section',
  text: {
    type: 'plain_text',
    emoji: false,
    text: [first, said(rule.text, 80), [last, scopeWords(rule)].filter(Boolean).join(' · ')].join('\n'),
  },
  accessory: opens(OPEN_RULE, rule.id, `Open: ${said(rule.text, 30)}`),
});

const onHold = ({ suspendedWhy }: ListedRule): [string, string] => [
  '⏸️ A rule is on hold: what it covers was denied',
  said(suspendedWhy ?? '', 80),
];

const going = ({ pruneAt, expiresAt }: ListedRule): [string, string] =>
  pruneAt
    ? [`🍂 A rule nobody needs goes on ${dayOf(pruneAt)}`, '']
    : [`⏳ A rule expires${expiresAt ? ` on ${dayOf(expiresAt)}` : ' soon'}`, ''];

/** Plain text knows no reader's time zone. */
const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

const scopeWords = (place: Pick<Suggestion, 'environment' | 'project'>): string => said(scopeOf(place), 60);

/** Plain text: a button beside it, and nothing in it that Slack would parse. */
const oneOf = ({ id, body, state }: SuggestionPage['rows'][number], withScope: boolean): SectionBlock => ({
  type: 'section',
  text: {
    type: 'plain_text',
    emoji: false,
    text: [
      `${mark(body)} ${titleOf(body, 70)}`,
      firstRule(body),
      [...about(body, state), ...(withScope ? [scopeWords(body)] : [])].join(' · '),
    ].join('\n'),
  },
  accessory: opens(OPEN_SUGGESTION, id, `Open: ${titleOf(body, 30)}`),
});

const opens = (action: string, id: string, label: string): Button => ({
  type: 'button',
  action_id: action,
  value: cut(id, 200),
  text: plain('Open'),
  accessibility_label: said(label, 40),
});

const mark = ({ kind, risk }: Suggestion): string => (kind === 'prune' ? '🧹' : RISK_MARK[risk]);

const rulesOf = ({ kind, rules, replaces }: Suggestion): string[] => (kind === 'prune' ? replaces : rules);

const firstRule = (body: Suggestion): string => said(rulesOf(body)[0] ?? '', 80);

function about(body: Suggestion, state: SuggestionRow['state']): string[] {
  const { kind, cause, evidence, savesPerWeek } = body;
  const count = rulesOf(body).length;
  const many = count > 1 ? [counted(count, 'rule')] : [];
  const half = state === 'half' ? ['⏳ waits for a second person'] : [];
  if (kind === 'prune') return [`Remove: ${cause ? CAUSE_SHORT[cause] : 'not needed'}`, ...many, ...half];
  const people = counted(evidence.reviewers.length, 'person', 'people');
  return [
    capitalised(savings(savesPerWeek)),
    `${counted(evidence.approvals, 'approval')} by ${people}`,
    ...many,
    ...half,
  ];
}

function turning(page: number, total: number, rules: number): KnownBlock[] {
  const left = total - page * PER_PAGE;
  const elements = [
    ...(page > 1 ? [button(FEWER_SUGGESTIONS, 'Previous', page - 1)] : []),
    ...(left > 0 ? [button(MORE_SUGGESTIONS, `More (${grouped(left)})`, page + 1)] : []),
    button(ALL_RULES, `All rules (${grouped(rules)})`, page),
  ];
  return [{ type: 'actions', block_id: 'suggestions', elements }];
}

const button = (action: string, words: string, page: number): Button => ({
  type: 'button',
  action_id: action,
  value: String(page),
  text: plain(words),
});

/** What a button that turns pages carries. */
export const pageOf = (value: string): number =>
  Math.min(LAST_PAGE, Math.max(1, Math.trunc(Number(value)) || 1));
