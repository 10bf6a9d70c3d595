import { and, desc, eq, inArray, isNull, like, ne, or, sql } from 'drizzle-orm';
import type { Suggestion } from '../core/learning/suggestion.ts';
import type { Db, Tx } from './database.ts';
import { type SuggestionState, suggestions } from './schema.ts';

export type SuggestionRow = typeof suggestions.$inferSelect;

export interface SuggestionFilter {
  /** By default those a person may answer: `open` and `half`. */
  states?: SuggestionState[];
  environments?: string[];
  projects?: string[];
  family?: string;
  limit?: number;
  offset?: number;
}

export const ANSWERABLE: SuggestionState[] = ['open', 'half'];

const wanted = ({ states = ANSWERABLE, environments, projects, family }: SuggestionFilter) =>
  and(
    inArray(suggestions.state, states),
    environments ? inArray(suggestions.environment, environments) : undefined,
    projects ? inArray(suggestions.project, projects) : undefined,
    family === undefined ? undefined : eq(suggestions.family, family),
  );

/** The most saving first. */
export const listSuggestions = (db: Db | Tx, filter: SuggestionFilter = {}): Promise<SuggestionRow[]> =>
  db
    .select()
    .from(suggestions)
    .where(wanted(filter))
    .orderBy(desc(suggestions.savesPerWeek), suggestions.id)
    .limit(filter.limit ?? 1000)
    .offset(filter.offset ?? 0);

/** How many there are on all pages. */
export async function countSuggestions(db: Db | Tx, filter: SuggestionFilter = {}): Promise<number> {
  const [row] = await db.select({ n: sql<number>`count(*)::int` }).from(suggestions).where(wanted(filter));
  return row?.n ?? 0;
}

export async function findSuggestion(db: Db | Tx, id: string): Promise<SuggestionRow | null> {
  const [row] = await db.select().from(suggestions).where(eq(suggestions.id, id));
  return row ?? null;
}

/** Suggestions whose id begins with this text (at least six characters): people type short ids. */
export function findSuggestionsByPrefix(db: Db | Tx, prefix: string): Promise<SuggestionRow[]> {
  const plain = prefix.replace(/[^A-Za-z0-9_-]/g, '').replaceAll('_', '\\_');
  if (plain.length < 6) return Promise.resolve([]);
  return db
    .select()
    .from(suggestions)
    .where(like(suggestions.id, `${plain}%`))
    .limit(2);
}

/** Takes the row for this transaction: everything that answers a suggestion does so first. */
export async function lockSuggestion(tx: Tx, id: string): Promise<SuggestionRow | null> {
  const [row] = await tx.select().from(suggestions).where(eq(suggestions.id, id)).for('update');
  return row ?? null;
}

/** Changes a suggestion, and counts it as a change that people see. */
export async function changeSuggestion(
  tx: Tx,
  id: string,
  change: Partial<typeof suggestions.$inferInsert> & { answered?: { byName: string } },
): Promise<SuggestionRow> {
  const { answered, ...set } = change;
  const [row] = await tx
    .update(suggestions)
    .set({
      ...set,
      ...(answered && { answeredAt: sql`now()`, answeredByName: answered.byName }),
      version: sql`${suggestions.version} + 1`,
    })
    .where(eq(suggestions.id, id))
    .returning();
  if (!row) throw new Error(`the suggestion ${id} is gone`);
  return row;
}

/** Stores a suggestion as new; null when there is one of this id. */
export async function insertSuggestion(
  tx: Tx,
  body: Suggestion,
  given: { night: string; narrowedFrom?: string },
): Promise<SuggestionRow | null> {
  const [row] = await tx
    .insert(suggestions)
    .values({
      id: body.id,
      family: body.family,
      kind: body.kind,
      environment: body.environment,
      project: body.project,
      state: 'open',
      version: 1,
      body,
      savesPerWeek: body.savesPerWeek,
      approvals: body.evidence.approvals,
      night: given.night,
      createdAt: sql`now()`,
      acceptedBy: [],
      narrowedFrom: given.narrowedFrom ?? null,
    })
    .onConflictDoNothing()
    .returning();
  return row ?? null;
}

/**
 * What may have to do with these proposals: everything that waits for an answer, the same suggestions of earlier
 * nights, and what people answered about their families. Taken for this transaction.
 */
export function earlierSuggestions(tx: Tx, proposed: readonly Suggestion[]): Promise<SuggestionRow[]> {
  const ids = proposed.map(({ id }) => id);
  const families = [...new Set(proposed.map(({ family }) => family))];
  return tx
    .select()
    .from(suggestions)
    .where(
      or(
        inArray(suggestions.state, ANSWERABLE),
        ids.length > 0 ? inArray(suggestions.id, ids) : undefined,
        families.length > 0
          ? and(inArray(suggestions.state, ['never', 'not-now']), inArray(suggestions.family, families))
          : undefined,
      ),
    )
    .orderBy(suggestions.id)
    .for('update');
}

/** Those shown first that have no words of the model yet. */
export const withoutWords = (db: Db | Tx, limit: number): Promise<SuggestionRow[]> =>
  db
    .select()
    .from(suggestions)
    .where(
      and(inArray(suggestions.state, ANSWERABLE), isNull(suggestions.words), ne(suggestions.kind, 'prune')),
    )
    .orderBy(desc(suggestions.savesPerWeek), suggestions.id)
    .limit(limit);

/** Words are no change that people answer: the version stays. */
export const setWords = (db: Db | Tx, id: string, words: NonNullable<SuggestionRow['words']>) =>
  db
    .update(suggestions)
    .set({ words })
    .where(and(eq(suggestions.id, id), isNull(suggestions.words)));

/** Who accepted each of these suggestions, by name. */
export async function suggestersOf(db: Db | Tx, ids: string[]): Promise<Map<string, string[]>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: suggestions.id, acceptedBy: suggestions.acceptedBy })
    .from(suggestions)
    .where(inArray(suggestions.id, ids));
  return new Map(rows.map(({ id, acceptedBy }) => [id, acceptedBy.map(({ name }) => name)]));
}
