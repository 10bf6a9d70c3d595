import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import {
  MAX_WAIT_SECONDS,
  OutcomeShape,
  type RequestBody,
  RequestShape,
  StartShape,
  type Submit,
  SubmitShape,
  WithdrawShape,
} from '../api.ts';
import type { Command } from '../core/command/command.ts';
import type { Deps } from '../gate/deps.ts';
import { failPoint } from '../gate/fail-point.ts';
import { heard } from '../gate/heartbeat.ts';
import { report } from '../gate/report.ts';
import { start } from '../gate/start.ts';
import { type Ask, submit } from '../gate/submit.ts';
import { type Leaving, waitForChange } from '../gate/wait.ts';
import { withdraw } from '../gate/withdraw.ts';
import { listRequests, type RequestRow, type Seen } from '../store/requests.ts';
import { answerLater } from './answer-later.ts';
import type { ApiEnv } from './authenticate.ts';
import { presentRequest } from './present.ts';
import { problem } from './problems.ts';
import { answers, problemAnswers } from './route-answers.ts';

const IdParam = z.object({ id: z.string().max(100) });
const idempotencyHeader = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/)
    .optional()
    .openapi({ description: 'Repeat a request with its key to get its answer again, not a second request' }),
});

const submitRoute = createRoute({
  method: 'post',
  path: '/api/v1/requests',
  summary: 'Ask to run a command',
  description: '200 when it is decided at once, 202 while people are asked.',
  request: {
    headers: idempotencyHeader,
    body: { required: true, content: { 'application/json': { schema: SubmitShape } } },
  },
  responses: {
    200: answers('Decided', RequestShape),
    202: answers('People are being asked', RequestShape),
    ...problemAnswers(400, 401, 403, 409, 413, 415, 422, 429),
  },
});

const readRoute = createRoute({
  method: 'get',
  path: '/api/v1/requests/{id}',
  summary: 'Read a request, or wait for it to change',
  description:
    'With `wait`, answers as soon as the request is no longer at `version` (without one: as soon as it is decided), ' +
    'or when the wait is over. These calls are the heartbeat of the client that asked.',
  request: {
    params: IdParam,
    query: z.object({
      wait: z.coerce
        .number()
        .int()
        .min(0)
        .max(MAX_WAIT_SECONDS)
        .default(0)
        .openapi({ description: 'Seconds' }),
      version: z.coerce
        .number()
        .int()
        .min(1)
        .optional()
        .openapi({ description: 'The version the client has' }),
    }),
  },
  responses: { 200: answers('The request', RequestShape), ...problemAnswers(401, 404, 422, 429) },
});

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/requests',
  summary: 'List requests, latest first',
  description: 'A client’s token sees its own; an administrator’s sees all.',
  request: {
    query: z.object({
      state: RequestShape.shape.state.optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
  },
  responses: {
    200: answers('Requests', z.object({ requests: z.array(RequestShape) })),
    ...problemAnswers(401, 422, 429),
  },
});

const withdrawRoute = createRoute({
  method: 'post',
  path: '/api/v1/requests/{id}/withdraw',
  summary: 'Take a request back',
  request: {
    params: IdParam,
    body: { required: true, content: { 'application/json': { schema: WithdrawShape } } },
  },
  responses: {
    200: answers('The request as it is now', RequestShape),
    ...problemAnswers(400, 401, 404, 422, 429),
  },
});

const startRoute = createRoute({
  method: 'post',
  path: '/api/v1/requests/{id}/start',
  summary: 'Use the approval, before running the command',
  description: 'Good once. Whoever is answered 200, and only they, may run the command now.',
  request: {
    params: IdParam,
    body: { required: true, content: { 'application/json': { schema: StartShape } } },
  },
  responses: {
    200: answers('Run it', z.object({ started_at: z.iso.datetime() })),
    ...problemAnswers(400, 401, 404, 409, 422, 429),
  },
});

const outcomeRoute = createRoute({
  method: 'post',
  path: '/api/v1/requests/{id}/outcome',
  summary: 'Report how the command ended',
  request: {
    params: IdParam,
    body: { required: true, content: { 'application/json': { schema: OutcomeShape } } },
  },
  responses: { 200: answers('The request', RequestShape), ...problemAnswers(400, 401, 404, 409, 422, 429) },
});

/** The requests of the API: submit, wait, list, withdraw, start, report. */
export function requestRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps, url: string, closing: AbortSignal): void {
  app.openapi(submitRoute, async (c) => {
    if (c.get('caller').role !== 'client') return problem(c, 'client-only') as never;
    const bytes = Buffer.from(await c.req.arrayBuffer());
    const ask = toAsk(c.req.valid('json'), c.req.valid('header')['idempotency-key'] ?? null, bytes);
    failPoint('submit-before-store');
    const result = await submit(deps, c.get('caller'), ask);
    failPoint('submit-before-answer');
    if (!result.ok) {
      const detail = result.owes && `It is that of ${url}/requests/${result.owes}.`;
      return problem(c, result.code, detail ? { detail } : {}) as never;
    }
    const body = await present(c, deps, url, result.request);
    return c.json(body, body.state === 'pending' ? 202 : 200);
  });

  const leavingOf = leavingUntil(closing);
  app.openapi(readRoute, async (c) => {
    const { wait, version } = c.req.valid('query');
    const seen = await seenBy(c, deps, c.req.valid('param').id, wait);
    if (!seen) return problem(c, 'not-found') as never;
    const { outgoing } = (c.env ?? {}) as { outgoing?: ServerResponse };
    const waiting = {
      ...seen,
      callerId: c.get('caller').id,
      version: version ?? null,
      waitMs: wait * 1000,
      leaving: leavingOf(outgoing),
    };
    if (wait > 0 && outgoing) return later(outgoing, deps, url, waiting) as never;
    const answer = await whenChanged(deps, url, waiting);
    return 'problem' in answer ? (problem(c, answer.problem) as never) : c.json(answer.body, 200);
  });

  app.openapi(listRoute, async (c) => {
    const caller = c.get('caller');
    const { state, limit } = c.req.valid('query');
    const own = caller.role === 'admin' ? {} : { tokenId: caller.id };
    const rows = await listRequests(deps.database.db, { ...(state && { state }), ...own, limit });
    const requests = [];
    for (const row of rows) requests.push(await present(c, deps, url, row));
    return c.json({ requests }, 200);
  });

  app.openapi(withdrawRoute, async (c) => {
    const seen = await own(c, deps, c.req.valid('param').id);
    if (!seen) return problem(c, 'not-found') as never;
    const now = await withdraw(deps, seen.row.id, c.req.valid('json').reason ?? null);
    return c.json(await present(c, deps, url, now ?? seen.row), 200);
  });

  app.openapi(startRoute, async (c) => {
    const seen = await own(c, deps, c.req.valid('param').id);
    const result = seen && (await start(deps, seen.row.id, c.req.valid('json').start_id, seen));
    if (!result) return problem(c, 'not-found') as never;
    if (!result.ok) return problem(c, result.code, { detail: `It is ${result.request.state}.` }) as never;
    return c.json({ started_at: result.startedAt.toISOString() }, 200);
  });

  app.openapi(outcomeRoute, async (c) => {
    const seen = await own(c, deps, c.req.valid('param').id);
    const { exit_code: exitCode, signal, duration_ms: durationMs } = c.req.valid('json');
    const outcome = { exitCode, signal: signal ?? null, durationMs };
    const result = seen && (await report(deps, seen.row.id, outcome, seen));
    if (!result) return problem(c, 'not-found') as never;
    if (!result.ok) return problem(c, result.code) as never;
    return c.json(await present(c, deps, url, result.request), 200);
  });
}

/** The request, if this caller may see it: otherwise the same as none. */
export async function visible(c: Context<ApiEnv>, deps: Deps, id: string): Promise<RequestRow | null> {
  const caller = c.get('caller');
  const row = (await deps.together.seenOf(id))?.row;
  return row && (row.tokenId === caller.id || caller.role === 'admin') ? row : null;
}

/** What a call that waits needs to know of a request that it may see; its wait is a heartbeat of the one who asked. */
async function seenBy(
  c: Context<ApiEnv>,
  deps: Deps,
  id: string,
  waitSeconds: number,
): Promise<{ id: string; isRequester: boolean } | null> {
  const row = await visible(c, deps, id);
  if (!row) return null;
  const isRequester = row.tokenId === c.get('caller').id;
  if (isRequester) await beat(deps, row, waitSeconds);
  return { id: row.id, isRequester };
}

async function beat(deps: Deps, row: RequestRow, quietSeconds = 0): Promise<void> {
  if (row.state === 'pending' && row.heartbeatSeconds !== null) await heard(deps, row.id, quietSeconds);
}

/** One call that waits. Not a closure of its handler, which would keep all that stands before it. */
interface WaitingCall {
  id: string;
  isRequester: boolean;
  callerId: string;
  version: number | null;
  waitMs: number;
  leaving: Leaving;
}

async function whenChanged(
  deps: Deps,
  url: string,
  call: WaitingCall,
): Promise<{ body: RequestBody } | { problem: 'not-found' }> {
  const now = await waitForChange(deps, call.id, call);
  if (!now) return { problem: 'not-found' };
  if (call.isRequester && call.waitMs > 0) await beat(deps, now);
  return { body: await presentTo(call.callerId, deps, url, now) };
}

const later = (outgoing: ServerResponse, deps: Deps, url: string, call: WaitingCall): Response =>
  answerLater(outgoing, {
    answer: whenChanged(deps, url, call),
    withinMs: call.waitMs,
    onFault: (error) => deps.observe({ kind: 'fault', where: `waiting for ${call.id}`, error }),
  });

/**
 * Who waits leaves when the connection closes, or the server. Signals would cost each of thousands 10 KiB: the
 * request's own, and a listener on the server's that is looked for among all others when it goes.
 */
function leavingUntil(closing: AbortSignal): (outgoing: ServerResponse | undefined) => Leaving {
  const waiting = new Set<() => void>();
  closing.addEventListener('abort', () => {
    for (const gone of [...waiting]) gone();
  });
  return (outgoing) => (gone) => {
    if (closing.aborted || outgoing?.destroyed) {
      gone();
      return () => {};
    }
    outgoing?.once('close', gone);
    waiting.add(gone);
    return () => {
      outgoing?.off('close', gone);
      waiting.delete(gone);
    };
  };
}

/** The request, if this very token asked for it. */
async function own(c: Context<ApiEnv>, deps: Deps, id: string): Promise<Seen | null> {
  const seen = await deps.together.seenOf(id);
  return seen?.row.tokenId === c.get('caller').id ? seen : null;
}

/** A request with what is shown beside it, for this caller. */
export const present = (c: Context<ApiEnv>, deps: Deps, url: string, row: RequestRow) =>
  presentTo(c.get('caller').id, deps, url, row);

async function presentTo(callerId: string, deps: Deps, url: string, row: RequestRow): Promise<RequestBody> {
  return presentRequest(row, {
    ...(await deps.together.besideOf(row)),
    environment: deps.environments.get(row.environment),
    url,
    forRequester: row.tokenId === callerId,
  });
}

function toAsk(body: Submit, idempotencyKey: string | null, bytes: Buffer): Ask {
  return {
    command: toCommand(body),
    environment: body.environment,
    project: body.project ?? null,
    reason: body.reason?.trim() || null,
    cwd: body.cwd ?? null,
    program: body.program ?? null,
    digest: body.digest ?? null,
    redacted: body.redacted ?? false,
    timeoutSeconds: body.timeout_seconds ?? null,
    heartbeatSeconds: body.heartbeat_seconds ?? null,
    emergency: body.emergency ?? false,
    context: body.context ?? {},
    idempotencyKey,
    bodyHash: createHash('sha256').update(bytes).digest('hex'),
  };
}

function toCommand(body: Submit): Command {
  if (body.argv) return { kind: 'argv', argv: body.argv };
  return body.action ? { kind: 'action', text: body.action } : { kind: 'shell', text: body.command ?? '' };
}
