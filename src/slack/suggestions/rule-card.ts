import type { Button } from '@slack/types';
import { visible } from '../../core/command/visible.ts';
import type { Environment } from '../../core/environment.ts';
import type { RuleRow } from '../../store/rules.ts';
import {
  bold,
  code,
  cut,
  date,
  dotted,
  type Inline,
  lines,
  type Message,
  preformatted,
  richText,
  said,
  text,
} from '../blocks.ts';
import { plain } from '../modals.ts';
import { expiry, isWhole, ruleButtons, scopeWords, shortRuleId } from '../rule-shown.ts';
import { SQUARE } from '../texts.ts';

export const RESUME_RULE = 'resume-rule';
export const KEEP_RULE = 'keep-rule';
export const REMOVE_RULE = 'remove-rule';
export const RESTORE_RULE = 'restore-rule';

const MOST_SHOWN = 5000;

/** What becomes of a rule, unless somebody says otherwise. */
export type Standing = 'on-hold' | 'leaving' | 'pruned' | 'revoked' | 'in-force';

export function standingOf(
  rule: Pick<RuleRow, 'revokedAt' | 'revokedFor' | 'suspendedAt' | 'pruneAt'>,
): Standing {
  if (rule.revokedAt) return rule.revokedFor === 'prune' ? 'pruned' : 'revoked';
  if (rule.suspendedAt) return 'on-hold';
  return rule.pruneAt ? 'leaving' : 'in-force';
}

/** What somebody just did with it. */
export interface Did {
  name: string;
  does: 'resumed' | 'kept' | 'removed' | 'restored';
}

/**
 * A rule that somebody has to look at (on hold after a denial, or about to go) with what can be done; or afterwards,
 * what was done. `expires`: its time is nearly over.
 */
export function ruleCard(
  rule: RuleRow,
  environment: Pick<Environment, 'color'>,
  { did = null, expires = false }: { did?: Did | null; expires?: boolean } = {},
): Message {
  const buttons = buttonsFor(rule, did, expires);
  return {
    text: 'A rule',
    blocks: [
      richText(
        lines(did ? done(did) : waits(rule, expires)),
        preformatted(cut(visible(rule.text), MOST_SHOWN)),
        lines(
          [text(`${SQUARE[environment.color]} ${scopeWords(rule)}`)],
          dotted([[code(shortRuleId(rule.id))], expiry(rule)]),
          rule.suspendedWhy && !did ? [text(said(rule.suspendedWhy, 400))] : [],
        ),
      ),
      ...(buttons.length > 0 ? [ruleButtons(rule, buttons)] : []),
    ],
  };
}

function waits(rule: RuleRow, expires: boolean): Inline[] {
  switch (standingOf(rule)) {
    case 'on-hold':
      return [
        text('⏸️ '),
        bold('A rule is on hold:'),
        text(' somebody denied a command that it covers. Until somebody decides, such commands ask.'),
      ];
    case 'leaving':
      return [
        text('🍂 '),
        bold('Nobody needs this rule.'),
        text(' It goes on '),
        ...(rule.pruneAt ? [date(rule.pruneAt, '{date_short_pretty}')] : []),
        text(', unless somebody keeps it or it is used.'),
      ];
    case 'pruned':
      return [
        text('🧹 '),
        bold('This rule is gone:'),
        text(' nobody needed it. What it covered asks again.'),
      ];
    case 'revoked':
      return [text('🧹 This rule was revoked. What it covered asks again.')];
    case 'in-force':
      return expires
        ? [
            text('⏳ '),
            bold('The time of this rule is nearly over.'),
            text(' After that, what it covers asks again.'),
          ]
        : [text('▶️ This rule is in force.')];
  }
}

function done({ name, does }: Did): Inline[] {
  const who = [bold(said(name, 60) || 'Somebody')];
  switch (does) {
    case 'resumed':
      return [text('▶️ '), ...who, text(' put a rule back in force.')];
    case 'kept':
      return [text('📌 '), ...who, text(' keeps a rule.')];
    case 'removed':
      return [text('🧹 '), ...who, text(' revoked a rule. What it covered asks again.')];
    case 'restored':
      return [text('↩️ '), ...who, text(' brought a rule back. It is in force again.')];
  }
}

/** Nobody puts in force what they have not seen whole. */
function buttonsFor(rule: RuleRow, did: Did | null, expires: boolean): Button[] {
  if (did) return [];
  const remove: Button = { ...button(REMOVE_RULE, 'Revoke', rule.id), style: 'danger' };
  switch (standingOf(rule)) {
    case 'on-hold':
      return [...(isWhole(rule) ? [button(RESUME_RULE, 'Resume', rule.id)] : []), remove];
    case 'leaving':
      return [button(KEEP_RULE, 'Keep', rule.id), remove];
    case 'in-force':
      return expires ? [...(isWhole(rule) ? [button(KEEP_RULE, 'Keep', rule.id)] : []), remove] : [];
    case 'pruned':
      return isWhole(rule) ? [button(RESTORE_RULE, 'Undo', rule.id)] : [];
    case 'revoked':
      return [];
  }
}

const button = (action: string, words: string, id: string): Button => ({
  type: 'button',
  action_id: action,
  value: cut(id, 200),
  text: plain(words),
});
