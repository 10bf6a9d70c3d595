import type { Told } from '../core/escalation.ts';
import { DEFAULT_SETTINGS, type PersonSettings } from '../core/quiet.ts';
import type { Tx } from '../store/database.ts';
import { type Message, orderMessages } from '../store/outbox.ts';
import type { RequestRow } from '../store/requests.ts';
import type { StepRow } from '../store/steps.ts';
import type { Deps } from './deps.ts';

/** More people than this are not named one by one. */
const MOST_NAMED = 20;

export interface Telling {
  row: RequestRow;
  step: StepRow;
  told: Told;
  settings: ReadonlyMap<string, PersonSettings>;
}

/**
 * Orders what tells the people of a step: the reviewers by a mention under the card, others directly, each by the
 * ways they prefer. On a card of several requests one message speaks for all of them.
 */
export async function tellStep(tx: Tx, deps: Deps, { row, step, told, settings }: Telling): Promise<void> {
  const about = row.batchId ?? row.id;
  const at = { requestId: row.id, stepId: step.id };
  const payload = { version: row.version };
  if (step.audience === 'reviewers') {
    const ids = told.people.map(({ userId }) => userId);
    const mentions = ids.length > 0 && ids.length <= MOST_NAMED ? ids : ('everybody' as const);
    return orderMessages(tx, [
      { ...at, key: `mention/${about}/${step.position}`, kind: 'mention', payload: { ...payload, mentions } },
    ]);
  }
  const messages = new Map<string, Message>();
  const order = (message: Message) => messages.set(message.key, message);
  const mail = (address: string) =>
    order({
      ...at,
      key: `email/${about}/${step.position}/${address.toLowerCase()}`,
      kind: 'email',
      lane: 'email',
      recipient: address,
      payload,
    });
  for (const { userId, email } of told.people) {
    const ways = (settings.get(userId) ?? DEFAULT_SETTINGS).ways;
    const canMail = deps.mailer !== null && email !== null;
    if (ways !== 'slack' && canMail) mail(email);
    if (ways === 'email' && canMail) continue;
    order({
      ...at,
      key: `direct/${about}/${step.position}/${userId}`,
      kind: 'direct',
      recipient: userId,
      // Who is mailed anyway needs no second mail when Slack fails.
      payload: canMail && ways === 'slack' ? { ...payload, orElse: email } : payload,
    });
  }
  for (const address of told.emails) mail(address);
  await orderMessages(tx, [...messages.values()]);
}
