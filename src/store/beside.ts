import type { LadderView } from '../core/escalation.ts';
import type { Note, Question, Vote } from '../core/request.ts';
import { type CardRow, cardsOf } from './cards.ts';
import type { Db } from './database.ts';
import { questionsOf } from './questions.ts';
import { type RequestRow, votesOf } from './requests.ts';
import { notesOn } from './runbook.ts';
import { viewLadder } from './steps.ts';

/** What is shown beside a request: who is asked, and what they have done so far. */
export interface Beside {
  votes: Vote[];
  cards: CardRow[];
  ladder: LadderView;
  questions: Question[];
  notes: Note[];
}

/** Of what a rule let pass at once nobody was told. */
export const NOTHING_BESIDE: Beside = {
  votes: [],
  cards: [],
  ladder: { rungs: [], pausedUntil: null },
  questions: [],
  notes: [],
};

export async function readBeside(db: Db, row: RequestRow): Promise<Beside> {
  // Of a request that nothing has changed yet, nobody was told.
  const isChanged = row.version > 1;
  return {
    // While it waits with others that ask the same, people vote on all of them at once.
    votes: await votesOf(db, row.state === 'pending' ? (row.leaderId ?? row.id) : row.id),
    cards: await cardsOf(db, row.id),
    ladder: isChanged ? await viewLadder(db, row) : NOTHING_BESIDE.ladder,
    questions: isChanged ? await questionsOf(db, row.leaderId ?? row.id) : [],
    notes: row.state === 'pending' ? await notesOn(db, row) : [],
  };
}
