import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import {
  AcceptedShape,
  AcceptShape,
  AnswerShape,
  NarrowShape,
  RefuseShape,
  ReportShape,
  SUGGESTION_STATES,
  SuggestionShape,
  SuggestionsShape,
  UndoneShape,
} from '../api/suggestions.ts';
import type { Deps } from '../gate/deps.ts';
import { reportNow } from '../gate/night/report.ts';
import { acceptSuggestion } from '../gate/suggestions/accept.ts';
import type { AnswerRefusal } from '../gate/suggestions/answer.ts';
import { suggested } from '../gate/suggestions/list.ts';
import { narrowSuggestion } from '../gate/suggestions/narrow.ts';
import { refuseSuggestion } from '../gate/suggestions/never.ts';
import { postponeSuggestion } from '../gate/suggestions/not-now.ts';
import { undoAcceptance } from '../gate/suggestions/undo.ts';
import { countRules } from '../store/rules.ts';
import { findSuggestion, type SuggestionRow } from '../store/suggestions.ts';
import type { ApiEnv } from './authenticate.ts';
import { presentRule } from './present-rule.ts';
import { presentReport, presentSuggestion } from './present-suggestion.ts';
import { problem } from './problems.ts';
import { readBody } from './read-body.ts';
import { answers, problemAnswers } from './route-answers.ts';
import { authorOf, type MayNot, mayChange, seenBy } from './rule-access.ts';

const IdParam = z.object({ id: z.string().max(100) });
const json = <T extends z.ZodType>(schema: T) => ({
  body: { required: true, content: { 'application/json': { schema } } },
});
const scope = {
  environment: z.string().max(100).optional(),
  project: z.string().max(100).optional(),
};

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/suggestions',
  summary: 'List what the nights suggest, the most saving first',
  request: {
    query: z.object({
      ...scope,
      state: z
        .enum(SUGGESTION_STATES)
        .optional()
        .openapi({ description: 'Without it: what waits for an answer' }),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
    }),
  },
  responses: { 200: answers('Suggestions', SuggestionsShape), ...problemAnswers(401, 422, 429) },
});

const showRoute = createRoute({
  method: 'get',
  path: '/api/v1/suggestions/{id}',
  summary: 'A suggestion with its evidence',
  request: { params: IdParam },
  responses: { 200: answers('The suggestion', SuggestionShape), ...problemAnswers(401, 404, 429) },
});

const answerRoute = <V extends string, Body extends z.ZodType, Answer extends z.ZodType>(
  verb: V,
  summary: string,
  body: Body,
  answer: Answer,
) =>
  createRoute({
    method: 'post',
    path: `/api/v1/suggestions/{id}/${verb}` as const,
    summary,
    middleware: readBody,
    request: { params: IdParam, ...json(body) },
    responses: {
      200: answers('What came of it', answer),
      ...problemAnswers(400, 401, 403, 404, 409, 422, 429),
    },
  });

const acceptRoute = answerRoute('accept', 'Accept a suggestion as it was seen', AcceptShape, AcceptedShape);
const narrowRoute = answerRoute(
  'narrow',
  'Make a narrower suggestion of it; the answer is that one',
  NarrowShape,
  SuggestionShape,
);
const notNowRoute = answerRoute('not-now', 'Put it off for a week', AnswerShape, SuggestionShape);
const neverRoute = answerRoute(
  'never',
  'Refuse it: it comes back only on new evidence',
  RefuseShape,
  SuggestionShape,
);

const undoRoute = createRoute({
  method: 'post',
  path: '/api/v1/suggestions/{id}/undo',
  summary: 'Take an acceptance back: its rules go, what they replaced returns',
  request: { params: IdParam },
  responses: { 200: answers('What changed', UndoneShape), ...problemAnswers(401, 403, 404, 409, 429) },
});

const reportRoute = createRoute({
  method: 'get',
  path: '/api/v1/report',
  summary: 'How the gate is doing: hit rate, time saved, times to a decision',
  request: {
    query: z.object({
      environment: z.string().max(100).optional(),
      days: z.coerce.number().int().min(1).max(365).default(30),
    }),
  },
  responses: { 200: answers('The report', ReportShape), ...problemAnswers(401, 422, 429) },
});

/** What the nights suggest, and what people answer. */
export function suggestionRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  const shown = (row: SuggestionRow) => presentSuggestion(row, [...deps.environments.keys()]);
  const now = async () => (await countRules(deps.database.db, {})).now;

  app.openapi(listRoute, async (c) => {
    const { environment, project, state, ...page } = c.req.valid('query');
    const asked = {
      ...(environment !== undefined && { environment }),
      ...(project !== undefined && { project }),
    };
    const found = await suggested(deps, {
      ...page,
      ...definedOf(seenBy(c.get('caller'), asked)),
      ...(state && { states: [state] }),
    });
    const suggestions = found.shown.map(shown);
    return c.json({ suggestions, total: found.total, night: found.night?.id ?? null }, 200);
  });

  app.openapi(showRoute, async (c) => {
    const row = await findSuggestion(deps.database.db, c.req.valid('param').id);
    return row && mayRead(c, row) ? c.json(shown(row), 200) : (problem(c, 'not-found') as never);
  });

  app.openapi(acceptRoute, async (c) => {
    const { id } = c.req.valid('param');
    const fault = await mayAnswer(c, deps, id);
    if (fault) return problem(c, fault) as never;
    const { version, shadow_days: shadowDays, expires_in_days: expiresInDays } = c.req.valid('json');
    const done = await acceptSuggestion(deps, authorOf(c.get('caller')), {
      id,
      version,
      ...(shadowDays !== undefined && { shadowDays }),
      ...(expiresInDays !== undefined && { expiresInDays }),
    });
    if (!done.ok) return refusal(c, done) as never;
    const changed = done.state === 'half' ? { added: [], retired: [] } : done;
    const at = await now();
    const body = {
      suggestion: shown(done.suggestion),
      missing: done.state === 'half' ? done.missing : 0,
      added: changed.added.map((row) => presentRule(row, at)),
      retired: changed.retired.map((row) => presentRule(row, at)),
    };
    return c.json(body, 200);
  });

  app.openapi(narrowRoute, async (c) => {
    const { id } = c.req.valid('param');
    const fault = await mayAnswer(c, deps, id);
    if (fault) return problem(c, fault) as never;
    const done = await narrowSuggestion(deps, authorOf(c.get('caller')), { id, ...c.req.valid('json') });
    return done.ok ? c.json(shown(done.suggestion), 200) : (refusal(c, done) as never);
  });

  app.openapi(notNowRoute, async (c) => {
    const { id } = c.req.valid('param');
    const fault = await mayAnswer(c, deps, id);
    if (fault) return problem(c, fault) as never;
    const done = await postponeSuggestion(deps, authorOf(c.get('caller')), { id, ...c.req.valid('json') });
    return done.ok ? c.json(shown(done.suggestion), 200) : (refusal(c, done) as never);
  });

  app.openapi(neverRoute, async (c) => {
    const { id } = c.req.valid('param');
    const fault = await mayAnswer(c, deps, id);
    if (fault) return problem(c, fault) as never;
    const { version, reason = null } = c.req.valid('json');
    const done = await refuseSuggestion(deps, authorOf(c.get('caller')), { id, version, reason });
    return done.ok ? c.json(shown(done.suggestion), 200) : (refusal(c, done) as never);
  });

  app.openapi(undoRoute, async (c) => {
    const { id } = c.req.valid('param');
    const fault = await mayAnswer(c, deps, id);
    if (fault) return problem(c, fault) as never;
    const done = await undoAcceptance(deps, authorOf(c.get('caller')), id);
    if (!done.ok) return refusal(c, done) as never;
    const at = await now();
    const body = {
      suggestion: shown(done.suggestion),
      revoked: done.revoked.map((row) => presentRule(row, at)),
      restored: done.restored.map((row) => presentRule(row, at)),
    };
    return c.json(body, 200);
  });

  app.openapi(reportRoute, async (c) => {
    const { environment, days } = c.req.valid('query');
    const { environments } = seenBy(c.get('caller'), { ...(environment !== undefined && { environment }) });
    const made = await reportNow(deps, { days, ...(environments && { environments }) });
    return c.json(presentReport(made), 200);
  });
}

const definedOf = ({ environments, projects }: ReturnType<typeof seenBy>) => ({
  ...(environments && { environments }),
  ...(projects && { projects }),
});

function mayRead(c: Context<ApiEnv>, { environment, project }: SuggestionRow): boolean {
  const { environments, projects } = seenBy(c.get('caller'), {});
  return (environments?.includes(environment) ?? true) && (projects?.includes(project) ?? true);
}

async function mayAnswer(c: Context<ApiEnv>, deps: Deps, id: string): Promise<MayNot | 'not-found' | null> {
  const row = await findSuggestion(deps.database.db, id);
  return row && mayRead(c, row) ? mayChange(c.get('caller'), row) : 'not-found';
}

/** The answer for an answer that did not count. */
function refusal(c: Context, refused: AnswerRefusal | { code: 'nothing-to-undo' }): Response {
  switch (refused.code) {
    case 'unknown-suggestion':
      return problem(c, 'not-found');
    case 'answered-before':
      return problem(c, refused.code, {
        detail: `It is ${refused.state}${refused.byName ? `, answered by ${refused.byName}` : ''}.`,
      });
    case 'denied-since':
      return problem(c, refused.code, { detail: refused.command });
    case 'invalid-rule':
    case 'not-narrower':
      return problem(c, refused.code, { detail: refused.why });
    case 'same-person':
      return problem(c, 'accepted-before');
    default:
      return problem(c, refused.code);
  }
}
