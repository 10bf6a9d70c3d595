import {
  claimAlike,
  claimDueMessages,
  type DueMessage,
  finishMessages,
  postponeMessages,
} from '../store/outbox.ts';
import { findRequest, type RequestRow } from '../store/requests.ts';
import { arrived, failed, waitsForOthers } from './deliveries.ts';
import type { Deps } from './deps.ts';
import { failPoint } from './fail-point.ts';
import { mailFacts } from './mail-facts.ts';

const LEASE_SECONDS = 60;
const AT_ONCE = 20;
const LONGEST_PAUSE_SECONDS = 60;

/**
 * Sends the mails that are due. What waits for the same address at the same time is one mail.
 * @returns how many were due
 */
export async function deliverMail(deps: Deps): Promise<number> {
  if (!deps.mailer) return 0;
  const due = await claimDueMessages(deps.database, 'email', AT_ONCE, LEASE_SECONDS);
  const addresses = [...new Set(due.map(({ recipient }) => recipient ?? ''))];
  await Promise.all(
    addresses.map(async (address) => {
      const messages = due.filter(({ recipient }) => recipient === address);
      const also = await claimAlike(deps.database, { kind: 'email', recipient: address }, LEASE_SECONDS);
      const all = [...messages, ...also];
      if (!(await waitsForOthers(deps, all))) await send(deps, address, all);
    }),
  );
  return due.length;
}

async function send(deps: Deps, address: string, messages: DueMessage[]): Promise<void> {
  const { db } = deps.database;
  const ids = messages.map(({ id }) => id);
  try {
    const rows = await Promise.all(messages.map(({ requestId }) => findRequest(db, requestId)));
    const waiting = rows.filter((row): row is RequestRow => row?.state === 'pending');
    if (waiting.length === 0 || !deps.mailer) return void (await finishMessages(db, ids));
    failPoint('mail-before-send');
    const key = `outbox/${ids[0]}`;
    const delivery = await deps.mailer.tell({ to: address, key, facts: mailFacts(deps, waiting) });
    failPoint('mail-after-send');
    if (delivery.ok) return await arrived(deps, messages, 'email');
    const pause = Math.min(LONGEST_PAUSE_SECONDS, 2 ** (messages[0]?.attempts ?? 1));
    await failed(deps, messages, {
      way: 'email',
      problem: delivery.problem,
      againAfterSeconds: delivery.retry ? (delivery.afterSeconds ?? pause) : null,
    });
  } catch (error) {
    deps.observe({ kind: 'fault', where: 'sending mail', error });
    await postponeMessages(db, ids, 5, 'an internal fault; the log says more');
  }
}
