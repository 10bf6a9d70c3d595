import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Deps } from '../gate/deps.ts';
import { exportRunbook } from '../gate/notes/export-runbook.ts';
import type { ApiEnv } from './authenticate.ts';
import { environmentsOf, projectsOf } from './notes.ts';
import { problem } from './problems.ts';
import { problemAnswers } from './route-answers.ts';

const runbookShown = createRoute({
  method: 'get',
  path: '/api/v1/runbook/{file}',
  summary: 'The runbook of an environment, as Markdown',
  description: 'Policies, rules, notes and who decided. A client’s token sees what holds for it.',
  request: {
    params: z.object({
      file: z
        .string()
        .max(200)
        .regex(/\.md$/, 'name the environment, with .md')
        .openapi({ description: 'The name of the environment with `.md`', example: 'production.md' }),
    }),
  },
  responses: {
    200: { description: 'The runbook', content: { 'text/markdown': { schema: z.string() } } },
    ...problemAnswers(401, 404, 422, 429),
  },
});

/** The runbook of an environment, to read or to keep in git. */
export function runbookRoute(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  app.openapi(runbookShown, async (c) => {
    const name = c.req.valid('param').file.replace(/\.md$/, '');
    const caller = c.get('caller');
    const isSeen = environmentsOf(caller)?.includes(name) ?? true;
    const text = isSeen ? await exportRunbook(deps, name, projectsOf(caller)) : null;
    if (text === null) return problem(c, 'not-found') as never;
    return c.body(text, 200, { 'content-type': 'text/markdown; charset=utf-8' }) as never;
  });
}
