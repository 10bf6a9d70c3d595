import { asc, eq, sql } from 'drizzle-orm';
import type { Question } from '../core/request.ts';
import type { Db, Tx } from './database.ts';
import { questions } from './schema.ts';

export type QuestionRow = typeof questions.$inferSelect;

export async function insertQuestion(
  tx: Tx,
  given: { requestId: string; askedBy: string; askedByName: string; text: string },
): Promise<QuestionRow> {
  const [row] = await tx
    .insert(questions)
    .values({ ...given, askedAt: sql`now()` })
    .returning();
  if (!row) throw new Error('the question was not stored');
  return row;
}

export async function findQuestion(db: Db | Tx, id: number): Promise<QuestionRow | null> {
  const [row] = await db.select().from(questions).where(eq(questions.id, id));
  return row ?? null;
}

/** Everything that was asked about a request, the oldest first. */
export const questionsOf = (db: Db | Tx, requestId: string): Promise<Question[]> =>
  db.select().from(questions).where(eq(questions.requestId, requestId)).orderBy(asc(questions.id));

export const answerTo = (
  tx: Tx,
  id: number,
  given: { answer: string; answeredBy: string; answeredByName: string },
) =>
  tx
    .update(questions)
    .set({ ...given, answeredAt: sql`now()` })
    .where(eq(questions.id, id));
