import { createHash } from 'node:crypto';
import type { GoodToken } from '../store/tokens.ts';
import type { Deps } from './deps.ts';

/** Who calls the API, as the token says. */
export type Caller = GoodToken;

/** Tokens carry 256 random bits, so a plain hash keeps them safe at rest. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** The caller behind a bearer token; null when it is unknown, revoked or expired. */
export const authenticate = (deps: Deps, token: string): Promise<Caller | null> =>
  deps.together.tokenOf(hashToken(token));
