import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { ANSWER_WITHIN_MS } from './answer-in-time.ts';
import { type ProblemCode, problemBody } from './problems.ts';

/** What every answer carries for browsers. */
export const SECURE = { referrerPolicy: 'no-referrer', xFrameOptions: 'DENY' } as const;

/** Which headers that makes, asked of the one who knows. */
const headers: Promise<Record<string, string>> = (async () =>
  Object.fromEntries(
    (
      await new Hono()
        .use(secureHeaders(SECURE))
        .get('/', (c) => c.body(null))
        .request('/')
    ).headers,
  ))();

export type Late = { body: object } | { problem: ProblemCode };

/**
 * Answers when its handler is gone: thousands that wait keep their connection, not everything on the way to a handler.
 * @param within milliseconds until it is too late, beside what an answer takes
 */
export function answerLater(
  outgoing: ServerResponse,
  { answer, withinMs, onFault }: { answer: Promise<Late>; withinMs: number; onFault(error: unknown): void },
): Response {
  void inTime(answer, withinMs + ANSWER_WITHIN_MS)
    .catch((error: unknown): Late => {
      onFault(error);
      return { problem: 'unavailable' };
    })
    .then((late) => send(outgoing, late))
    .catch(onFault);
  return RESPONSE_ALREADY_SENT;
}

function inTime(answer: Promise<Late>, ms: number): Promise<Late> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Late>((resolve) => {
    timer = setTimeout(resolve, ms, { problem: 'unavailable' });
  });
  return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
}

async function send(outgoing: ServerResponse, late: Late): Promise<void> {
  const isProblem = 'problem' in late;
  const body = isProblem ? problemBody(late.problem) : late.body;
  const text = JSON.stringify(body);
  if (outgoing.destroyed || outgoing.headersSent) return;
  outgoing.writeHead(isProblem ? problemBody(late.problem).status : 200, {
    ...(await headers),
    'content-type': isProblem ? 'application/problem+json' : 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  outgoing.end(text);
}
