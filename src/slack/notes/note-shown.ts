import type { Button, KnownBlock } from '@slack/types';
import type { NoteRow } from '../../store/runbook.ts';
import {
  code,
  cut,
  date,
  dotted,
  type Inline,
  lines,
  quote,
  quotedWords,
  richText,
  said,
  text,
} from '../blocks.ts';
import { plain } from '../modals.ts';
import { noteOrigin } from './note-origin.ts';

export const EDIT_NOTE = 'edit-note';
export const PIN_NOTE = 'pin-note';
export const UNPIN_NOTE = 'unpin-note';
export const RETIRE_NOTE = 'retire-note';
export const RESTORE_NOTE = 'restore-note';

/** Which notes somebody looks at. */
export interface Looking {
  search: string;
  environment: string;
  page: number;
}

/** One note of the list: what it is about, what it says, from whom, and what one may do to it. */
export const noteBlocks = (note: NoteRow, looking: Looking): KnownBlock[] => [
  richText(
    lines([...(note.pinnedAt ? [text('📌 ')] : []), ...aboutNote(note)]),
    quote(text(quotedWords(note.text, 1000, 12))),
    lines(
      dotted([
        noteOrigin({ denials: note.denials, by: note.authorName, at: note.deniedAt ?? note.createdAt }),
        edited(note),
        note.project === '*' ? [text('every project')] : [text(`project ${said(note.project, 60)}`)],
      ]),
    ),
  ),
  {
    type: 'actions',
    block_id: cut(`note:${note.id}`, 255),
    elements: [
      noteButton(EDIT_NOTE, 'Edit', note, looking),
      note.pinnedAt
        ? noteButton(UNPIN_NOTE, 'Unpin', note, looking)
        : noteButton(PIN_NOTE, 'Pin', note, looking),
      noteButton(RETIRE_NOTE, 'Retire', note, looking),
    ],
  },
];

/** `kubectl delete` `namespace/shop` */
export const aboutNote = ({ family, target }: Pick<NoteRow, 'family' | 'target'>): Inline[] => [
  code(said(family, 100)),
  ...(target === null ? [] : [text(' '), code(said(target, 120))]),
];

const edited = ({ editedAt, editedByName }: NoteRow): Inline[] =>
  editedAt
    ? [
        text(`edited by ${said(editedByName ?? '', 40) || 'somebody'} `),
        date(editedAt, '{date_short_pretty}'),
      ]
    : [];

/** A button about a note as it was shown, with the page to come back to. */
export const noteButton = (
  action: string,
  words: string,
  { id, version }: Pick<NoteRow, 'id' | 'version'>,
  looking: Looking,
): Button => ({
  type: 'button',
  action_id: action,
  value: JSON.stringify({ ...looking, search: cut(looking.search, 200), id, version }),
  text: plain(words),
});
