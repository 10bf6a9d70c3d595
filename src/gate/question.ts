import { eq } from 'drizzle-orm';
import { redactText } from '../core/command/redact.ts';
import type { Voter } from '../core/request.ts';
import { whyNoReviewer } from '../core/request.ts';
import type { Tx } from '../store/database.ts';
import { orderMessages } from '../store/outbox.ts';
import { answerTo, findQuestion, insertQuestion } from '../store/questions.ts';
import type { RequestRow } from '../store/requests.ts';
import { requests } from '../store/schema.ts';
import { delaySteps } from '../store/steps.ts';
import { setTimer } from '../store/timers.ts';
import { type Answered, act } from './answered.ts';
import type { Deps } from './deps.ts';
import { setLadderTimer } from './ladder.ts';

const LONGEST = 1000;

/**
 * "Ask": a question of a reviewer to the one who asked, under the card. It holds up the ladder until it is answered,
 * for some minutes at most in all, so that nobody is paged while two people talk. The deadline stays.
 */
export const askBack = (
  deps: Deps,
  { requestId, voter, text }: { requestId: string; voter: Voter; text: string },
): Promise<Answered> =>
  act(deps, requestId, async ({ tx, row, now }) => {
    const refused = whyNoReviewer(voter);
    if (refused) return { refused };
    const said = redactText(text.trim()).slice(0, LONGEST);
    if (said === '') return { refused: 'nothing-asked' };
    const question = await insertQuestion(tx, {
      requestId: row.id,
      askedBy: voter.subject,
      askedByName: voter.name,
      text: said,
    });
    await holdUp(tx, deps, row, now);
    await orderMessages(tx, [
      {
        requestId: row.id,
        key: `question/${question.id}`,
        kind: 'thread',
        payload: { version: row.version, says: { topic: 'question', questionId: question.id } },
      },
    ]);
    return { type: 'asked-back', facts: { subjectId: voter.subject, name: voter.name, question: said } };
  });

/** Somebody behind the request; what they say is theirs. */
export interface Answerer {
  userId: string;
  subject: string;
  name: string;
}

/** The answer of the one who asked. The ladder goes on where it was held up. */
export const answerQuestion = (
  deps: Deps,
  given: { requestId: string; questionId: number; person: Answerer; text: string },
): Promise<Answered> =>
  act(deps, given.requestId, async ({ tx, row, now }) => {
    const { person } = given;
    const question = await findQuestion(tx, given.questionId);
    const said = redactText(given.text.trim()).slice(0, LONGEST);
    if (question?.requestId !== row.id || said === '') return { refused: 'nothing-asked' };
    if (!row.requester.people.includes(person.userId)) return { refused: 'not-asked' };
    if (question.answeredAt) return { refused: 'answered-before' };
    await answerTo(tx, question.id, {
      answer: said,
      answeredBy: person.subject,
      answeredByName: person.name,
    });
    if (row.pausedUntil) {
      await resumeWithin(tx, row, now);
      await setLadderTimer(tx, deps, { ...row, pausedUntil: null }, now);
    }
    await orderMessages(tx, [
      {
        requestId: row.id,
        key: `answer/${question.id}`,
        kind: 'thread',
        payload: { version: row.version, says: { topic: 'answer', questionId: question.id } },
      },
    ]);
    return {
      type: 'answered',
      facts: { subjectId: person.subject, name: person.name, question: question.text, answer: said },
    };
  });

/** Holds the ladder up as long as its environment allows in all; a second question does not begin anew. */
async function holdUp(tx: Tx, deps: Deps, row: RequestRow, now: Date): Promise<void> {
  if (row.pausedUntil) return;
  const allowed = (deps.environments.get(row.environment)?.questionPauseSeconds ?? 0) - row.pausedSeconds;
  if (allowed <= 0) return;
  const pausedUntil = new Date(now.getTime() + allowed * 1000);
  await tx.update(requests).set({ pausedAt: now, pausedUntil }).where(eq(requests.id, row.id));
  await setTimer(tx, 'escalate', row.id, allowed);
}

/** The ladder goes on: what is to come comes later by as long as it was held up. */
export async function resumeWithin(tx: Tx, row: RequestRow, now: Date): Promise<void> {
  const from = row.pausedAt ?? now;
  const until = row.pausedUntil && row.pausedUntil < now ? row.pausedUntil : now;
  const seconds = Math.max(0, Math.round((until.getTime() - from.getTime()) / 1000));
  await delaySteps(tx, row.id, seconds, row.expiresAt);
  await tx
    .update(requests)
    .set({ pausedAt: null, pausedUntil: null, pausedSeconds: row.pausedSeconds + seconds })
    .where(eq(requests.id, row.id));
}
