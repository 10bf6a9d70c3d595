import { setTimeout as pause } from 'node:timers/promises';
import { hasten } from '../gate/hasten.ts';
import { claimDueCards, type DueCard, postponeCard, returnCard } from '../store/cards.ts';
import { untilDue } from '../store/due-for-slack.ts';
import { claimDuePosts, type DuePost, postponePost } from '../store/learning-posts.ts';
import { claimDueMessages, type DueMessage } from '../store/outbox.ts';
import { postponementOf } from './postpone.ts';
import { sendMessage } from './send.ts';
import { showCard } from './show-card.ts';
import type { Slack } from './slack.ts';
import { showPost } from './suggestions/show-post.ts';

const LEASE_SECONDS = 30;
/** A card that waited this long in our hands is not posted any more: its lease might end on the way. */
const HANDS_OFF_MS = 15_000;
const AT_ONCE = 20;
const MOST_IN_HAND = 60;
/** After each so many tries in vain a new card is not waited for alone: the next way of telling people is tried, too. */
const TRIES_ALONE = 2;
const IDLE_MS = 2000;
const BUSY_MS = 1000;
/** Notices come in crowds: one look serves many. */
const GATHER_MS = 20;

export interface Publisher {
  wake(): void;
  /** Ends after what is under way. */
  stop(): Promise<void>;
}

/**
 * Brings Slack to the state of the database: posts and updates the cards that are due, and sends the messages.
 * Every replica runs this loop; a lease on each row lets exactly one of them send it.
 */
export function startPublishing(slack: Slack): Publisher {
  const turns = openTurns(slack);
  let isStopped = false;
  let isWoken = false;
  let wakeUp = () => {};
  const wake = () => {
    isWoken = true;
    wakeUp();
  };
  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      if (isWoken || isStopped || ms <= 0) return resolve();
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const loop = async () => {
    while (!isStopped) {
      isWoken = false;
      const pauseMs = await look(slack, turns).catch((error) => {
        slack.deps.observe({ kind: 'fault', where: 'publishing to Slack', error });
        return BUSY_MS;
      });
      if (pauseMs > 0) await pause(GATHER_MS);
      await sleep(pauseMs - GATHER_MS);
    }
  };
  const unhear = slack.deps.changes.onOwnChange(wake);
  const running = loop();

  return {
    wake,
    stop: async () => {
      isStopped = true;
      unhear();
      wakeUp();
      await running;
      await turns.ended();
    },
  };
}

/** Takes what is due into its turn. @returns milliseconds until the next look */
async function look(slack: Slack, turns: Turns): Promise<number> {
  const { database } = slack.deps;
  const room = MOST_IN_HAND - turns.count();
  if (room <= 0) return BUSY_MS / 10;
  const due = await untilDue(database);
  const cards = due.cards <= 0 ? await claimDueCards(database, Math.min(room, AT_ONCE), LEASE_SECONDS) : [];
  const messages = due.messages <= 0 ? await claimDueMessages(database, 'slack', AT_ONCE, LEASE_SECONDS) : [];
  const posts = due.posts <= 0 ? await claimDuePosts(database, AT_ONCE, LEASE_SECONDS) : [];
  for (const card of cards) turns.take(card);
  for (const message of messages) turns.send(message);
  for (const post of posts) turns.post(post);
  if (cards.length + messages.length + posts.length > 0) return 0;
  const soonest = Math.min(due.cards, due.messages, due.posts);
  return soonest === Number.POSITIVE_INFINITY ? IDLE_MS : Math.min(BUSY_MS, Math.max(GATHER_MS, soonest));
}

interface Turns {
  take(card: DueCard): void;
  send(message: DueMessage): void;
  post(post: DuePost): void;
  count(): number;
  ended(): Promise<void>;
}

/** In one channel one card follows the other; a slow channel keeps no other waiting. */
function openTurns(slack: Slack): Turns {
  const last = new Map<string, Promise<void>>();
  /** When a channel that Slack told us to leave alone may be used again. */
  const pauses = new Map<string, number>();
  let count = 0;
  const queue = (key: string, work: () => Promise<void>) => {
    count += 1;
    const turn = (last.get(key) ?? Promise.resolve())
      .then(work)
      .catch((error) => slack.deps.observe({ kind: 'fault', where: 'publishing to Slack', error }))
      .finally(() => {
        count -= 1;
        if (last.get(key) === turn) last.delete(key);
      });
    last.set(key, turn);
  };
  return {
    take: (card) => {
      const claimedAt = Date.now();
      queue(card.channel, () => inTurn(slack, card, { claimedAt, pauses }));
    },
    send: (message) => queue(`message ${message.recipient ?? message.id}`, () => sendMessage(slack, message)),
    // Not in the turn of the channel's cards: those do not wait for them.
    post: (post) => {
      const claimedAt = Date.now();
      const { db } = slack.deps.database;
      queue(`post ${post.channel}`, async () => {
        if (Date.now() - claimedAt > HANDS_OFF_MS) await postponePost(db, post.id, 0, null);
        else await showPost(slack, post);
      });
    },
    count: () => count,
    ended: async () => {
      await Promise.all(last.values());
    },
  };
}

async function inTurn(
  slack: Slack,
  card: DueCard,
  { claimedAt, pauses }: { claimedAt: number; pauses: Map<string, number> },
): Promise<void> {
  const { db } = slack.deps.database;
  const pausedFor = ((pauses.get(card.channel) ?? 0) - Date.now()) / 1000;
  // Given back, it is claimed anew and with a whole lease.
  if (pausedFor > 0 || Date.now() - claimedAt > HANDS_OFF_MS) {
    await returnCard(db, card, Math.max(0, pausedFor));
    return;
  }
  try {
    await showCard(slack, card);
  } catch (error) {
    const { afterSeconds, problem, pausesChannel } = postponementOf(error, card);
    if (pausesChannel) pauses.set(card.channel, Date.now() + afterSeconds * 1000);
    const { requestId, channel } = card;
    slack.log.warn({ requestId, channel, afterSeconds, problem }, 'a card waits for Slack');
    await postponeCard(db, card, afterSeconds, problem);
    // Nobody sees the request: other ways are tried now. A pause that Slack asks for is no failure.
    if (card.ts === null && !pausesChannel && card.attempts % TRIES_ALONE === 0)
      await hasten(slack.deps, requestId, 'before its time: the card is not in Slack');
  }
}
