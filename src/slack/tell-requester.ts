import { shownCommand } from '../core/command/shown.ts';
import type { Decision, RequestView } from '../core/request.ts';
import { endedBy } from '../core/standing.ts';
import { type CardRow, cardsOf } from '../store/cards.ts';
import { type DueMessage, finishMessages, postponeMessages } from '../store/outbox.ts';
import { viewRequest } from '../store/requests.ts';
import { byDirectMessage } from './answers.ts';
import {
  bold,
  code,
  type Inline,
  lines,
  type Message,
  quote,
  quotedWords,
  richText,
  said,
  text,
} from './blocks.ts';
import { refusalCode } from './errors.ts';
import { mentions, slackUsersOf } from './mentions.ts';
import { postponementOf } from './postpone.ts';
import type { Slack } from './slack.ts';
import { environmentName } from './texts.ts';

/** Endings the one who asked was told by the answer to the request itself, or made. */
const KNOWN_AT_ONCE = new Set<Decision['by']>(['requester', 'rule', 'policy', 'nobody-to-ask']);
/** What runs because nobody objected was decided long after it asked. */
const isKnown = (view: RequestView, { by }: Decision): boolean =>
  KNOWN_AT_ONCE.has(by) && !(by === 'rule' && view.whenUnanswered === 'allow');
/** A reply belongs under the card; after these tries it goes without it. */
const TRIES_FOR_THE_CARD = 3;

/** Tells the people who asked how their request ended: under its card, or directly when they are not in the channel. */
export async function tellRequester(slack: Slack, due: DueMessage): Promise<void> {
  const { db } = slack.deps.database;
  try {
    const view = await viewRequest(db, due.requestId);
    if (!view?.decision || isKnown(view, view.decision)) return void (await finishMessages(db, [due.id]));
    const card = (await cardsOf(db, view.id)).find(({ ts }) => ts !== null);
    if (!card && due.attempts < TRIES_FOR_THE_CARD)
      return void (await postponeMessages(db, [due.id], 1, null));
    await send(slack, view, card ?? null);
    await finishMessages(db, [due.id]);
  } catch (error) {
    const { afterSeconds, problem } = postponementOf(error, {
      attempts: due.attempts,
      channel: 'direct messages',
    });
    const final = refusalCode(error) !== null;
    const said = problem ?? 'Slack does not answer';
    slack.deps.observe({
      kind: 'not-delivered',
      requestId: due.requestId,
      way: 'slack',
      problem: said,
      final,
    });
    if (final) return void (await finishMessages(db, [due.id], problem));
    await postponeMessages(db, [due.id], afterSeconds, problem);
  }
}

async function send(slack: Slack, view: RequestView, card: CardRow | null): Promise<void> {
  const people = slackUsersOf(view.requester.people);
  const here = card ? await inChannel(slack, card.channel, people) : [];
  if (card?.ts && here.length > 0) {
    await slack.client.chat.postMessage({
      channel: card.channel,
      thread_ts: card.ts,
      ...ended(view, here, null),
      unfurl_links: false,
      unfurl_media: false,
    });
  }
  for (const person of people.filter((id) => !here.includes(id))) {
    await byDirectMessage(slack, person, ended(view, [], card?.permalink ?? null));
  }
}

/** When Slack does not say who is in the channel, everybody is told directly. */
async function inChannel(slack: Slack, channel: string, people: string[]): Promise<string[]> {
  const members = await slack.membersOf(channel).catch(() => new Set<string>());
  return people.filter((id) => members.has(id));
}

function ended(view: RequestView, mentioned: string[], permalink: string | null): Message {
  const environment = environmentName(view.environment);
  const reason = view.decision?.reason?.trim();
  const card: Inline[] = permalink ? [{ type: 'link', url: permalink, text: 'Open the card' }] : [];
  return {
    text: `Your request was ${view.state}.`,
    blocks: [
      richText(
        lines(
          [
            ...mentions(mentioned),
            text('Your request on '),
            bold(environment),
            text(' was '),
            bold(`${view.state} ${endedBy(view)}`.trim()),
            text('.'),
          ],
          mentioned.length > 0 ? [] : [code(said(shownCommand(view.command), 200))],
          card,
        ),
        ...(reason ? [quote(text(quotedWords(reason, 1000, 10)))] : []),
      ),
    ],
  };
}
