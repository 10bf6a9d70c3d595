import type { App, SlashCommand } from '@slack/bolt';
import { shownCommand } from '../core/command/shown.ts';
import { environmentOf } from '../gate/environment-asked.ts';
import { cardsOf } from '../store/cards.ts';
import { findByPrefix, listRequests, type RequestRow, viewRequest } from '../store/requests.ts';
import { type Asker, sentence, tell } from './answers.ts';
import {
  bold,
  bullets,
  code,
  date,
  type Inline,
  type Message,
  richText,
  said,
  section,
  text,
} from './blocks.ts';
import { actions, button, card } from './cards.ts';
import { checkTyped } from './check.ts';
import { refusedPerson } from './may-ask.ts';
import { meTyped, openMe } from './me.ts';
import { notesTyped } from './notes/note-list.ts';
import { placeOf } from './place.ts';
import { addTyped } from './rule-add.ts';
import { rulesAnswer } from './rule-typed.ts';
import { seenBy } from './seen-by.ts';
import type { Slack } from './slack.ts';
import { banner } from './texts.ts';
import { readTyped, type Typed } from './typed.ts';

const PER_PAGE = 10;
const FAILED = 'That did not work. Try again.';

/** `/gate …`: every answer is private. */
export function commands(app: App, slack: Slack): void {
  app.command(/^\/gate\b/, async ({ ack, command }) => {
    await ack();
    const asker = { userId: command.user_id, channel: command.channel_id, responseUrl: command.response_url };
    await answer(slack, command, asker).catch(async (error) => {
      slack.deps.observe({ kind: 'fault', where: 'Slack: /gate', error });
      await tell(slack, asker, sentence(FAILED));
    });
  });
}

async function answer(slack: Slack, command: SlashCommand, asker: Asker): Promise<void> {
  const typed = readTyped(command.text);
  // These modals have to open before anything that takes time.
  if (typed.word === 'rules' && typed.does === 'add') return addTyped(slack, command, asker, typed.rest);
  if (typed.word === 'me' && typed.rest === '') return openMe(slack, command, asker);
  const mayAsk =
    typed.word === 'help' || typed.word === 'unknown' ? null : await refusedPerson(slack, command);
  await tell(slack, asker, mayAsk ?? (await answerTo(slack, command, typed)));
}

function answerTo(slack: Slack, command: SlashCommand, typed: Typed): Message | Promise<Message> {
  switch (typed.word) {
    case 'help':
      return help();
    case 'unknown':
      return help(typed);
    case 'pending':
      return pending(slack, command.user_id, typed.page);
    case 'show':
      return show(slack, command.user_id, typed.id);
    case 'check':
      return checkTyped(slack, command, typed.command);
    case 'rules':
      return rulesAnswer(slack, command, typed);
    case 'notes':
      return notesTyped(slack, command, typed.rest);
    case 'me':
      return meTyped(slack, command.user_id, typed.rest);
  }
}

function help(unknown?: { typed: string; nearest: string | null }): Message {
  const meant = unknown?.nearest ? [text(' Did you mean '), code(`/gate ${unknown.nearest}`), text('?')] : [];
  const first = unknown
    ? [section(text('There is no '), code(`/gate ${said(unknown.typed, 40)}`), text('.'), ...meant)]
    : [];
  return {
    text: 'What /gate does',
    blocks: [
      richText(
        ...first,
        bullets([
          [code('/gate pending'), text(' what waits for an answer')],
          [code('/gate show <id>'), text(' one request, also a decided one')],
          [
            code('/gate check <command> [in <environment>]'),
            text(' what would become of a command; nothing is asked or run'),
          ],
          [
            code('/gate rules'),
            text(' suggestions of the night, and what passes without asking; '),
            code('/gate rules help'),
            text(' to change it'),
          ],
          [
            code('/gate notes [words] [in <environment>]'),
            text(' the runbook: what people want you to know first'),
          ],
          [code('/gate me'), text(' when you want quiet, and how you are told')],
        ]),
      ),
    ],
  };
}

async function pending(slack: Slack, userId: string, page: number): Promise<Message> {
  const environments = (await seenBy(slack, userId)).map(({ name }) => name);
  const found = await listRequests(slack.deps.database.db, {
    state: 'pending',
    environments,
    limit: page * PER_PAGE + 1,
  });
  const shown = found.slice((page - 1) * PER_PAGE, page * PER_PAGE);
  if (shown.length === 0) return sentence('Nothing waits for an answer in your channels.');
  const rows = await Promise.all(shown.map((row) => pendingLine(slack, row)));
  const more =
    found.length > page * PER_PAGE ? [section(text('Older ones: '), code(`/gate pending ${page + 1}`))] : [];
  return {
    text: 'Waiting for an answer',
    blocks: [richText(section(bold('Waiting for an answer')), bullets(rows), ...more)],
  };
}

async function pendingLine(slack: Slack, row: RequestRow): Promise<Inline[]> {
  const posted = (await cardsOf(slack.deps.database.db, row.id)).find(({ permalink }) => permalink !== null);
  const link: Inline[] = posted?.permalink
    ? [text(' '), { type: 'link', url: posted.permalink, text: 'Open' }]
    : [];
  return [
    text(`${banner(environmentOf(slack.deps, row.environment))} `),
    code(said(shownCommand(row.command), 100)),
    text(` ${row.assessment.level}, asked `),
    date(row.createdAt, '{ago}'),
    text(', '),
    code(shortId(row.id)),
    ...link,
  ];
}

/** What people type: `show` finds a request by it. */
const shortId = (id: string): string => id.replace(/^req_/, '').slice(0, 8);

async function show(slack: Slack, userId: string, id: string): Promise<Message> {
  const { db } = slack.deps.database;
  const found = await findByPrefix(db, id);
  const names = (await seenBy(slack, userId)).map(({ name }) => name);
  const seen = found.filter((row) => names.includes(row.environment));
  const unknown = 'No request of your channels has this id. Type at least its first six characters.';
  if (seen.length === 0) return sentence(unknown);
  if (seen.length > 1) return sentence('Several requests begin like this. Type more of the id.');
  const view = await viewRequest(db, seen[0]?.id ?? '');
  if (!view) return sentence(unknown);
  const message = card(view, await placeOf(slack, view));
  // Deciding stays on the card, where everybody sees it.
  const blocks = message.blocks.filter((block) => block.type !== 'actions');
  return { text: message.text, blocks: [...blocks, actions(view, [button(view, 'details', 'Details')])] };
}
