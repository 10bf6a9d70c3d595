import type { SlashCommand } from '@slack/bolt';
import type { ActionsBlock, Button } from '@slack/types';
import { topicName } from '../../core/runbook/topic.ts';
import { grouped } from '../../core/wording.ts';
import { proposalsFor } from '../../gate/notes/proposals.ts';
import { countNotes, listNotes } from '../../store/runbook.ts';
import { sentence } from '../answers.ts';
import {
  bold,
  bullets,
  code,
  cut,
  type Inline,
  type Message,
  type Part,
  richText,
  said,
  section,
  text,
} from '../blocks.ts';
import { here } from '../check.ts';
import { plain } from '../modals.ts';
import { seenBy } from '../seen-by.ts';
import type { Slack } from '../slack.ts';
import { banner, environmentName } from '../texts.ts';
import { splitEnvironment } from '../typed.ts';
import { type Looking, noteBlocks } from './note-shown.ts';

const PER_PAGE = 8;
const LAST_PAGE = 1000;
const PROPOSALS_NAMED = 3;
export const NEXT_NOTES = 'notes-next';
export const PREVIOUS_NOTES = 'notes-previous';

/** `/gate notes [words] [in <environment>]`: the notes of the environment that asks in this channel. */
export async function notesTyped(slack: Slack, command: SlashCommand, typed: string): Promise<Message> {
  const { words, environment } = splitEnvironment(typed, [...slack.deps.environments.keys()]);
  const seen = await seenBy(slack, command.user_id);
  const place = environment ?? (await here(slack, command.channel_id, seen))?.name;
  if (place === undefined) return sentence('You are in no channel that Gatehouse asks in.');
  return notePage(slack, command.user_id, { search: words.slice(0, 200), environment: place, page: 1 });
}

/** A page of the notes of an environment, for one person. `done`: what they have just done. */
export async function notePage(
  slack: Slack,
  userId: string,
  looking: Looking,
  done: { part: Part; undo?: Button } | null = null,
): Promise<Message> {
  const { environment, search, page } = looking;
  const place = (await seenBy(slack, userId)).find(({ name }) => name === environment);
  if (!place) return sentence(`You do not see what is asked for ${environmentName(environment)}.`);
  const { db } = slack.deps.database;
  const filter = { environments: [environment], ...(search !== '' && { search }) };
  const total = await countNotes(db, filter);
  // The last note of a page may just have been retired.
  const shownPage = Math.min(page, Math.max(1, Math.ceil(total / PER_PAGE)));
  const notes = await listNotes(db, { ...filter, limit: PER_PAGE, offset: (shownPage - 1) * PER_PAGE });
  const at = { ...looking, page: shownPage };
  return {
    text: 'The runbook',
    blocks: [
      ...(done ? [richText(done.part), ...(done.undo ? [row('undo', [done.undo])] : [])] : []),
      richText(section(...heading(banner(place), search, total))),
      ...notes.flatMap((note) => noteBlocks(note, at)),
      ...turning(at, total),
      ...(await proposed(slack, environment)),
    ],
  };
}

function heading(place: string, search: string, total: number): Inline[] {
  const what = search === '' ? '' : ` with “${said(search, 100)}”`;
  if (total > 0)
    return [
      bold(place),
      text(
        `: ${grouped(total)} ${total === 1 ? 'note' : 'notes'}${what}. Cards of similar commands show them.`,
      ),
    ];
  return [bold(place), text(`: no notes${what}. The reason of a denial becomes one.`)];
}

/** What was denied so often that a policy could say so: an administrator has the lines for it. */
async function proposed(slack: Slack, environment: string) {
  const proposals = await proposalsFor(slack.deps.database.db, slack.deps, environment);
  if (proposals.length === 0) return [];
  const named = proposals
    .slice(0, PROPOSALS_NAMED)
    .map(({ topic, denials }) => [code(said(topicName(topic), 100)), text(` was denied ${denials} times`)]);
  return [
    richText(
      section(
        bold('A policy could say so before anybody is asked'),
        text(', as '),
        code('gate notes proposals'),
        text(' prints it:'),
      ),
      bullets(named),
    ),
  ];
}

function turning(looking: Looking, total: number): ActionsBlock[] {
  const { page } = looking;
  const elements = [
    ...(page > 1 ? [turn(PREVIOUS_NOTES, 'Previous', { ...looking, page: page - 1 })] : []),
    ...(page * PER_PAGE < total ? [turn(NEXT_NOTES, 'Next', { ...looking, page: page + 1 })] : []),
  ];
  return elements.length > 0 ? [row('notes', elements)] : [];
}

const row = (id: string, elements: Button[]): ActionsBlock => ({ type: 'actions', block_id: id, elements });

const turn = (action: string, words: string, looking: Looking): Button => ({
  type: 'button',
  action_id: action,
  value: JSON.stringify({ ...looking, search: cut(looking.search, 200) }),
  text: plain(words),
});

/** What a button of the list carries. */
export function lookingAt(value: string): Looking {
  const { search, environment, page } = JSON.parse(value) as Partial<Looking>;
  return {
    search: String(search ?? ''),
    environment: String(environment ?? ''),
    page: Math.min(LAST_PAGE, Math.max(1, Math.trunc(Number(page)) || 1)),
  };
}
