import type { RequestView } from '../core/request.ts';
import { namesOf } from '../core/wording.ts';
import type { ThreadTopic } from '../store/schema.ts';
import {
  bold,
  date,
  escaped,
  type Inline,
  lines,
  type Message,
  quote,
  quotedWords,
  richText,
  said,
  text,
} from './blocks.ts';
import type { Place } from './cards.ts';
import { actions, button } from './cards.ts';
import { alarm, owesRetrospective } from './emergency-words.ts';
import type { Reply } from './escalation-messages.ts';
import { mentions, slackUsersOf } from './mentions.ts';
import { environmentName } from './texts.ts';

/** What is said under the card of a request when something happens that people should see. */
export function threadMessage(
  view: RequestView,
  topic: ThreadTopic | undefined,
  { environment, deciders }: Place,
): Reply {
  const place = escaped(environmentName(environment.name));
  switch (topic?.topic) {
    case 'question':
      return under(questionAsked(view, topic.questionId));
    case 'answer':
      return under(questionAnswered(view, topic.questionId));
    case 'acknowledged':
      return under(
        plainly(`${topic.by ?? 'Somebody on call'} has the page.`, [
          bold(said(topic.by ?? 'Somebody on call', 80)),
          text(' has the page and decides here or on the page. Nobody else is paged; it still ends '),
          date(view.expiresAt, '{time}'),
          text('.'),
        ]),
      );
    case 'emergency':
      return {
        message: plainly(`${alarm(view)}${place}: it waits for an answer.`, [
          { type: 'broadcast', range: 'channel' },
          text(' this is an '),
          bold('emergency'),
          text(`. Only its emergency list may approve it: ${said(deciders, 200)}.`),
          text(environment.emergency?.page ? ' Whoever is on call is paged.' : ''),
        ]),
        broadcast: true,
      };
    case 'retrospective-due':
      return { message: retrospectiveDue(view, topic), broadcast: topic.hoursLeft <= 1 };
    case 'retrospective-done':
      return under(
        plainly('The retrospective is given.', [
          text('The retrospective of this emergency was given by '),
          bold(said(view.retrospective?.closedByName ?? 'somebody', 60)),
          text('. Details shows it.'),
        ]),
      );
    case undefined:
      return under(plainly('Something changed.', [text('Something changed here.')]));
  }
}

const under = (message: Message): Reply => ({ message, broadcast: false });

const plainly = (fallback: string, ...each: Inline[][]): Message => ({
  text: escaped(fallback),
  blocks: [richText(lines(...each))],
});

function questionAsked(view: RequestView, questionId: number): Message {
  const question = view.questions.find(({ id }) => id === questionId);
  const people = slackUsersOf(view.requester.people);
  const message: Message = {
    text: 'A reviewer asks something about this request.',
    blocks: [
      richText(
        lines([...mentions(people), bold(said(question?.askedByName ?? 'A reviewer', 60)), text(' asks:')]),
        quote(text(quotedWords(question?.text ?? '', 1000, 12))),
        ...(people.length === 0
          ? [lines([text('Gatehouse does not know who asked for it in Slack: answer in this thread.')])]
          : []),
      ),
    ],
  };
  if (people.length === 0 || view.state !== 'pending') return message;
  const answer = {
    ...button(view, 'answer', 'Answer', 'primary'),
    value: JSON.stringify([view.id, questionId]),
  };
  return { ...message, blocks: [...message.blocks, actions({ id: `${view.id}/q${questionId}` }, [answer])] };
}

function questionAnswered(view: RequestView, questionId: number): Message {
  const question = view.questions.find(({ id }) => id === questionId);
  return {
    text: 'The question was answered.',
    blocks: [
      richText(
        lines([bold(said(question?.answeredByName ?? 'The requester', 60)), text(' answers:')]),
        quote(text(quotedWords(question?.answer ?? '', 1000, 12))),
      ),
    ],
  };
}

function retrospectiveDue(
  view: RequestView,
  { hoursLeft, paged }: { hoursLeft: number; paged?: boolean },
): Message {
  const { people: behind, declaredBy } = view.requester;
  const owing = new Set([...behind, ...(declaredBy ? [declaredBy] : [])]);
  const people = slackUsersOf([...owing]);
  const when =
    hoursLeft > 0
      ? `is due in ${hoursLeft} hour${hoursLeft === 1 ? '' : 's'}`
      : `is overdue${paged ? '; whoever is on call is paged' : ''}`;
  const who =
    people.length === 0
      ? [text(`${namesOf([{ name: view.requester.actor ?? view.requester.tokenName }])}: `)]
      : [];
  return {
    text: `The retrospective of an emergency ${when}.`,
    blocks: [
      richText(
        lines([
          ...mentions(people),
          ...who,
          text('the retrospective of this emergency '),
          bold(when),
          text(
            '. Until it is given, there is no other emergency of the same people and no new rule in this environment.',
          ),
        ]),
      ),
      // A reminder that was late may come after it was given.
      ...(owesRetrospective(view)
        ? [
            actions({ id: `${view.id}/retro/${hoursLeft}` }, [
              button(view, 'retrospective', 'Give the retrospective', 'primary'),
            ]),
          ]
        : []),
    ],
  };
}
