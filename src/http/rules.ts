import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import {
  AddedRuleShape,
  ImportedRulesShape,
  ImportRulesShape,
  MAX_RULES_BYTES,
  type NewRule,
  NewRuleShape,
  type RuleLine,
  RuleShape,
  RulesShape,
} from '../api/rules.ts';
import { SimulatedShape, SimulateShape } from '../api/suggestions.ts';
import type { Caller } from '../gate/authenticate.ts';
import type { Deps } from '../gate/deps.ts';
import { compareRules, importRules } from '../gate/import-rules.ts';
import { keepRule } from '../gate/keep-rule.ts';
import { restoreRule } from '../gate/restore-rule.ts';
import { resumeRule } from '../gate/resume-rule.ts';
import { addRule, confirmRule, type RuleWish, revokeRule } from '../gate/rules.ts';
import { simulate } from '../gate/simulate.ts';
import { countRules, findRule, listRules, type RuleRow } from '../store/rules.ts';
import { type ApiEnv, requireAdmin } from './authenticate.ts';
import { presentRule, presentWish } from './present-rule.ts';
import { presentSimulation } from './present-suggestion.ts';
import { problem } from './problems.ts';
import { readBody, readBodyUpTo } from './read-body.ts';
import { answers, problemAnswers } from './route-answers.ts';
import { authorOf, type MayNot, mayChange, seenBy } from './rule-access.ts';
import { refusal, refusals } from './rule-refusals.ts';

const IdParam = z.object({ id: z.string().max(100) });
const json = <T extends z.ZodType>(schema: T) => ({
  body: { required: true, content: { 'application/json': { schema } } },
});

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/rules',
  summary: 'List rules, latest first',
  description:
    'A client’s token sees the rules that may hold for it. With `environment` or `project`: what holds there.',
  request: {
    query: z.object({
      environment: z.string().max(100).optional(),
      project: z.string().max(100).optional(),
      search: z.string().max(200).optional().openapi({ description: 'A part of the rule' }),
      all: z.stringbool().default(false).openapi({ description: 'Revoked and expired ones, too' }),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
    }),
  },
  responses: { 200: answers('Rules', RulesShape), ...problemAnswers(401, 422, 429) },
});

const addRoute = createRoute({
  method: 'post',
  path: '/api/v1/rules',
  summary: 'Add a rule',
  description:
    'For administrators and for people, within what their token is for. In production-like environments a rule ' +
    'of somebody who profits from it waits for a second person.',
  middleware: readBody,
  request: json(NewRuleShape),
  responses: { 201: answers('The rule', AddedRuleShape), ...problemAnswers(400, 401, 403, 413, 422, 429) },
});

const confirmRoute = createRoute({
  method: 'post',
  path: '/api/v1/rules/{id}/confirm',
  summary: 'Confirm a rule, as its second person',
  request: { params: IdParam },
  responses: { 200: answers('The rule', RuleShape), ...problemAnswers(401, 403, 404, 409, 429) },
});

const revokeRoute = createRoute({
  method: 'delete',
  path: '/api/v1/rules/{id}',
  summary: 'Revoke a rule at once',
  request: { params: IdParam },
  responses: { 204: { description: 'Revoked' }, ...problemAnswers(401, 403, 404, 429) },
});

const importRoute = createRoute({
  method: 'post',
  path: '/api/v1/rules/import',
  summary: 'Make the rules those of a file, all or nothing',
  description: 'For administrators. Rules that are not in the file are revoked.',
  middleware: [requireAdmin, readBodyUpTo(MAX_RULES_BYTES, 'rules-too-large')] as const,
  request: json(ImportRulesShape),
  responses: {
    200: answers('What changed, or would', ImportedRulesShape),
    ...problemAnswers(400, 401, 403, 409, 413, 422, 429),
  },
});

const verbRoute = (verb: 'keep' | 'resume' | 'undo', summary: string) =>
  createRoute({
    method: 'post',
    path: `/api/v1/rules/{id}/${verb}` as const,
    summary,
    request: { params: IdParam },
    responses: { 200: answers('The rule', RuleShape), ...problemAnswers(401, 403, 404, 409, 429) },
  });
const keepRoute = verbRoute('keep', 'Keep a rule that was announced to go, or that is about to expire');
const resumeRoute = verbRoute('resume', 'Put a rule in force again that a denial suspended');
const undoRoute = verbRoute('undo', 'Bring a rule back that was pruned or replaced in the last 30 days');

const simulateRoute = createRoute({
  method: 'post',
  path: '/api/v1/rules/simulate',
  summary: 'Which past decisions would other rules have changed',
  description: 'For administrators. Replays up to 90 days; nothing is changed.',
  middleware: [requireAdmin, readBodyUpTo(MAX_RULES_BYTES, 'rules-too-large')] as const,
  request: json(SimulateShape),
  responses: {
    200: answers('The decisions that would be others', SimulatedShape),
    ...problemAnswers(400, 401, 403, 413, 422, 429),
  },
});

/** The whitelist. */
export function ruleRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  app.openapi(listRoute, async (c) => {
    const { environment, project, ...filter } = c.req.valid('query');
    const caller = c.get('caller');
    const asked = {
      ...(environment !== undefined && { environment }),
      ...(project !== undefined && { project }),
    };
    const seen = { ...filter, ...seenBy(caller, asked) };
    const { total, now } = await countRules(deps.database.db, seen);
    const rows = await listRules(deps.database.db, seen);
    return c.json({ rules: rows.map((row) => presentRule(row, now)), total }, 200);
  });

  app.openapi(addRoute, async (c) => {
    const caller = c.get('caller');
    const wish = toNewWish(c.req.valid('json'), caller);
    const fault = mayChange(caller, wish);
    if (fault) return problem(c, fault) as never;
    const added = await addRule(deps, authorOf(caller), wish);
    if (!added.ok) return refusal(c, added) as never;
    const body = { ...(await present(deps, added.rule)), needs_second_person: added.needsSecondPerson };
    return c.json(body, 201);
  });

  app.openapi(confirmRoute, async (c) => {
    const { id } = c.req.valid('param');
    const fault = await mayChangeThis(c, deps, id);
    if (fault) return problem(c, fault) as never;
    const done = await confirmRule(deps, authorOf(c.get('caller')), id);
    if (!done.ok) return problem(c, done.code === 'unknown-rule' ? 'not-found' : done.code) as never;
    return c.json(await present(deps, done.rule), 200);
  });

  app.openapi(revokeRoute, async (c) => {
    const { id } = c.req.valid('param');
    const fault = await mayChangeThis(c, deps, id);
    if (fault) return problem(c, fault) as never;
    const done = await revokeRule(deps, authorOf(c.get('caller')), id);
    return done ? c.body(null, 204) : (problem(c, 'not-found') as never);
  });

  for (const [route, verb] of [
    [keepRoute, keepRule],
    [resumeRoute, resumeRule],
    [undoRoute, restoreRule],
  ] as const) {
    app.openapi(route, async (c) => {
      const { id } = c.req.valid('param');
      const fault = await mayChangeThis(c, deps, id);
      if (fault) return problem(c, fault) as never;
      const done = await verb(deps, authorOf(c.get('caller')), id);
      if (done.ok) return c.json(await present(deps, done.rule), 200);
      if (done.code === 'unknown-rule') return problem(c, 'not-found') as never;
      const detail = 'command' in done ? done.command : undefined;
      return problem(c, done.code, { ...(detail !== undefined && { detail }) }) as never;
    });
  }

  app.openapi(simulateRoute, async (c) => {
    const { rules, days, environment } = c.req.valid('json');
    const wished = { wishes: rules.map(toWish), days, ...(environment !== undefined && { environment }) };
    const done = await simulate(deps, authorOf(c.get('caller')), wished);
    if (!done.ok) return refusals(c, done.faults) as never;
    return c.json(presentSimulation(done.simulation), 200);
  });

  app.openapi(importRoute, async (c) => {
    const { rules, dry_run: isDry, version } = c.req.valid('json');
    const author = authorOf(c.get('caller'));
    const wishes = rules.map(toWish);
    const done = isDry
      ? await compareRules(deps, author, wishes)
      : await importRules(deps, author, wishes, version ?? null);
    if (!done.ok) return (done.code === 'faults' ? refusals(c, done.faults) : problem(c, done.code)) as never;
    const { add, revoke, ...counts } = done;
    const { now } = await countRules(deps.database.db, {});
    const body = {
      added: add.length,
      revoked: revoke.length,
      same: counts.same,
      expired: counts.expired,
      version: counts.version,
      add: add.map(presentWish),
      revoke: revoke.map((row) => presentRule(row, now)),
    };
    return c.json(body, 200);
  });
}

const present = async (deps: Deps, row: RuleRow) =>
  presentRule(row, (await countRules(deps.database.db, {})).now);

async function mayChangeThis(
  c: Context<ApiEnv>,
  deps: Deps,
  id: string,
): Promise<MayNot | 'not-found' | null> {
  const rule = await findRule(deps.database.db, id);
  return rule ? mayChange(c.get('caller'), rule) : 'not-found';
}

const toNewWish = (body: NewRule, caller: Caller): RuleWish => ({
  text: body.rule,
  environment: body.environment,
  project: body.project ?? caller.project,
  repository: body.repository ?? null,
  requester: body.requester ?? null,
  cwd: body.cwd ?? null,
  family: null,
  source: 'manual',
  whenUnanswered: body.when_unanswered ?? null,
  allowsCritical: body.allows_critical ?? false,
  match: body.match ?? [],
  notMatch: body.not_match ?? [],
  originRequestId: null,
  expiresInDays: body.expires_in_days ?? null,
});

const toWish = (line: RuleLine): RuleWish => ({
  text: line.rule,
  environment: line.environment,
  project: line.project,
  repository: line.repository ?? null,
  requester: line.requester ?? null,
  cwd: line.cwd ?? null,
  family: line.family ?? null,
  source: line.source,
  whenUnanswered: line.when_unanswered ?? null,
  allowsCritical: line.allows_critical,
  match: line.match,
  notMatch: line.not_match,
  originRequestId: null,
  suggestionId: line.suggestion ?? null,
  expiresInDays: null,
  expiresAt: line.expires_at ? new Date(line.expires_at) : null,
  shadowUntil: line.shadow_until ? new Date(line.shadow_until) : null,
});
