import type { LadderView } from '../core/escalation.ts';
import { type Note, type Question, type Vote, wasDecidedAtOnce } from '../core/request.ts';
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

export const NOTHING_BESIDE: Beside = {
  votes: [],
  cards: [],
  ladder: { rungs: [], pausedUntil: null },
  questions: [],
  notes: [],
};

export async function readBeside(db: Db, row: RequestRow): Promise<Beside> {
  if (wasDecidedAtOnce(row)) return NOTHING_BESIDE;
  const isPending = row.state === 'pending';
  // While it waits with others that ask the same, people vote on all of them at once.
  const decidedAs = (isPending && row.leaderId) || row.id;
  // A request that nothing has changed yet has no votes of its own, and nobody was told of it.
  const isChanged = row.version > 1;
  const [votes, cards, ladder, questions, notes] = await Promise.all([
    isChanged || decidedAs !== row.id ? votesOf(db, decidedAs) : [],
    cardsOf(db, row.id),
    isChanged ? viewLadder(db, row) : NOTHING_BESIDE.ladder,
    isChanged ? questionsOf(db, row.leaderId ?? row.id) : [],
    isPending ? notesOn(db, row) : [],
  ]);
  return { votes, cards, ladder, questions, notes };
}
