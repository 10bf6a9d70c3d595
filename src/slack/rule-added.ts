import { environmentOf } from '../gate/environment-asked.ts';
import type { RuleAdded } from '../gate/rules.ts';
import type { RuleRow } from '../store/rules.ts';
import { type Asker, sentence, tell } from './answers.ts';
import { code, text } from './blocks.ts';
import { expiry, ruleNote, shortRuleId } from './rule-shown.ts';
import type { Slack } from './slack.ts';

/** Tells everybody in the channel of a new rule, under its card when it came from one. False: they were not told. */
export async function announceRule(
  slack: Slack,
  rule: RuleRow,
  thread: { channel: string; thread_ts: string } | null,
): Promise<boolean> {
  const place = thread ?? { channel: environmentOf(slack.deps, rule.environment).channel };
  try {
    await slack.client.chat.postMessage({
      ...place,
      ...ruleNote(rule, null),
      unfurl_links: false,
      unfurl_media: false,
    });
    return true;
  } catch (error) {
    slack.deps.observe({ kind: 'fault', where: 'Slack: telling of a new rule', error });
    return false;
  }
}

/** Tells the author what became of their rule. */
export function tellAdded(
  slack: Slack,
  asker: Asker,
  { rule, needsSecondPerson }: Extract<RuleAdded, { ok: true }>,
  isTold: boolean,
): Promise<void> {
  const id = code(shortRuleId(rule.id));
  if (!needsSecondPerson) {
    return tell(
      slack,
      asker,
      sentence('Saved.', text('Saved: rule '), id, text(' is in force and '), ...expiry(rule), text('.')),
    );
  }
  const how = isTold ? 'with the button in the channel, or by typing ' : 'by typing ';
  const second = [text(' waits for a second person: somebody else confirms it '), text(how)];
  const typed = code(`/gate rules confirm ${shortRuleId(rule.id)}`);
  return tell(slack, asker, sentence('Saved.', text('Saved: rule '), id, ...second, typed, text('.')));
}
