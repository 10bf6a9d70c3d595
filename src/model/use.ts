import { z } from 'zod';
import type { Json } from '../core/proof/canonical.ts';
import { type LineRules, whyUnfit } from './plain-line.ts';
import type { PromptName } from './prompt.ts';

/** One thing the model is used for: what it is sent, the form of its answer, and what becomes of that. */
export interface Use<Input, Wire, Answer> {
  prompt: PromptName;
  /** What is sent, redacted; null: there is nothing to ask, or too much. */
  data(input: Input): Json | null;
  schema: z.ZodType<Wire>;
  /** null: not shown. */
  answer(wire: Wire, input: Input): Answer | null;
}

/** A string of the answer that people will read. The limits are not in the schema it is sent: not all servers know them. */
export const line = (rules: LineRules) =>
  z.string().refine((text) => whyUnfit(text, rules) === null, 'unfit');

export type Read<Answer> =
  | { result: 'answered'; answer: Answer }
  | { result: 'nonsense' | 'unfit'; answer: null };

/** What a raw answer is worth. Pure: recorded answers are held against it, too. */
export function readAnswer<Input, Wire, Answer>(
  use: Use<Input, Wire, Answer>,
  raw: string,
  input: Input,
): Read<Answer> {
  const parsed = use.schema.safeParse(jsonIn(raw));
  if (!parsed.success) {
    const isUnfit = parsed.error.issues.every(({ code }) => code === 'custom');
    return { result: isUnfit ? 'unfit' : 'nonsense', answer: null };
  }
  const answer = use.answer(parsed.data, input);
  return answer === null ? { result: 'unfit', answer: null } : { result: 'answered', answer };
}

/** Models without a schema like to put their JSON into a fence. */
function jsonIn(raw: string): unknown {
  const inside = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(raw)?.[1] ?? raw;
  try {
    // A length that is no number makes the checks of zod throw.
    return JSON.parse(inside, (key, value) => (key === 'length' && typeof value === 'object' ? 0 : value));
  } catch {
    return undefined;
  }
}

/** The schema as the wire wants it: types and names, without our limits. */
export function wireSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  return rest;
}
