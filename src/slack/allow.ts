import type { ModalView } from '@slack/types';
import { highestLevel } from '../core/followers.ts';
import type { RequestView } from '../core/request.ts';
import { type Proposal, propose } from '../core/rules/propose.ts';
import { environmentOf } from '../gate/environment-asked.ts';
import { coveredBy } from '../gate/rule-book.ts';
import { addRule, checkWish, type RuleWish } from '../gate/rules.ts';
import { cardsOf } from '../store/cards.ts';
import { approvedLike, viewRequest } from '../store/requests.ts';
import { countRules } from '../store/rules.ts';
import { ALLOW_TITLE, allowModal, choiceOf, scopeOf } from './allow-modal.ts';
import { notAllowable } from './allowable.ts';
import { type Asker, sentence, tell } from './answers.ts';
import { said } from './blocks.ts';
import type { Click } from './clicks.ts';
import { noticeModal } from './modals.ts';
import type { Clicker } from './people.ts';
import { announceRule, tellAdded } from './rule-added.ts';
import { mayChangeRules } from './rule-author.ts';
import { chosen, limitsOf, ticked, type Values } from './rule-fields.ts';
import { ruleRefusal } from './rule-refusals.ts';
import { shortRuleId } from './rule-shown.ts';
import type { Slack } from './slack.ts';
import { FAULT, UNKNOWN_REQUEST } from './texts.ts';

/** "Allow this in future…": a modal at once, because its trigger lives for three seconds; what stands in it follows. */
export async function openAllow(slack: Slack, click: Click): Promise<void> {
  const opened = await slack.client.views.open({
    trigger_id: click.triggerId,
    view: noticeModal(ALLOW_TITLE, sentence('Looking for rules that cover this command …')),
  });
  const view = await modalFor(slack, click).catch((error) => {
    slack.deps.observe({ kind: 'fault', where: 'Slack: proposing rules', error });
    return noticeModal(ALLOW_TITLE, sentence(FAULT));
  });
  await slack.client.views.update({ view_id: opened.view?.id ?? '', view });
}

async function modalFor(slack: Slack, click: Click): Promise<ModalView> {
  const found = await allowableRequest(slack, click.requestId);
  if ('why' in found) return noticeModal(ALLOW_TITLE, sentence(found.why));
  const { view, proposals } = found;
  const { refused } = await mayChangeRules(slack, click.clicker, view.environment);
  if (refused) return noticeModal(ALLOW_TITLE, refused);
  const from = { requestId: view.id, channel: click.card?.channel ?? click.asker.channel };
  return allowModal(view, { environment: environmentOf(slack.deps, view.environment) }, proposals, from);
}

type Allowable = { view: RequestView; proposals: Proposal[] } | { why: string };

/** The request with the rules that may be made from it, or why there are none. */
async function allowableRequest(slack: Slack, requestId: string): Promise<Allowable> {
  const { db } = slack.deps.database;
  const view = await viewRequest(db, requestId);
  if (!view) return { why: UNKNOWN_REQUEST };
  const why = notAllowable(view) ?? (await coveredNow(slack, view));
  if (why) return { why: said(why, 300) };
  const { command } = view;
  const similar = await approvedLike(db, view);
  const proposals = propose({ command, similar, risk: highestLevel(view) });
  return proposals.length > 0 ? { view, proposals } : { why: 'No rule can cover this command.' };
}

/** Since it was asked somebody may have made a rule. */
async function coveredNow(slack: Slack, view: RequestView): Promise<string | null> {
  const { db } = slack.deps.database;
  const { now } = await countRules(db, { environment: view.environment });
  const { requester, context, environment, project, cwd } = view;
  const place = {
    environment,
    project,
    cwd,
    repository: context.repository ?? null,
    requester: requester.tokenName,
  };
  const found = coveredBy(await slack.deps.ruleBook.current(), view.command, place, now);
  const rule = found.covered ? found.rules[0] : undefined;
  return rule ? `The rule ${shortRuleId(rule.id)} covers it already.` : null;
}

export interface Submission {
  requestId: string;
  values: Values;
  clicker: Clicker;
  asker: Asker;
}

/** Before the modal closes: what is wrong with what was chosen, by field; null when nothing is. */
export async function allowFaults(slack: Slack, given: Submission): Promise<Record<string, string> | null> {
  const found = await wishOf(slack, given);
  if ('why' in found) return { choice: found.why };
  const nobody = { subject: '', name: '', isAdmin: false, people: [] };
  const refused = checkWish(slack.deps, nobody, found.wish);
  return refused
    ? { [refused.code === 'unanswered-forbidden' ? 'unanswered' : 'choice']: ruleRefusal(refused) }
    : null;
}

/** Makes the rule, if this person may, and tells them and the card's thread. */
export async function allowInFuture(slack: Slack, given: Submission): Promise<void> {
  const { asker, clicker } = given;
  const found = await wishOf(slack, given);
  if ('why' in found) return tell(slack, asker, sentence(found.why));
  const { wish } = found;
  const { author, refused } = await mayChangeRules(slack, clicker, wish.environment);
  if (refused) return tell(slack, asker, refused);
  const added = await addRule(slack.deps, author, wish);
  if (!added.ok) return tell(slack, asker, sentence(ruleRefusal(added)));
  const cards = await cardsOf(slack.deps.database.db, given.requestId);
  const card = cards.find(({ ts }) => ts !== null);
  const thread = card?.ts ? { channel: card.channel, thread_ts: card.ts } : null;
  const isTold = await announceRule(slack, added.rule, thread);
  await tellAdded(slack, asker, added, isTold);
}

async function wishOf(
  slack: Slack,
  { requestId, values }: Submission,
): Promise<{ wish: RuleWish } | { why: string }> {
  const found = await allowableRequest(slack, requestId);
  if ('why' in found) return found;
  const { view, proposals } = found;
  const proposal = proposals.find((each) => choiceOf(each) === chosen(values, 'choice'));
  if (!proposal)
    return { why: 'Other commands were approved meanwhile. Open this again to see the rules anew.' };
  return {
    wish: {
      ...scopeOf(view, ticked(values, 'only')),
      ...limitsOf(values),
      text: proposal.text,
      family: view.family || null,
      source: 'manual',
      allowsCritical: false,
      match: [],
      notMatch: [],
      originRequestId: view.id,
    },
  };
}
