import { createHash, randomBytes } from 'node:crypto';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { RequesterKind, WhenNobodyIsThere } from '../core/request.ts';
import type { Tx } from '../store/database.ts';
import { appendRecord } from '../store/records.ts';
import { tokens } from '../store/schema.ts';
import { takeSetUp } from '../store/set-up.ts';
import type { TokenRow } from '../store/tokens.ts';
import { hashToken } from './authenticate.ts';
import type { Deps } from './deps.ts';

export interface TokenWish {
  name: string;
  role: 'client' | 'admin';
  kind: RequesterKind;
  project: string;
  environments: string[] | null;
  owner: string | null;
  expiresInDays: number | null;
  whenNobodyIsThere?: WhenNobodyIsThere;
}

/** Makes a token. The secret is in this answer and nowhere else. */
export async function createToken(
  deps: Deps,
  by: string,
  wish: TokenWish,
): Promise<{ row: TokenRow; secret: string }> {
  const secret = `gate_${randomBytes(32).toString('base64url')}`;
  const row = await deps.database.db.transaction((tx) => store(tx, deps, by, wish, secret));
  return { row, secret };
}

/** Makes sure that this very token is an administrator's: the one from the environment, or of the first start. */
export async function ensureAdminToken(deps: Deps, secret: string): Promise<void> {
  await deps.database.db.transaction(async (tx) => {
    await takeSetUp(tx);
    const [known] = await tx
      .select()
      .from(tokens)
      .where(eq(tokens.hash, hashToken(secret)));
    if (known) return;
    const wish: TokenWish = {
      name: 'admin',
      role: 'admin',
      kind: 'human',
      project: '*',
      environments: null,
      owner: null,
      expiresInDays: null,
    };
    await store(tx, deps, 'set-up', wish, secret);
  });
}

/** Ends a token at once. False when there is no such good token. */
export async function revokeToken(deps: Deps, by: string, id: string): Promise<boolean> {
  return deps.database.db.transaction(async (tx) => {
    const [row] = await tx
      .update(tokens)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(tokens.id, id), isNull(tokens.revokedAt)))
      .returning();
    if (!row) return false;
    await recordToken(tx, deps, 'token-revoked', row, by);
    return true;
  });
}

async function store(tx: Tx, deps: Deps, by: string, wish: TokenWish, secret: string): Promise<TokenRow> {
  const { expiresInDays, ...given } = wish;
  const [row] = await tx
    .insert(tokens)
    .values({
      ...given,
      id: `tok_${randomBytes(8).toString('hex')}`,
      hash: hashToken(secret),
      createdAt: sql`now()`,
      createdBy: by,
      expiresAt: expiresInDays === null ? null : sql`now() + make_interval(days => ${expiresInDays})`,
    })
    .returning();
  if (!row) throw new Error('the token was not stored');
  await recordToken(tx, deps, 'token-created', row, by);
  return row;
}

function recordToken(tx: Tx, deps: Deps, type: 'token-created' | 'token-revoked', row: TokenRow, by: string) {
  const { id, name, role, kind, project, environments, owner, whenNobodyIsThere } = row;
  const digest = createHash('sha256').update(id).digest('hex');
  const facts = { token: { id, name, role, kind, project, environments, owner, whenNobodyIsThere }, by };
  return appendRecord(tx, deps, { type, subject: `token/${id}`, digest, facts });
}
