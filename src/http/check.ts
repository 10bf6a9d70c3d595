import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { CheckedShape, CheckShape } from '../api/rules.ts';
import { check } from '../gate/check.ts';
import type { Deps } from '../gate/deps.ts';
import type { ApiEnv } from './authenticate.ts';
import { presentFindings } from './present-rule.ts';
import { problem } from './problems.ts';
import { answers, problemAnswers } from './route-answers.ts';

const checkRoute = createRoute({
  method: 'post',
  path: '/api/v1/check',
  summary: 'What would become of a request',
  description: 'Judged as this token’s request would be now. Nothing is stored, nobody is asked.',
  request: { body: { required: true, content: { 'application/json': { schema: CheckShape } } } },
  responses: {
    200: answers('What would become of it, and why', CheckedShape),
    ...problemAnswers(400, 401, 403, 413, 422, 429),
  },
});

/** The question without the asking. */
export function checkRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  app.openapi(checkRoute, async (c) => {
    const body = c.req.valid('json');
    const found = await check(deps, c.get('caller'), {
      command: body.argv ? { kind: 'argv', argv: body.argv } : { kind: 'shell', text: body.command ?? '' },
      environment: body.environment,
      project: body.project ?? null,
      reason: body.reason?.trim() || null,
      cwd: body.cwd ?? null,
      context: body.context ?? {},
    });
    return found.ok ? c.json(presentFindings(found), 200) : (problem(c, found.code) as never);
  });
}
