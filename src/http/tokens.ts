import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { CreatedTokenShape, NewTokenShape, TokenShape } from '../api.ts';
import type { Deps } from '../gate/deps.ts';
import { createToken, revokeToken } from '../gate/tokens.ts';
import { listTokens } from '../store/tokens.ts';
import { type ApiEnv, requireAdmin } from './authenticate.ts';
import { presentToken } from './present.ts';
import { problem } from './problems.ts';
import { answers, problemAnswers } from './route-answers.ts';

const createRoute_ = createRoute({
  method: 'post',
  path: '/api/v1/tokens',
  summary: 'Make a token',
  description: 'For administrators. The answer is the only place where the secret ever stands.',
  middleware: requireAdmin,
  request: { body: { required: true, content: { 'application/json': { schema: NewTokenShape } } } },
  responses: { 201: answers('The token', CreatedTokenShape), ...problemAnswers(400, 401, 403, 422, 429) },
});

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/tokens',
  summary: 'List tokens, latest first',
  middleware: requireAdmin,
  responses: {
    200: answers('Tokens', z.object({ tokens: z.array(TokenShape) })),
    ...problemAnswers(401, 403, 429),
  },
});

const revokeRoute = createRoute({
  method: 'delete',
  path: '/api/v1/tokens/{id}',
  summary: 'Revoke a token at once',
  middleware: requireAdmin,
  request: { params: z.object({ id: z.string().max(100) }) },
  responses: { 204: { description: 'Revoked' }, ...problemAnswers(401, 403, 404, 429) },
});

/** Credentials of clients, for administrators. */
export function tokenRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  app.openapi(createRoute_, async (c) => {
    const wish = c.req.valid('json');
    const unknown = (wish.environments ?? []).filter((name) => !deps.environments.has(name));
    if (unknown.length > 0) return problem(c, 'unknown-environment', { detail: unknown.join(', ') }) as never;
    const { row, secret } = await createToken(deps, c.get('caller').id, {
      name: wish.name,
      role: wish.role ?? 'client',
      kind: wish.kind ?? 'ci',
      project: wish.project,
      environments: wish.environments,
      owner: wish.owner ?? null,
      expiresInDays: wish.expires_in_days ?? null,
      whenNobodyIsThere: wish.when_nobody_is_there ?? 'wait',
    });
    return c.json({ ...presentToken(row), token: secret }, 201);
  });

  app.openapi(listRoute, async (c) => {
    const rows = await listTokens(deps.database.db);
    return c.json({ tokens: rows.map(presentToken) }, 200);
  });

  app.openapi(revokeRoute, async (c) => {
    const done = await revokeToken(deps, c.get('caller').id, c.req.valid('param').id);
    return done ? c.body(null, 204) : (problem(c, 'not-found') as never);
  });
}
