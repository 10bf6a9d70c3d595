import {
  countSent,
  type DueMessage,
  finishMessages,
  hasStepFailed,
  orderMessages,
  postponeMessages,
} from '../store/outbox.ts';
import type { DeliveryWay, Deps } from './deps.ts';
import { hasten } from './hasten.ts';
import { showAnew } from './show-anew.ts';

/** So many messages within a minute reach one person one by one; what follows is gathered. */
const ALONE = 3;
const GATHER_SECONDS = 15;

/** Nobody is sent a message for each request of a storm: after the first few they wait for each other. */
export async function waitsForOthers(deps: Deps, messages: readonly DueMessage[]): Promise<boolean> {
  const [first] = messages;
  if (!first?.recipient) return false;
  const { kind, recipient } = first;
  if ((await countSent(deps.database, { kind, recipient }, 60)) < ALONE) return false;
  if (messages.some(({ attempts }) => attempts > 1)) return false;
  await postponeMessages(deps.database.db, idsOf(messages), GATHER_SECONDS, first.problem);
  return true;
}

/** Messages went out, all in one. */
export async function arrived(deps: Deps, messages: readonly DueMessage[], way: DeliveryWay): Promise<void> {
  await finishMessages(deps.database.db, idsOf(messages));
  for (const { requestId } of messages) deps.observe({ kind: 'delivered', requestId, way });
  await showThose(
    deps,
    messages.filter(({ problem }) => problem !== null),
  );
}

export interface Failure {
  way: DeliveryWay;
  /** In words, for the card. */
  problem: string;
  /** null: it would fail again, so it is given up. */
  againAfterSeconds: number | null;
}

/**
 * Messages did not go out. They are tried again, or given up; either way it shows on the card, in the log and in a
 * metric, and at the first failure the next way is taken at once: the person's mail address, or the next step.
 */
export async function failed(
  deps: Deps,
  messages: readonly DueMessage[],
  { way, problem, againAfterSeconds }: Failure,
): Promise<void> {
  const { db } = deps.database;
  if (againAfterSeconds === null) await finishMessages(db, idsOf(messages), problem);
  else await postponeMessages(db, idsOf(messages), againAfterSeconds, problem);
  const final = againAfterSeconds === null;
  for (const { requestId } of messages)
    deps.observe({ kind: 'not-delivered', requestId, way, problem, final });
  await showThose(deps, messages);
  for (const message of messages.filter((each) => each.problem === null)) await nextWay(deps, message, way);
}

async function nextWay(deps: Deps, message: DueMessage, way: DeliveryWay): Promise<void> {
  const { requestId, stepId, payload } = message;
  if (stepId === null) return;
  const { orElse, version } = payload;
  if (way === 'slack' && orElse !== undefined && deps.mailer) {
    const key = `email/${requestId}/${stepId}/${orElse.toLowerCase()}`;
    const mail = { requestId, stepId, key, kind: 'email', lane: 'email', recipient: orElse } as const;
    await deps.database.db.transaction((tx) => orderMessages(tx, [{ ...mail, payload: { version } }]));
    return;
  }
  if (await hasStepFailed(deps.database.db, stepId))
    await hasten(deps, requestId, `before its time: ${way === 'slack' ? 'Slack' : 'mail'} does not work`);
}

const idsOf = (messages: readonly DueMessage[]): number[] => messages.map(({ id }) => id);

async function showThose(deps: Deps, messages: readonly DueMessage[]): Promise<void> {
  const ids = [...new Set(messages.map(({ requestId }) => requestId))];
  if (ids.length > 0) await deps.database.db.transaction((tx) => showAnew(tx, ids));
}
