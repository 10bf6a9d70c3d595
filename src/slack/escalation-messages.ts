import { shownCommand } from '../core/command/shown.ts';
import type { RequestView } from '../core/request.ts';
import {
  bold,
  code,
  date,
  escaped,
  type Inline,
  lines,
  type Message,
  richText,
  said,
  text,
} from './blocks.ts';
import { alarm } from './emergency-words.ts';
import { ladderLines } from './ladder.ts';
import { mentions } from './mentions.ts';
import { environmentName } from './texts.ts';

/** A message under a card; `broadcast`: it shows in the channel, too. */
export interface Reply {
  message: Message;
  broadcast: boolean;
}

/** Mentions the reviewers under the card: by name, or, when they are many, whoever is in the channel now. */
export function mentionMessage(view: RequestView, reviewers: string[] | 'everybody'): Reply {
  const isEverybody = reviewers === 'everybody';
  const named: Inline[] = isEverybody
    ? [{ type: 'broadcast', range: 'here' }, text(' ')]
    : mentions(reviewers);
  const next = ladderLines(view).slice(-1);
  return {
    message: {
      text: `${alarm(view)}${escaped(environmentName(view.environment))}: nobody has answered yet.`,
      blocks: [
        richText(
          lines(
            [
              ...named,
              ...(view.emergency ? [bold('this is an emergency, only its list may approve it. ')] : []),
              text(`${view.emergency ? 'Nobody' : 'nobody'} has answered this yet. It waits until `),
              date(view.expiresAt, '{time}'),
              text('.'),
            ],
            ...(view.ladder.rungs.some(({ takenAt }) => takenAt === null) ? next : []),
          ),
        ),
      ],
    },
    broadcast: isEverybody,
  };
}

/** Tells a backup of what waits: of one command all that fits, of many how many and the first. */
export function directMessage(
  views: RequestView[],
  { url, permalink }: { url: string; permalink: string | null },
): Message {
  const [first] = views;
  if (!first) throw new Error('a message about nothing');
  const many = views.length > 1;
  const what = many ? `${views.length} requests wait` : 'a request waits';
  const place = environmentName(first.environment);
  const page = many ? `${url}/requests` : `${url}/requests/${first.id}`;
  return {
    text: `${alarm(first)}${escaped(place)}: ${what} for an answer.`,
    blocks: [
      richText(
        lines(
          [
            bold(`${alarm(first)}${place}`),
            text(`: ${what} for an answer, and nobody has given one. `),
            text(first.emergency ? 'Only its emergency list may approve it.' : 'You are a backup for it.'),
          ],
          [
            code(said(shownCommand(first.command), 300)),
            text(`  ${first.assessment.level} risk (${first.assessment.score})`),
          ],
          [
            text(`Without an answer ${many ? 'the first' : 'it'} is denied at `),
            date(first.expiresAt, '{time}'),
            text('.'),
          ],
          [
            ...(permalink
              ? [{ type: 'link' as const, url: permalink, text: 'Open the card' }, text(' · ')]
              : []),
            { type: 'link' as const, url: page, text: many ? 'Open all of them' : 'Open the decision page' },
          ],
        ),
      ),
    ],
  };
}
