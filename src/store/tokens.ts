import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Db, Tx } from './database.ts';
import { tokens } from './schema.ts';

export type TokenRow = typeof tokens.$inferSelect;

/** The token with this hash that is good now: not revoked, not expired by the database's clock. */
export async function findGoodToken(db: Db, hash: string): Promise<TokenRow | null> {
  const [row] = await db
    .select()
    .from(tokens)
    .where(
      and(
        eq(tokens.hash, hash),
        isNull(tokens.revokedAt),
        sql`(${tokens.expiresAt} is null or now() < ${tokens.expiresAt})`,
      ),
    );
  return row ?? null;
}

export async function findToken(db: Db | Tx, id: string): Promise<TokenRow | null> {
  const [row] = await db.select().from(tokens).where(eq(tokens.id, id));
  return row ?? null;
}

/** Notes the use, at most once a minute: it is for people who prune, not for the record. */
export const touchToken = (db: Db, id: string) =>
  db
    .update(tokens)
    .set({ lastUsedAt: sql`now()` })
    .where(
      and(
        eq(tokens.id, id),
        sql`(${tokens.lastUsedAt} is null or ${tokens.lastUsedAt} < now() - interval '1 minute')`,
      ),
    );

export const listTokens = (db: Db | Tx): Promise<TokenRow[]> =>
  db.select().from(tokens).orderBy(desc(tokens.createdAt));
