import { createHash } from 'node:crypto';
import { findGoodToken, type TokenRow, touchToken } from '../store/tokens.ts';
import type { Deps } from './deps.ts';

/** Who calls the API, as the token says. */
export type Caller = Pick<
  TokenRow,
  'id' | 'name' | 'role' | 'kind' | 'project' | 'environments' | 'owner' | 'whenNobodyIsThere'
>;

/** Tokens carry 256 random bits, so a plain hash keeps them safe at rest. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** The caller behind a bearer token; null when it is unknown, revoked or expired. */
export async function authenticate(deps: Deps, token: string): Promise<Caller | null> {
  const row = await findGoodToken(deps.database.db, hashToken(token));
  if (!row) return null;
  await touchToken(deps.database.db, row.id);
  return row;
}
