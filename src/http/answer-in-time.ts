import type { MiddlewareHandler } from 'hono';
import { problem } from './problems.ts';

/** Longer than the database may take for a statement, shorter than clients wait for an answer. */
export const ANSWER_WITHIN_MS = 12_000;

/**
 * A database that hangs answers nothing, not even that it fails. Whoever asks is told so in time; what they asked for
 * may still be done, as after any lost answer, so they ask again under the same key.
 */
export const answerInTime: MiddlewareHandler = async (c, next) => {
  const waitSeconds = Number(c.req.query('wait')) || 0;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, ANSWER_WITHIN_MS + waitSeconds * 1000, 'late');
  });
  const outcome = await Promise.race([next(), late]).finally(() => clearTimeout(timer));
  return outcome === 'late' ? problem(c, 'unavailable') : undefined;
};
