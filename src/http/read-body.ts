import type { IncomingMessage } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import { MAX_BODY_BYTES } from '../api.ts';
import { type ProblemCode, problem } from './problems.ts';

const MAX_DEPTH = 20;
const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** As `readBodyUpTo`, for what most calls send. */
export const readBody: MiddlewareHandler = (c, next) =>
  readBodyUpTo(MAX_BODY_BYTES, 'body-too-large')(c, next);

/**
 * Reads a body once, before anything else looks at it: bounded, JSON, valid UTF-8, and without what a database or
 * a terminal cannot hold. Later readers get the same bytes from the request's cache.
 */
export const readBodyUpTo =
  (maxBytes: number, tooLarge: ProblemCode): MiddlewareHandler =>
  async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD' || c.req.method === 'DELETE') return next();
    if (Number(c.req.header('content-length') ?? 0) > maxBytes) return problem(c, tooLarge);
    if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) return problem(c, 'not-json');
    const bytes = await bytesOf(c, maxBytes);
    if (!bytes) return problem(c, tooLarge);
    let text: string;
    let value: unknown;
    try {
      text = UTF_8.decode(bytes);
      value = JSON.parse(text);
    } catch (e) {
      return problem(c, e instanceof SyntaxError ? 'bad-json' : 'not-text');
    }
    const wrong = wrongIn(value, 0);
    if (wrong) return problem(c, wrong);
    c.req.bodyCache.arrayBuffer = Promise.resolve(bytes.buffer as ArrayBuffer) as never;
    c.req.bodyCache.text = Promise.resolve(text) as never;
    return next();
  };

/** Straight from the connection where there is one: a web stream in between costs more than all else of a short call. */
const bytesOf = (c: Context, maxBytes: number): Promise<Uint8Array | null> => {
  const { incoming } = (c.env ?? {}) as { incoming?: IncomingMessage };
  return incoming ? incomingBytes(incoming, maxBytes) : boundedBytes(c.req.raw, maxBytes);
};

const incomingBytes = (incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array | null> =>
  new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    incoming.on('data', (chunk: Uint8Array) => {
      size += chunk.length;
      if (size > maxBytes) return resolve(null);
      chunks.push(chunk);
    });
    incoming.once('end', () => resolve(joined(chunks, size)));
    incoming.once('error', reject);
    incoming.once('close', () => reject(new Error('the client went away')));
  });

/** The bytes of a body; null when there are more than these. */
export async function boundedBytes(request: Request, maxBytes: number): Promise<Uint8Array | null> {
  if (!request.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return joined(chunks, size);
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** NUL, a lone surrogate, nesting too deep: in keys as well as values. Null: nothing is wrong. */
function wrongIn(value: unknown, depth: number): ProblemCode | null {
  if (typeof value === 'string')
    return value.includes('\0') || /\p{Surrogate}/u.test(value) ? 'not-text' : null;
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= MAX_DEPTH) return 'not-text';
  for (const [key, inside] of Object.entries(value)) {
    // zod 4.6.7 compares the `length` of whatever has one, whether it is a number or not, and throws. No field has that name.
    if (key === 'length' && typeof inside === 'object') return 'invalid-fields';
    const wrong = wrongIn(key, depth) ?? wrongIn(inside, depth + 1);
    if (wrong) return wrong;
  }
  return null;
}
