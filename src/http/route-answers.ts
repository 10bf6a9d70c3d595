import type { z } from '@hono/zod-openapi';
import { ProblemShape } from '../api.ts';
import { PROBLEMS } from './problems.ts';

/** An answer of a route, for the OpenAPI document. */
export const answers = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { 'application/json': { schema } },
});

/** The problems a route may answer with, for the OpenAPI document: each status with its titles. */
export const problemAnswers = (...statuses: number[]) =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: Object.values(PROBLEMS)
          .filter(([s]) => s === status)
          .map(([, title]) => title)
          .join('; '),
        content: { 'application/problem+json': { schema: ProblemShape } },
      },
    ]),
  );
