import type { RequestView } from '../core/request.ts';
import { arrived, failed, waitsForOthers } from '../gate/deliveries.ts';
import { environmentOf } from '../gate/environment-asked.ts';
import { cardsOf } from '../store/cards.ts';
import { claimAlike, type DueMessage, finishMessages, postponeMessages } from '../store/outbox.ts';
import { viewRequest } from '../store/requests.ts';
import { byDirectMessage } from './answers.ts';
import { type Failure, failureOf } from './errors.ts';
import { directMessage, mentionMessage } from './escalation-messages.ts';
import { placeOf } from './place.ts';
import { postponementOf } from './postpone.ts';
import type { Slack } from './slack.ts';
import { tellRequester } from './tell-requester.ts';
import { threadMessage } from './thread-messages.ts';

const LEASE_SECONDS = 30;
const QUIETLY = { unfurl_links: false, unfurl_media: false };
/** A reply waits so many tries for the card it belongs under. */
const TRIES_FOR_THE_CARD = 3;

/** Sends one message that is due, in the way its kind asks for. Never rejects: what fails is tried again from its row. */
export async function sendMessage(slack: Slack, due: DueMessage): Promise<void> {
  switch (due.kind) {
    case 'tell-requester':
      return tellRequester(slack, due);
    case 'mention':
    case 'thread':
      return inThread(slack, due);
    case 'direct':
      return directly(slack, due);
    case 'email':
      return;
  }
}

async function inThread(slack: Slack, due: DueMessage): Promise<void> {
  const { db } = slack.deps.database;
  try {
    const view = await viewRequest(db, due.requestId);
    if (!view || (due.kind === 'mention' && view.state !== 'pending'))
      return void (await finishMessages(db, [due.id]));
    const card = (await cardsOf(db, view.id)).find(({ ts }) => ts !== null);
    if (!card?.ts && !outlives(due, view)) {
      if (due.attempts < TRIES_FOR_THE_CARD)
        return void (await postponeMessages(db, [due.id], 1, due.problem));
      return await failed(slack.deps, [due], {
        way: 'slack',
        problem: 'the card is not in Slack',
        againAfterSeconds: 5,
      });
    }
    const { message, broadcast } =
      due.kind === 'mention'
        ? mentionMessage(view, due.payload.mentions ?? 'everybody')
        : threadMessage(view, due.payload.says, await placeOf(slack, view));
    const { channel } = card ?? environmentOf(slack.deps, view.environment);
    const words = { channel, ...message, ...QUIETLY };
    const reply = card?.ts ? { ...words, thread_ts: card.ts } : null;
    await slack.client.chat.postMessage(
      reply && broadcast ? { ...reply, reply_broadcast: true } : (reply ?? words),
    );
    await arrived(slack.deps, [due], 'slack');
  } catch (error) {
    await notSent(slack, [due], error);
  }
}

/** The card of something that ended may be deleted: a retrospective is due all the same, and it is said in the channel. */
const outlives = ({ payload, attempts }: DueMessage, { state }: RequestView): boolean =>
  state !== 'pending' && payload.says?.topic === 'retrospective-due' && attempts >= TRIES_FOR_THE_CARD;

/** What waits for the same person at the same time is one message. */
async function directly(slack: Slack, due: DueMessage): Promise<void> {
  const { database } = slack.deps;
  const userId = due.recipient ?? '';
  const all = [due, ...(await claimAlike(database, { kind: 'direct', recipient: userId }, LEASE_SECONDS))];
  if (await waitsForOthers(slack.deps, all)) return;
  try {
    const views = await Promise.all(all.map(({ requestId }) => viewRequest(database.db, requestId)));
    const waiting = views
      .filter((view) => view !== null)
      .filter(({ state }) => state === 'pending')
      .toSorted((a, b) => Number(b.emergency) - Number(a.emergency));
    const [first] = waiting;
    if (!first)
      return void (await finishMessages(
        database.db,
        all.map(({ id }) => id),
      ));
    const card = (await cardsOf(database.db, first.id)).find(({ permalink }) => permalink !== null);
    const message = directMessage(waiting, { url: slack.deps.url, permalink: card?.permalink ?? null });
    if (!(await byDirectMessage(slack, userId, message))) throw new Error('Slack opened no direct messages');
    await arrived(slack.deps, all, 'slack');
  } catch (error) {
    await notSent(slack, all, error);
  }
}

async function notSent(slack: Slack, messages: DueMessage[], error: unknown): Promise<void> {
  const failure: Failure = failureOf(error);
  const attempts = messages[0]?.attempts ?? 1;
  const { afterSeconds, problem } = postponementOf(error, { attempts, channel: 'the person' });
  const ids = messages.map(({ id }) => id);
  // Told to slow down, Slack works: the message follows, and no other way is needed for it.
  if (failure.kind === 'rate-limited')
    return void (await postponeMessages(
      slack.deps.database.db,
      ids,
      afterSeconds,
      messages[0]?.problem ?? null,
    ));
  await failed(slack.deps, messages, {
    way: 'slack',
    problem: problem ?? 'Slack does not answer',
    againAfterSeconds: failure.kind === 'refused' ? null : afterSeconds,
  }).catch((fault) =>
    slack.deps.observe({ kind: 'fault', where: 'noting an undelivered message', error: fault }),
  );
}
