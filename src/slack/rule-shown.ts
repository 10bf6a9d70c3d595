import type { ActionsBlock, Button } from '@slack/types';
import { visible } from '../core/command/visible.ts';
import { grouped } from '../core/wording.ts';
import type { RuleRow } from '../store/rules.ts';
import {
  bold,
  code,
  cut,
  date,
  dotted,
  type Inline,
  lines,
  type Message,
  type Part,
  preformatted,
  quotedWords,
  richText,
  said,
  text,
} from './blocks.ts';
import { environmentName } from './texts.ts';

export const CONFIRM_RULE = 'confirm-rule';
export const REVOKE_RULE = 'revoke-rule';

/** What people type: commands find a rule by it. */
export const shortRuleId = (id: string): string => said(id, 40).slice(0, 12);

/** Where a rule holds: `production · project shop · in /srv/shop`. */
export const scopeWords = (
  rule: Pick<RuleRow, 'environment' | 'project' | 'repository' | 'requester' | 'cwd'>,
): string =>
  [
    rule.environment === '*' ? 'every environment' : environmentName(rule.environment),
    rule.project === '*' ? 'every project' : `project ${said(rule.project, 60)}`,
    rule.repository && said(rule.repository, 80),
    rule.requester && `asked by ${said(rule.requester, 60)}`,
    rule.cwd && `in ${said(rule.cwd, 120)}`,
  ]
    .filter(Boolean)
    .join(' · ');

export const expiry = ({ expiresAt }: Pick<RuleRow, 'expiresAt'>): Inline[] =>
  expiresAt ? [text('expires '), date(expiresAt, '{date_short_pretty}')] : [text('never expires')];

/** One rule of a list: its text, then everything about it in three short lines. */
export const ruleParts = (rule: RuleRow): Part[] => [
  preformatted(quotedWords(rule.text, 300, 4)),
  lines(
    [code(shortRuleId(rule.id)), text(` ${scopeWords(rule)}`)],
    dotted([used(rule), expiry(rule), [text(`by ${said(rule.createdByName, 40) || 'somebody'}`)]]),
    dotted([
      rule.confirmedAt ? [] : [text('⏳ '), bold('not in force: waits for a second person')],
      rule.allowsCritical ? [text('covers CRITICAL commands, too')] : [],
      rule.whenUnanswered === 'allow' ? [text('shows a card, runs when nobody objects')] : [],
    ]),
  ),
];

function used({ hits, lastMatchedAt }: RuleRow): Inline[] {
  if (hits === 0 || !lastMatchedAt) return [text('not used yet')];
  const times = hits === 1 ? 'once' : `${grouped(hits)} times`;
  return [text(`used ${times}, last `), date(lastMatchedAt, '{date_short_pretty}')];
}

/** What everybody in the channel is told of a new rule. Until a second person confirms it, with the button for that. */
export function ruleNote(rule: RuleRow, confirmedBy: string | null): Message {
  const waits = rule.confirmedAt === null;
  const author = said(rule.createdByName, 60) || 'Somebody';
  const runs = rule.whenUnanswered === 'allow' ? ' with a card, when nobody objects:' : ' without asking:';
  return {
    text: waits ? 'A new rule waits for a second person.' : 'There is a new rule.',
    blocks: [
      richText(
        lines([
          bold(author),
          text(waits ? ' wants this to pass in future' : ' allowed this in future'),
          text(runs),
        ]),
        preformatted(cut(visible(rule.text), MOST_SHOWN)),
        lines(
          [text(scopeWords(rule))],
          [text('Rule '), code(shortRuleId(rule.id)), text(', '), ...expiry(rule), text('.')],
          waits ? [text(WAITS[isWhole(rule) ? 'here' : 'elsewhere'])] : [],
          confirmedBy ? [bold(`Confirmed by ${said(confirmedBy, 60)}.`), text(' It is in force.')] : [],
        ),
      ),
      ...(waits && isWhole(rule) ? [ruleButtons(rule, [confirmButton(rule)])] : []),
    ],
  };
}

const WAITS = {
  here: 'It waits for a second person: somebody else confirms it with the button.',
  elsewhere: 'It waits for a second person, and is too long to be shown whole: confirm it in a terminal.',
};

/** Nobody confirms what they have not seen. */
const MOST_SHOWN = 5000;
export const isWhole = ({ text: rule }: Pick<RuleRow, 'text'>): boolean => visible(rule).length <= MOST_SHOWN;

/** A rule with what one may do to it, for one person. */
export const ruleWithButton = (rule: RuleRow, button: Button, words: string): Message => ({
  text: 'A rule',
  blocks: [
    richText(
      preformatted(cut(visible(rule.text), MOST_SHOWN)),
      ...ruleParts(rule).slice(1),
      lines([text(words)]),
    ),
    ruleButtons(rule, [button]),
  ],
});

export const ruleButtons = ({ id }: Pick<RuleRow, 'id'>, elements: Button[]): ActionsBlock => ({
  type: 'actions',
  block_id: cut(`rule:${id}`, 255),
  elements,
});

export const confirmButton = ({ id }: Pick<RuleRow, 'id'>): Button => ({
  type: 'button',
  action_id: CONFIRM_RULE,
  value: cut(id, 200),
  text: { type: 'plain_text', text: 'Confirm this rule', emoji: false },
  style: 'primary',
});

export const revokeButton = ({ id }: Pick<RuleRow, 'id'>): Button => ({
  type: 'button',
  action_id: REVOKE_RULE,
  value: cut(id, 200),
  text: { type: 'plain_text', text: 'Revoke this rule', emoji: false },
  style: 'danger',
});
