import type { ModalView } from '@slack/types';
import { LONGEST_NOTE } from '../../gate/notes/edit-note.ts';
import type { NoteRow } from '../../store/runbook.ts';
import { bold, lines, richText, said, text } from '../blocks.ts';
import { plain } from '../modals.ts';
import { aboutNote, type Looking } from './note-shown.ts';

export const EDIT_TITLE = 'Edit a note';
export const NOTE_EDITED = 'note-edited';

/** What the modal carries to its submission: the note as it was shown, and the list it was opened from. */
export interface Carried {
  id: string;
  version: number;
  looking: Looking;
  channel: string | null;
  responseUrl: string | null;
}

export const editModal = (note: NoteRow, from: Omit<Carried, 'id' | 'version'>): ModalView => ({
  type: 'modal',
  callback_id: NOTE_EDITED,
  private_metadata: JSON.stringify({ ...from, id: note.id, version: note.version }),
  title: plain(EDIT_TITLE),
  submit: plain('Save'),
  close: plain('Cancel'),
  blocks: [
    richText(
      lines([bold('About '), ...aboutNote(note), text(`, first said by ${said(note.authorName, 60)}`)]),
    ),
    {
      type: 'input',
      block_id: 'words',
      label: plain('What should others know?'),
      hint: plain(
        'Whoever asks for a command like this reads it before they wait. What should they do instead?',
      ),
      element: {
        type: 'plain_text_input',
        action_id: 'words',
        multiline: true,
        max_length: LONGEST_NOTE,
        initial_value: note.text,
      },
    },
  ],
});
