import { environmentOf } from '../../gate/environment-asked.ts';
import { keepRule } from '../../gate/keep-rule.ts';
import { restoreRule } from '../../gate/restore-rule.ts';
import { resumeRule } from '../../gate/resume-rule.ts';
import { type Author, revokeRule } from '../../gate/rules.ts';
import { showPostAt } from '../../store/learning-posts.ts';
import { rulesToGo } from '../../store/pruning.ts';
import { findRule, type RuleRow } from '../../store/rules.ts';
import { sentence, tell } from '../answers.ts';
import { said } from '../blocks.ts';
import type { Click } from '../clicks.ts';
import { mayChangeRules } from '../rule-author.ts';
import { UNKNOWN_RULE } from '../rule-changes.ts';
import type { Slack } from '../slack.ts';
import { type Did, ruleCard } from './rule-card.ts';
import { type InModal, notice, show, waiting } from './views.ts';

const TITLE = 'A rule';
const REFUSED = {
  'unknown-rule': UNKNOWN_RULE,
  'not-suspended': 'This rule is not on hold any more.',
  'nothing-to-keep': 'This rule stays already.',
  'nothing-to-undo': 'This rule cannot be brought back any more: add it anew.',
  'mainly-own': 'This rule mainly serves your own commands. Somebody else has to do this.',
  'retrospective-due':
    'A retrospective of an emergency is still due in this environment. Give it first: its card has the button.',
};

/** Opens a rule that somebody has to look at, from the list. */
export async function openRule(slack: Slack, click: Click): Promise<void> {
  const opened = await slack.client.views.open({ trigger_id: click.triggerId, view: waiting() });
  const rule = await findRule(slack.deps.database.db, click.requestId);
  const refused = rule ? (await mayChangeRules(slack, click.clicker, rule.environment)).refused : null;
  const message = refused ?? (rule ? await cardNow(slack, rule) : sentence(UNKNOWN_RULE));
  await slack.client.views.update({ view_id: opened.view?.id ?? '', view: notice(message, TITLE) });
}

/** A rule as it stands now. */
export async function cardNow(slack: Slack, rule: RuleRow) {
  const { learning, database } = slack.deps;
  const toGo = await rulesToGo(database.db, learning.noticeDays);
  const environment = environmentOf(slack.deps, rule.environment);
  return ruleCard(rule, environment, { expires: toGo.some(({ id }) => id === rule.id) });
}

type Result = { ok: true; rule: RuleRow } | { ok: false; why: string };
type Verb = (author: Author) => Promise<Result>;

export const resumePressed = (slack: Slack, click: Click, at: InModal | null): Promise<void> =>
  settle(slack, { click, at, does: 'resumed' }, async (author) => {
    const done = await resumeRule(slack.deps, author, click.requestId);
    return done.ok ? done : { ok: false, why: REFUSED[done.code] };
  });

export const keepRulePressed = (slack: Slack, click: Click, at: InModal | null): Promise<void> =>
  settle(slack, { click, at, does: 'kept' }, async (author) => {
    const done = await keepRule(slack.deps, author, click.requestId);
    return done.ok ? done : { ok: false, why: REFUSED[done.code] };
  });

export const removePressed = (slack: Slack, click: Click, at: InModal | null): Promise<void> =>
  settle(slack, { click, at, does: 'removed' }, async (author) => {
    const rule = await revokeRule(slack.deps, author, click.requestId);
    return rule ? { ok: true, rule } : { ok: false, why: UNKNOWN_RULE };
  });

export const restorePressed = (slack: Slack, click: Click, at: InModal | null): Promise<void> =>
  settle(slack, { click, at, does: 'restored' }, async (author) => {
    const done = await restoreRule(slack.deps, author, click.requestId);
    if (done.ok) return done;
    const why =
      done.code === 'denied-since'
        ? `Somebody has denied a command that it would cover: ${said(done.command, 300)}`
        : REFUSED[done.code];
    return { ok: false, why };
  });

interface Pressed {
  click: Click;
  at: InModal | null;
  does: Did['does'];
}

/** Does it if this person may. A message of ours shows its newest state by itself; the channel hears of the rest. */
async function settle(slack: Slack, { click, at, does }: Pressed, verb: Verb): Promise<void> {
  const { db } = slack.deps.database;
  const found = await findRule(db, click.requestId);
  if (!found) return tell(slack, click.asker, sentence(UNKNOWN_RULE));
  const { author, refused } = await mayChangeRules(slack, click.clicker, found.environment);
  if (!author) return tell(slack, click.asker, refused);
  const done = await verb(author);
  if (!done.ok) return tell(slack, click.asker, sentence(done.why));
  const environment = environmentOf(slack.deps, found.environment);
  const message = ruleCard(done.rule, environment, { did: { name: author.name, does } });
  if (at) await show(slack, at, notice(message, TITLE), null);
  if (click.card && (await showPostAt(db, click.card))) slack.wake();
  await slack.client.chat.postMessage({
    channel: environment.channel,
    ...(click.card && { thread_ts: click.card.ts }),
    ...message,
    unfurl_links: false,
    unfurl_media: false,
  });
}
