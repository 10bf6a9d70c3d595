import { and, eq, sql } from 'drizzle-orm';
import type { LearningPost } from '../core/learning/post.ts';
import type { Database, Db, Tx } from './database.ts';
import { learningPosts } from './schema/learning.ts';

export interface PostWish {
  /** The same message has the same key: it is posted once. */
  key: string;
  channel: string;
  payload: LearningPost;
}

/** Orders messages, with the transaction that causes them; one that was ordered before is not posted again. */
export const orderPosts = async (db: Db | Tx, posts: PostWish[]): Promise<void> => {
  if (posts.length === 0) return;
  await db.insert(learningPosts).values(posts.map(row)).onConflictDoNothing();
};

/**
 * Orders a message, or has the one that was posted show its newest state. Whoever is about to post it keeps it, and
 * finds at the end that it is due once more: `attempts` began anew.
 */
export const renewPost = (db: Db | Tx, post: PostWish) =>
  db
    .insert(learningPosts)
    .values(row(post))
    .onConflictDoUpdate({
      target: learningPosts.key,
      set: { doneAt: null, nextAt: sql`now()`, attempts: 0, payload: sql`excluded.payload` },
    });

/** A message that was ordered shows its newest state; none is ordered. */
export const showPostAnew = (db: Db | Tx, key: string) =>
  db
    .update(learningPosts)
    .set({ doneAt: null, nextAt: sql`now()`, attempts: 0 })
    .where(eq(learningPosts.key, key));

/** The message that stands there shows its newest state. False: it is none of these. */
export async function showPostAt(db: Db | Tx, at: { channel: string; ts: string }): Promise<boolean> {
  const found = await db
    .update(learningPosts)
    .set({ doneAt: null, nextAt: sql`now()`, attempts: 0 })
    .where(and(eq(learningPosts.channel, at.channel), eq(learningPosts.ts, at.ts)))
    .returning({ id: learningPosts.id });
  return found.length > 0;
}

const row = ({ key, channel, payload }: PostWish) => ({
  key,
  channel,
  payload: payload as unknown as Record<string, unknown>,
  attempts: 0,
  nextAt: sql`now()`,
});

export interface DuePost {
  id: number;
  key: string;
  channel: string;
  /** Where it stands; null: nowhere yet. */
  ts: string | null;
  payload: Record<string, unknown>;
  attempts: number;
}

/** Takes messages that are due; nobody else has them until the lease ends. */
export const claimDuePosts = (database: Database, limit: number, leaseSeconds: number): Promise<DuePost[]> =>
  database.rows<DuePost>(sql`
    update learning_posts set lease_until = now() + make_interval(secs => ${leaseSeconds}), attempts = attempts + 1
    where id in (
      select id from learning_posts
      where done_at is null and next_at <= now() and (lease_until is null or lease_until < now())
      order by next_at, id limit ${limit} for update skip locked)
    returning id::int as id, key, channel, ts, payload, attempts`);

/** It stands there; or, with a problem, it was given up. Renewed meanwhile, it stays due. */
export const finishPost = (
  db: Db,
  { id, attempts }: Pick<DuePost, 'id' | 'attempts'>,
  place: { channel: string; ts: string } | null,
  problem: string | null = null,
) =>
  db
    .update(learningPosts)
    .set({
      ...place,
      doneAt: sql`case when ${learningPosts.attempts} >= ${attempts} then now() end`,
      // Somebody else may hold it by now.
      leaseUntil: sql`case when ${learningPosts.attempts} <> ${attempts} and ${learningPosts.attempts} > 0 then ${learningPosts.leaseUntil} end`,
      problem,
    })
    .where(eq(learningPosts.id, id));

export const postponePost = (db: Db, id: number, afterSeconds: number, problem: string | null) =>
  db
    .update(learningPosts)
    .set({ nextAt: sql`now() + make_interval(secs => ${afterSeconds})`, leaseUntil: null, problem })
    .where(eq(learningPosts.id, id));
