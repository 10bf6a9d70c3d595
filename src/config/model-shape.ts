import { z } from 'zod';
import { parseDuration } from '../core/duration.ts';
import { duration } from './values.ts';

const REASONING = ['minimal', 'low', 'medium', 'high'] as const;
const ANSWERS = ['schema', 'json', 'text'] as const;

/** Longer than this nobody waits. */
const patience = duration.refine((text) => (parseDuration(text) ?? 0) <= 600, 'write at most 10m');

/** The optional language model: any server that speaks OpenAI's chat completions. */
export const model = z
  .strictObject({
    base_url: z
      .url({ protocol: /^https?$/, error: 'write a web address such as https://api.openai.com/v1' })
      .describe('Where it answers: the part before /chat/completions'),
    name: z.string().min(1).max(200).describe('The name of the model, as its server calls it'),
    api_key: z.string().optional().describe('Such as "${OPENAI_API_KEY}"; left out: none is needed'),
    explain: z
      .enum(['unusual', 'never'], 'write unusual or never')
      .default('unusual')
      .describe('Which commands it explains on their cards; what it is sent is redacted'),
    timeout: patience.default('15s').describe('How long it may take over one explanation'),
    timeout_at_night: patience.default('60s').describe('How long it may take over one answer of the night'),
    at_once: z.int().min(1).max(20).default(2).describe('How many questions it is asked at the same time'),
    answers: z
      .enum(ANSWERS, `write one of ${ANSWERS.join(', ')}`)
      .default('schema')
      .describe('How it is held to the form: a JSON schema, any JSON, or by the prompt alone'),
    reasoning: z
      .enum(REASONING, `write one of ${REASONING.join(', ')}`)
      .optional()
      .describe('Only for models that reason: how much'),
  })
  .describe('A language model that explains and names; it decides nothing');

export interface ModelSettings {
  baseUrl: string;
  name: string;
  apiKey: string | null;
  explain: 'unusual' | 'never';
  timeoutSeconds: number;
  timeoutAtNightSeconds: number;
  atOnce: number;
  answers: (typeof ANSWERS)[number];
  reasoning: (typeof REASONING)[number] | null;
}

export const toModelSettings = (raw: z.infer<typeof model>): ModelSettings => ({
  baseUrl: raw.base_url.replace(/\/+$/, ''),
  name: raw.name,
  apiKey: raw.api_key || null,
  explain: raw.explain,
  timeoutSeconds: parseDuration(raw.timeout) ?? 0,
  timeoutAtNightSeconds: parseDuration(raw.timeout_at_night) ?? 0,
  atOnce: raw.at_once,
  answers: raw.answers,
  reasoning: raw.reasoning ?? null,
});
