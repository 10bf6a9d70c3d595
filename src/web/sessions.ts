import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import type { Someone } from '../gate/people.ts';
import type { Db } from '../store/database.ts';
import { sessions, signIns } from '../store/schema.ts';

/** Somebody signed in. */
export interface Session {
  /** What the cookie holds: 256 random bits. Only its hash is stored. */
  secret: string;
  who: Someone;
}

const SECRET = /^[A-Za-z0-9_-]{43}$/;
export const SESSION_SECONDS = 12 * 3600;
export const SIGN_IN_SECONDS = 600;

export const newSecret = (): string => randomBytes(32).toString('base64url');
const hashed = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Begins a session; what has run out is swept away at the same time. */
export async function openSession(db: Db, { teamId, ...who }: Someone & { teamId: string }): Promise<string> {
  const secret = newSecret();
  await db.delete(sessions).where(sql`${sessions.expiresAt} <= now()`);
  await db.insert(sessions).values({
    ...who,
    teamId,
    id: hashed(secret),
    createdAt: sql`now()`,
    lastUsedAt: sql`now()`,
    expiresAt: sql`now() + make_interval(secs => ${SESSION_SECONDS})`,
  });
  return secret;
}

/** Whose session this is now; null when there is none, or it is too old, or nobody used it for two hours. */
export async function findSession(db: Db, secret: string | undefined): Promise<Session | null> {
  if (!secret || !SECRET.test(secret)) return null;
  const [row] = await db
    .select()
    .from(sessions)
    .where(
      and(
        eq(sessions.id, hashed(secret)),
        sql`now() < ${sessions.expiresAt} and now() < ${sessions.lastUsedAt} + interval '2 hours'`,
      ),
    );
  if (!row) return null;
  const { userId, teamId, enterpriseId, name } = row;
  return { secret, who: { userId, teamId, enterpriseId, name } };
}

/** Notes that a person used it, at most once a minute. A page that follows a request by itself is nobody. */
export const touchSession = (db: Db, { secret }: Session) =>
  db
    .update(sessions)
    .set({ lastUsedAt: sql`now()` })
    .where(and(eq(sessions.id, hashed(secret)), sql`${sessions.lastUsedAt} < now() - interval '1 minute'`));

export const endSession = (db: Db, secret: string) =>
  db.delete(sessions).where(eq(sessions.id, hashed(secret)));

/** What every form of a session carries, so that no other site can send one. */
export const formToken = ({ secret }: Session): string =>
  createHmac('sha256', secret).update('gatehouse/form/v1').digest('base64url');

export function isFormToken(session: Session, given: unknown): boolean {
  const wanted = Buffer.from(formToken(session));
  const got = Buffer.from(typeof given === 'string' ? given : '');
  return got.length === wanted.length && timingSafeEqual(got, wanted);
}

/** A sign-in under way: what must come back from Slack, and where the person goes then. */
export interface SignInBegun {
  state: string;
  nonce: string;
}

export async function beginSignIn(db: Db, returnTo: string): Promise<SignInBegun> {
  const begun = { state: newSecret(), nonce: newSecret() };
  await db.delete(signIns).where(sql`${signIns.expiresAt} <= now()`);
  await db.insert(signIns).values({
    id: hashed(begun.state),
    nonce: begun.nonce,
    returnTo,
    expiresAt: sql`now() + make_interval(secs => ${SIGN_IN_SECONDS})`,
  });
  return begun;
}

/** Takes a sign-in out, once: whoever brings the same state again finds nothing. */
export async function takeSignIn(db: Db, state: string): Promise<{ nonce: string; returnTo: string } | null> {
  if (!SECRET.test(state)) return null;
  const [row] = await db
    .delete(signIns)
    .where(and(eq(signIns.id, hashed(state)), sql`now() < ${signIns.expiresAt}`))
    .returning();
  return row ?? null;
}
