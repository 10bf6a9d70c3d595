import type { KnownBlock } from '@slack/types';
import type { PrunedPost } from '../../core/learning/post.ts';
import type { RuleRow } from '../../store/rules.ts';
import { bold, cut, type Message, richText, said, section, text } from '../blocks.ts';
import { plain } from '../modals.ts';
import { isWhole } from '../rule-shown.ts';
import { RESTORE_RULE, standingOf } from './rule-card.ts';
import { counted } from './suggestion-words.ts';

const MOST = 20;

/** Rules that went last night because nobody needed them; each can be brought back. */
export function prunedMessage({ ruleIds }: PrunedPost, rules: RuleRow[]): Message {
  const more = ruleIds.length - Math.min(rules.length, MOST);
  return {
    text: 'Rules are gone',
    blocks: [
      richText(
        section(
          text('🧹 '),
          bold(`${counted(ruleIds.length, 'rule')} went last night:`),
          text(
            ruleIds.length === 1
              ? ' nobody had needed it, and nobody kept it. What it covered asks again.'
              : ' nobody had needed them, and nobody kept them. What they covered asks again.',
          ),
        ),
      ),
      ...rules.slice(0, MOST).map(row),
      ...(more > 0 ? [richText(section(text(`and ${more} more`)))] : []),
    ],
  };
}

function row(rule: RuleRow): KnownBlock {
  const isGone = standingOf(rule) === 'pruned';
  const words = said(rule.text, 300) || ' ';
  // Nobody puts in force what they have not seen whole.
  const canUndo = isGone && isWhole(rule) && words.length < 300;
  return {
    type: 'section',
    text: plain(isGone ? words : `↩️ ${words}`),
    ...(canUndo && {
      accessory: {
        type: 'button',
        action_id: RESTORE_RULE,
        value: cut(rule.id, 200),
        text: plain('Undo'),
        accessibility_label: said(`Bring back ${rule.text}`, 75),
      },
    }),
  };
}
