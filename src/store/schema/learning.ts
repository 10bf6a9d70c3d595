import { sql } from 'drizzle-orm';
import {
  bigserial,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { Suggestion, SuggestionKind } from '../../core/learning/suggestion.ts';
import type { SuggestionWords } from '../../core/model-words.ts';

const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** `open`: a person may answer. `half`: accepted by one of two. The others are final. */
export type SuggestionState = 'open' | 'half' | 'accepted' | 'not-now' | 'never' | 'withdrawn' | 'superseded';

/** What the nights proposed, and what people made of it. */
export const suggestions = pgTable(
  'suggestions',
  {
    id: text('id').primaryKey(),
    family: text('family').notNull(),
    kind: text('kind').$type<SuggestionKind>().notNull(),
    environment: text('environment').notNull(),
    project: text('project').notNull(),
    state: text('state').$type<SuggestionState>().notNull(),
    /** Counts every visible change. */
    version: integer('version').notNull(),
    body: jsonb('body').$type<Suggestion>().notNull(),
    /** A title and a sentence of the model, when there is one: shown, never obeyed. */
    words: jsonb('words').$type<SuggestionWords | null>(),
    savesPerWeek: doublePrecision('saves_per_week').notNull(),
    /** Evidence (approvals) at the last answer: asked again only when there is more. */
    approvals: integer('approvals').notNull(),
    night: text('night').notNull(),
    createdAt: time('created_at').notNull(),
    /** Who has accepted so far. */
    acceptedBy: jsonb('accepted_by').$type<{ subject: string; name: string; people: string[] }[]>().notNull(),
    answeredAt: time('answered_at'),
    answeredByName: text('answered_by_name'),
    /** Why it was withdrawn or refused, in words. */
    reason: text('reason'),
    /** The suggestion a person made this one of, by narrowing it; null: a night proposed it. */
    narrowedFrom: text('narrowed_from'),
  },
  (t) => [
    index('suggestions_open').on(t.savesPerWeek).where(sql`${t.state} in ('open', 'half')`),
    index('suggestions_family').on(t.family),
  ],
);

/** One row a night: whoever claims it learns; another replica takes over when the lease runs out. */
export const nights = pgTable('nights', {
  /** Local date of the configured time zone: 2026-11-25. */
  id: text('id').primaryKey(),
  dueAt: time('due_at').notNull(),
  leaseUntil: time('lease_until'),
  leaseId: text('lease_id'),
  attempts: integer('attempts').notNull(),
  /** The steps done, so that the next one goes on there. */
  done: jsonb('done').$type<string[]>().notNull(),
  report: jsonb('report').$type<Record<string, unknown> | null>(),
  startedAt: time('started_at'),
  finishedAt: time('finished_at'),
  problem: text('problem'),
});

/** The living runbook: what people want others to know about a family of commands. */
export const runbookNotes = pgTable(
  'runbook_notes',
  {
    id: text('id').primaryKey(),
    version: integer('version').notNull(),
    environment: text('environment').notNull(),
    project: text('project').notNull(),
    /** Program and subcommands; of compound commands one note a family. */
    family: text('family').notNull(),
    /** What it was done to, as `deployment/api`; null: whatever. */
    target: text('target'),
    text: text('text').notNull(),
    authorSubject: text('author_subject').notNull(),
    authorName: text('author_name').notNull(),
    createdAt: time('created_at').notNull(),
    editedAt: time('edited_at'),
    editedByName: text('edited_by_name'),
    pinnedAt: time('pinned_at'),
    retiredAt: time('retired_at'),
    retiredByName: text('retired_by_name'),
    /** The denied request it was made from. */
    requestId: text('request_id'),
    /** How many denials said the same, and the latest of them; null: it was written by hand. */
    denials: integer('denials').notNull(),
    deniedAt: time('denied_at'),
  },
  (t) => [
    index('runbook_family').on(t.environment, t.family).where(sql`${t.retiredAt} is null`),
    uniqueIndex('runbook_request').on(t.requestId, t.family).where(sql`${t.requestId} is not null`),
  ],
);

/** Messages of the learning side that stand in a channel: the line of a night, suggestion and prune cards. */
export const learningPosts = pgTable(
  'learning_posts',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    /** `night:<date>:<channel>` and the like: posted once. */
    key: text('key').notNull().unique(),
    channel: text('channel').notNull(),
    ts: text('ts'),
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull(),
    attempts: integer('attempts').notNull(),
    nextAt: time('next_at').notNull(),
    leaseUntil: time('lease_until'),
    doneAt: time('done_at'),
    problem: text('problem'),
  },
  (t) => [index('learning_posts_due').on(t.nextAt).where(sql`${t.doneAt} is null`)],
);
