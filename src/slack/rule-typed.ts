import type { SlashCommand } from '@slack/bolt';
import { findRulesByPrefix, type RuleRow } from '../store/rules.ts';
import { sentence } from './answers.ts';
import { bullets, code, type Inline, type Message, richText, section, text } from './blocks.ts';
import { commanderOf } from './clicks.ts';
import { mayChangeRules } from './rule-author.ts';
import { UNKNOWN_RULE } from './rule-changes.ts';
import { rulePage } from './rule-list.ts';
import { confirmButton, isWhole, revokeButton, ruleWithButton } from './rule-shown.ts';
import { seenBy } from './seen-by.ts';
import type { Slack } from './slack.ts';
import { suggestionsFor } from './suggestions/list-page.ts';
import type { RulesTyped } from './typed.ts';
import { splitEnvironment } from './typed.ts';

/** Answers `/gate rules …`; `add` opens a modal instead, see rule-add.ts. */
export function rulesAnswer(
  slack: Slack,
  command: SlashCommand,
  typed: RulesTyped,
): Message | Promise<Message> {
  switch (typed.does) {
    case 'suggestions':
      return suggestionsFor(slack, commanderOf(command), { channel: command.channel_id, page: 1 });
    case 'list': {
      const known = [...slack.deps.environments.keys()];
      const { words, environment } = splitEnvironment(typed.rest, known);
      return rulePage(slack, command.user_id, { search: words.slice(0, 200), environment, page: 1 });
    }
    case 'revoke':
      return offer(slack, command, typed.rest, 'revoke');
    case 'confirm':
      return offer(slack, command, typed.rest, 'confirm');
    case 'help':
    case 'add':
      return rulesHelp();
  }
}

export const rulesHelp = (): Message => ({
  text: 'What /gate rules does',
  blocks: [
    richText(
      section(text('Rules let the commands they cover pass without asking.')),
      bullets([
        [code('/gate rules'), text(' what last night suggests: new rules to accept, old ones to remove')],
        [
          code('/gate rules list [words] [in <environment>]'),
          text(' the rules, with how much they are used'),
        ],
        [
          code('/gate rules add <rule> in <environment>'),
          text(' a new one, for example '),
          code('kubectl get pods -n * in staging'),
        ],
        [code('/gate rules revoke <id>'), text(' takes one back')],
        [code('/gate rules confirm <id>'), text(' as its second person')],
      ]),
    ),
  ],
});

/** The rule with the button that does it: people see the whole rule before they press. */
async function offer(
  slack: Slack,
  command: SlashCommand,
  id: string,
  does: 'revoke' | 'confirm',
): Promise<Message> {
  if (id === '') return usage([text('Type the id of a rule: '), code(`/gate rules ${does} rul_…`)]);
  const rule = await findOne(slack, command.user_id, id);
  if (!rule) return sentence(UNKNOWN_RULE);
  if (rule === 'several') return sentence('Several rules begin like this. Type more of the id.');
  const { refused } = await mayChangeRules(slack, commanderOf(command), rule.environment);
  if (refused) return refused;
  if (does === 'revoke')
    return ruleWithButton(rule, revokeButton(rule), 'Revoked, what it covers asks again at once.');
  if (rule.confirmedAt) return sentence('This rule is in force already.');
  if (!isWhole(rule)) return sentence('This rule is too long to be shown whole. Confirm it in a terminal.');
  return ruleWithButton(rule, confirmButton(rule), 'Confirmed, what it covers runs without asking.');
}

const usage = (words: Inline[]): Message => sentence('How to type it', ...words);

/** A rule of the environments this person sees. */
async function findOne(slack: Slack, userId: string, id: string): Promise<RuleRow | 'several' | null> {
  const found = (await findRulesByPrefix(slack.deps.database.db, id)).filter(({ revokedAt }) => !revokedAt);
  const seen = [...(await seenBy(slack, userId)).map(({ name }) => name), '*'];
  const [rule, another] = found.filter(({ environment }) => seen.includes(environment));
  return another ? 'several' : (rule ?? null);
}
