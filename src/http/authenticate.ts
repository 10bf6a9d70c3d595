import type { MiddlewareHandler } from 'hono';
import { authenticate, type Caller } from '../gate/authenticate.ts';
import type { Deps } from '../gate/deps.ts';
import { problem } from './problems.ts';

/** What a handler finds in its context. */
export type ApiEnv = { Variables: { caller: Caller } };

const BEARER = /^Bearer (gate_[A-Za-z0-9_-]{20,200})$/;

/** Lets through who carries a good token, as often as its limit allows. */
export const requireToken =
  (deps: Deps, takeOne: (tokenId: string) => number): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const token = BEARER.exec(c.req.header('authorization') ?? '')?.[1];
    if (!token) return problem(c, 'no-token', { headers: { 'www-authenticate': 'Bearer' } });
    const caller = await authenticate(deps, token);
    if (!caller)
      return problem(c, 'bad-token', { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
    const waitSeconds = takeOne(caller.id);
    if (waitSeconds > 0)
      return problem(c, 'rate-limited', { headers: { 'retry-after': String(waitSeconds) } });
    c.set('caller', caller);
    return next();
  };

export const requireAdmin: MiddlewareHandler<ApiEnv> = async (c, next) =>
  c.get('caller').role === 'admin' ? next() : problem(c, 'admin-only');
