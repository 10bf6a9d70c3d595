import { and, desc, eq, sql } from 'drizzle-orm';
import type { Connections, Db, Tx } from './database.ts';
import { tokens } from './schema.ts';

export type TokenRow = typeof tokens.$inferSelect;

/** A token that is good now, as far as its caller needs it. */
export type GoodToken = Pick<
  TokenRow,
  'id' | 'name' | 'role' | 'kind' | 'project' | 'environments' | 'owner' | 'whenNobodyIsThere'
>;

/** The tokens with these hashes that are good now: not revoked, not expired by the database's clock. */
export const findGoodTokens = (
  database: Connections,
  hashes: readonly string[],
): Promise<(GoodToken & { hash: string; isStale: boolean })[]> =>
  database.rows(sql`
    select id, name, hash, role, kind, project, environments, owner, when_nobody_is_there as "whenNobodyIsThere",
      (last_used_at is null or last_used_at < now() - interval '1 minute') as "isStale"
    from tokens
    where hash in (select json_array_elements_text(${JSON.stringify(hashes)}::text::json))
      and revoked_at is null and (expires_at is null or now() < expires_at)`);

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
