import { and, asc, count, desc, eq, ilike, inArray, isNotNull, isNull, ne, or, sql } from 'drizzle-orm';
import type { Note } from '../core/request.ts';
import { type Topic, topicsOf } from '../core/runbook/topic.ts';
import { sameWords } from '../core/runbook/words.ts';
import type { Db, Tx } from './database.ts';
import type { RequestRow } from './requests.ts';
import { runbookNotes } from './schema.ts';

export type NoteRow = typeof runbookNotes.$inferSelect;
export type NewNote = Pick<
  NoteRow,
  'id' | 'environment' | 'project' | 'family' | 'target' | 'text' | 'authorSubject' | 'authorName'
> &
  Partial<Pick<NoteRow, 'requestId'>>;

/** How many notes a card shows. */
const MOST = 3;

/** The notes that apply to a request: pinned ones first, then those on what it is done to, the latest first. */
export async function notesOn(db: Db | Tx, row: RequestRow): Promise<Note[]> {
  if (row.family === '') return [];
  const topics = topicsOf(row.command);
  if (topics.length === 0) return [];
  const onTarget = or(
    ...topics.map(({ family, target }) =>
      target === null ? undefined : and(eq(runbookNotes.family, family), eq(runbookNotes.target, target)),
    ),
  );
  const found = await db
    .select()
    .from(runbookNotes)
    .where(
      and(
        eq(runbookNotes.environment, row.environment),
        inArray(
          runbookNotes.family,
          topics.map(({ family }) => family),
        ),
        isNull(runbookNotes.retiredAt),
        inArray(runbookNotes.project, [row.project, '*']),
        or(isNull(runbookNotes.requestId), ne(runbookNotes.requestId, row.id)),
      ),
    )
    .orderBy(
      desc(sql`${runbookNotes.pinnedAt} is not null`),
      ...(onTarget ? [desc(sql`coalesce(${onTarget}, false)`)] : []),
      desc(latest),
      runbookNotes.id,
    )
    // The same words may stand on several families of a compound command.
    .limit(MOST * topics.length);
  const words = new Set<string>();
  return found
    .filter(({ text }) => words.size !== words.add(sameWords(text)).size)
    .slice(0, MOST)
    .map(toNote(topics));
}

const latest = sql<Date>`coalesce(${runbookNotes.deniedAt}, ${runbookNotes.createdAt})`;

const toNote =
  (topics: readonly Topic[]) =>
  (row: NoteRow): Note => {
    const here = topics.find(({ family }) => family === row.family)?.target ?? null;
    return {
      id: row.id,
      by: row.authorName,
      reason: row.text,
      at: row.deniedAt ?? row.createdAt,
      denials: row.denials,
      isPinned: row.pinnedAt !== null,
      about: row.target === here ? null : row.target,
    };
  };

export interface NoteFilter {
  environments?: string[];
  projects?: string[];
  family?: string;
  /** A part of its words, family, target or author. */
  search?: string;
  /** `true`: the retired ones, and no others. */
  retired?: boolean;
  limit?: number;
  offset?: number;
}

const wanted = ({ environments, projects, family, search, retired = false }: NoteFilter) => {
  const part = search && `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  return and(
    retired ? isNotNull(runbookNotes.retiredAt) : isNull(runbookNotes.retiredAt),
    environments ? inArray(runbookNotes.environment, environments) : undefined,
    projects ? inArray(runbookNotes.project, projects) : undefined,
    family === undefined ? undefined : eq(runbookNotes.family, family),
    part
      ? or(
          ...[runbookNotes.text, runbookNotes.family, runbookNotes.target, runbookNotes.authorName].map(
            (column) => ilike(column, part),
          ),
        )
      : undefined,
  );
};

/** Pinned ones first, then the latest. */
export const listNotes = (db: Db | Tx, filter: NoteFilter = {}): Promise<NoteRow[]> =>
  db
    .select()
    .from(runbookNotes)
    .where(wanted(filter))
    .orderBy(desc(sql`${runbookNotes.pinnedAt} is not null`), desc(latest), runbookNotes.id)
    .limit(filter.limit ?? 1000)
    .offset(filter.offset ?? 0);

/** How many there are on all pages. */
export async function countNotes(db: Db | Tx, filter: NoteFilter = {}): Promise<number> {
  const [row] = await db.select({ n: count() }).from(runbookNotes).where(wanted(filter));
  return row?.n ?? 0;
}

export async function findNote(db: Db | Tx, id: string): Promise<NoteRow | null> {
  const [row] = await db.select().from(runbookNotes).where(eq(runbookNotes.id, id));
  return row ?? null;
}

/** Takes a note for this transaction. */
export async function lockNote(tx: Tx, id: string): Promise<NoteRow | null> {
  const [row] = await tx.select().from(runbookNotes).where(eq(runbookNotes.id, id)).for('update');
  return row ?? null;
}

export async function insertNote(tx: Tx, note: NewNote): Promise<NoteRow> {
  const isDenial = note.requestId != null;
  const [row] = await tx
    .insert(runbookNotes)
    .values({
      ...note,
      version: 1,
      createdAt: sql`now()`,
      denials: isDenial ? 1 : 0,
      deniedAt: isDenial ? sql`now()` : null,
    })
    .returning();
  if (!row) throw new Error('the note was not stored');
  return row;
}

type Change = { [K in keyof NoteRow]?: NoteRow[K] | ReturnType<typeof sql> };

/** Changes a locked note, and counts that. */
export async function changeNote(tx: Tx, id: string, change: Change): Promise<NoteRow> {
  const [row] = await tx
    .update(runbookNotes)
    .set({ ...change, version: sql`${runbookNotes.version} + 1` } as never)
    .where(eq(runbookNotes.id, id))
    .returning();
  if (!row) throw new Error(`note ${id} is gone`);
  return row;
}

/**
 * The live note that says the same of this family there, taken for this transaction. Until it ends, nobody else
 * looks for one: of two denials at once the second counts up what the first wrote.
 */
export async function takeNoteSaying(
  tx: Tx,
  { environment, project, family, text }: Pick<NoteRow, 'environment' | 'project' | 'family' | 'text'>,
): Promise<NoteRow | null> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`note ${environment} ${family}`}, 0))`,
  );
  const rows = await tx
    .select()
    .from(runbookNotes)
    .where(
      and(
        eq(runbookNotes.environment, environment),
        eq(runbookNotes.family, family),
        eq(runbookNotes.project, project),
        isNull(runbookNotes.retiredAt),
      ),
    )
    .orderBy(asc(runbookNotes.createdAt), runbookNotes.id)
    .for('update');
  return rows.find((row) => sameWords(row.text) === sameWords(text)) ?? null;
}
