import { environmentOf } from '../gate/environment-asked.ts';
import { confirmRule, revokeRule } from '../gate/rules.ts';
import { findRule, type RuleRow } from '../store/rules.ts';
import { replaceAnswer, sentence, tell } from './answers.ts';
import {
  bold,
  code,
  type Message,
  preformatted,
  quotedWords,
  richText,
  said,
  section,
  text,
} from './blocks.ts';
import type { Click } from './clicks.ts';
import { mayChangeRules } from './rule-author.ts';
import { ruleNote, shortRuleId } from './rule-shown.ts';
import type { Slack } from './slack.ts';

export const UNKNOWN_RULE = 'There is no such rule in force. /gate rules lists them.';
const REFUSED = {
  'unknown-rule': UNKNOWN_RULE,
  'confirmed-before': 'Somebody confirmed this rule already.',
  'retrospective-due':
    'A retrospective of an emergency is still due in this environment. Give it first: its card has the button.',
  'same-person': 'You made this rule, so somebody else has to confirm it.',
};

/** A second person puts a rule in force. What the button stood on says so then. */
export async function confirmPressed(slack: Slack, click: Click): Promise<void> {
  const { author } = await changeable(slack, click);
  if (!author) return;
  const done = await confirmRule(slack.deps, author, click.requestId);
  if (!done.ok) return tell(slack, click.asker, sentence(REFUSED[done.code]));
  const note = ruleNote(done.rule, author.name);
  if (click.card) await slack.client.chat.update({ channel: click.card.channel, ts: click.card.ts, ...note });
  else await replaceAnswer(slack, click.asker, note);
}

/** Takes a rule out of force, and tells the channel. */
export async function revokePressed(slack: Slack, click: Click): Promise<void> {
  const { author } = await changeable(slack, click);
  if (!author) return;
  const rule = await revokeRule(slack.deps, author, click.requestId);
  if (!rule) return replaceAnswer(slack, click.asker, sentence(UNKNOWN_RULE));
  await replaceAnswer(slack, click.asker, revoked(rule, 'You'));
  const { channel } = environmentOf(slack.deps, rule.environment);
  await slack.client.chat.postMessage({
    channel,
    ...revoked(rule, author.name),
    unfurl_links: false,
    unfurl_media: false,
  });
}

async function changeable(slack: Slack, { requestId, clicker, asker }: Click) {
  const rule = await findRule(slack.deps.database.db, requestId);
  if (!rule) {
    await tell(slack, asker, sentence(UNKNOWN_RULE));
    return { author: null };
  }
  const { author, refused } = await mayChangeRules(slack, clicker, rule.environment);
  if (refused) await tell(slack, asker, refused);
  return { author };
}

const revoked = (rule: RuleRow, who: string): Message => ({
  text: 'A rule was revoked.',
  blocks: [
    richText(
      section(
        bold(said(who, 60)),
        text(' revoked the rule '),
        code(shortRuleId(rule.id)),
        text('. What it covered asks again.'),
      ),
      preformatted(quotedWords(rule.text, 500, 6)),
    ),
  ],
});
