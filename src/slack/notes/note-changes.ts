import type { Deps } from '../../gate/deps.ts';
import type { NoteChanged, Seen } from '../../gate/notes/change-note.ts';
import { editNote } from '../../gate/notes/edit-note.ts';
import { pinNote } from '../../gate/notes/pin-note.ts';
import { restoreNote } from '../../gate/notes/restore-note.ts';
import { retireNote } from '../../gate/notes/retire-note.ts';
import { unpinNote } from '../../gate/notes/unpin-note.ts';
import type { Author } from '../../gate/rules.ts';
import { findNote, type NoteRow } from '../../store/runbook.ts';
import { type Asker, replaceAnswer, sentence, tell } from '../answers.ts';
import { bold, type Message, section } from '../blocks.ts';
import type { Click } from '../clicks.ts';
import { noticeModal } from '../modals.ts';
import type { Clicker } from '../people.ts';
import { mayChangeRules } from '../rule-author.ts';
import type { Slack } from '../slack.ts';
import { lookingAt, notePage } from './note-list.ts';
import { type Carried, EDIT_TITLE, editModal } from './note-modal.ts';
import { aboutNote, noteButton, RESTORE_NOTE } from './note-shown.ts';

const GONE = 'There is no such note any more. /gate notes lists them.';
const CHANGED = 'Somebody has changed this note meanwhile. This is how it stands now.';

type Verb = (deps: Deps, author: Author, seen: Seen) => Promise<NoteChanged>;

/** Pins, unpins, retires or restores the note of a button, and shows the list as it is then. */
const changed =
  (verb: Verb, did: string, canUndo: boolean) =>
  async (slack: Slack, click: Click): Promise<void> => {
    const { seen, looking } = carriedBy(click.requestId);
    const author = await authorFor(slack, click, seen.id);
    if (!author) return;
    const done = await verb(slack.deps, author, seen);
    if (!done.ok && done.code !== 'note-changed') return tell(slack, click.asker, sentence(GONE));
    const said = done.ok ? section(bold(`${did}: `), ...aboutNote(done.note)) : section(bold(CHANGED));
    const undo = done.ok && canUndo ? noteButton(RESTORE_NOTE, 'Undo', done.note, looking) : undefined;
    const page = await notePage(slack, click.asker.userId, looking, { part: said, undo });
    await replaceAnswer(slack, click.asker, page);
  };

export const pinPressed = changed(pinNote, '📌 Pinned', false);
export const unpinPressed = changed(unpinNote, 'Unpinned', false);
export const retirePressed = changed(retireNote, 'Retired', true);
export const restorePressed = changed(restoreNote, 'Restored', false);

/** Opens the modal at once, because its trigger lives for three seconds, and then asks Slack who this is. */
export async function editPressed(slack: Slack, click: Click): Promise<void> {
  const { seen, looking } = carriedBy(click.requestId);
  const opened = await slack.client.views.open({
    trigger_id: click.triggerId,
    view: noticeModal(EDIT_TITLE, sentence('One moment …')),
  });
  const note = await findNote(slack.deps.database.db, seen.id);
  const { refused } = note
    ? await mayChangeRules(slack, click.clicker, note.environment)
    : { refused: sentence(GONE) };
  const { channel, responseUrl } = click.asker;
  const view =
    refused || !note
      ? noticeModal(EDIT_TITLE, refused ?? sentence(GONE))
      : editModal(note, { looking, channel, responseUrl });
  await slack.client.views.update({ view_id: opened.view?.id ?? '', view });
}

export interface EditSubmission {
  carried: Carried;
  words: string;
  clicker: Clicker;
  asker: Asker;
}

/** What keeps new words from being saved, for the modal; null: nothing. */
export async function editFault(slack: Slack, { carried, words }: EditSubmission): Promise<string | null> {
  if (words.trim() === '') return 'Write what others should know.';
  const note = await findNote(slack.deps.database.db, carried.id);
  if (!note) return GONE;
  return note.version === carried.version
    ? null
    : 'Somebody has changed this note meanwhile. Close this and look again.';
}

/** Saves the new words, if this person may, and shows the list with them. */
export async function editSubmitted(slack: Slack, given: EditSubmission): Promise<void> {
  const { carried, words, asker } = given;
  const author = await authorFor(slack, given, carried.id);
  if (!author) return;
  const done = await editNote(slack.deps, author, { id: carried.id, version: carried.version, text: words });
  if (!done.ok) return tell(slack, asker, sentence(done.code === 'note-changed' ? CHANGED : GONE));
  const part = section(bold('Edited: '), ...aboutNote(done.note));
  await replaceAnswer(slack, asker, await notePage(slack, asker.userId, carried.looking, { part }));
}

/** Who may change this note; null: they have been told why not. */
async function authorFor(
  slack: Slack,
  { clicker, asker }: { clicker: Clicker; asker: Asker },
  id: string,
): Promise<Author | null> {
  const note: NoteRow | null = await findNote(slack.deps.database.db, id);
  const unknown: { author: null; refused: Message } = { author: null, refused: sentence(GONE) };
  const { author, refused } = note ? await mayChangeRules(slack, clicker, note.environment) : unknown;
  if (refused) await tell(slack, asker, refused);
  return author;
}

function carriedBy(value: string): { seen: Seen; looking: ReturnType<typeof lookingAt> } {
  const { id, version } = JSON.parse(value) as Partial<Seen>;
  return { seen: { id: String(id ?? ''), version: Number(version) }, looking: lookingAt(value) };
}
