import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import type { ModelSettings } from '../config/model-shape.ts';
import type { AskedResult } from './model.ts';
import type { Rendered } from './prompt.ts';

/** Our answers have a few hundred characters; whoever sends more than this is not answering. */
const MOST_BYTES = 256 * 1024;

export type Completion =
  | { ok: true; content: string }
  | { ok: false; result: Exclude<AskedResult, 'answered' | 'unfit'>; status?: number };

export interface Completions {
  ask(question: Rendered & { name: string; schema: object }, timeoutSeconds: number): Promise<Completion>;
  /** Ends everything under way. */
  close(): void;
}

/** Asks any server that speaks OpenAI's chat completions: once, within a time, without a word in any log. */
export function openCompletions(settings: ModelSettings): Completions {
  const client = new OpenAI({
    baseURL: settings.baseUrl,
    // The package refuses to be without one; who needs none ignores it.
    apiKey: settings.apiKey ?? 'none',
    // What it would read from the environment belongs to other programs.
    organization: null,
    project: null,
    adminAPIKey: null,
    webhookSecret: null,
    maxRetries: 0,
    logLevel: 'off',
    fetch: fetchWhole,
  });
  const underWay = new Set<AbortController>();
  return {
    ask: async (question, timeoutSeconds) => {
      const ending = new AbortController();
      underWay.add(ending);
      try {
        const answer = await client.chat.completions.create(bodyOf(settings, question), {
          timeout: timeoutSeconds * 1000,
          signal: ending.signal,
        });
        return contentOf(answer);
      } catch (error) {
        return failureOf(error);
      } finally {
        underWay.delete(ending);
      }
    },
    close: () => {
      for (const ending of underWay) ending.abort();
    },
  };
}

/** Nothing but what every server knows: some refuse a temperature, others a limit of tokens. */
const bodyOf = (
  { name: model, answers, reasoning }: ModelSettings,
  { system, user, name, schema }: Rendered & { name: string; schema: object },
): ChatCompletionCreateParamsNonStreaming => ({
  model,
  messages: [
    { role: 'system', content: system },
    { role: 'user', content: user },
  ],
  ...(answers === 'schema' && {
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: name.replaceAll('-', '_'),
        strict: true,
        schema: schema as Record<string, unknown>,
      },
    },
  }),
  ...(answers === 'json' && { response_format: { type: 'json_object' } }),
  ...(reasoning && { reasoning_effort: reasoning }),
});

/** The answer is anybody's: nothing is taken for granted. */
function contentOf(answer: unknown): Completion {
  const choice = (answer as { choices?: { finish_reason?: unknown; message?: Record<string, unknown> }[] })
    ?.choices?.[0];
  const { content, refusal } = choice?.message ?? {};
  if (typeof refusal === 'string' && refusal !== '') return { ok: false, result: 'refused' };
  if (choice?.finish_reason === 'content_filter') return { ok: false, result: 'refused' };
  if (choice?.finish_reason === 'length') return { ok: false, result: 'cut' };
  if (typeof content !== 'string') return { ok: false, result: 'nonsense' };
  return { ok: true, content };
}

function failureOf(error: unknown): Completion {
  if (error instanceof APIUserAbortError) return { ok: false, result: 'not-asked' };
  if (error instanceof APIConnectionTimeoutError) return { ok: false, result: 'timeout' };
  if (error instanceof APIConnectionError)
    return { ok: false, result: error.cause instanceof TooMuch ? 'nonsense' : 'unreachable' };
  if (error instanceof APIError) {
    const status = (error as { status?: unknown }).status;
    return { ok: false, result: 'error', ...(typeof status === 'number' && { status }) };
  }
  // A body that is no JSON.
  return { ok: false, result: 'nonsense' };
}

class TooMuch extends Error {}

/**
 * Reads the whole answer before the package's time-out is called off, which it is with the first byte; and follows
 * nobody elsewhere, as what is asked was meant for this server.
 */
const fetchWhole: typeof fetch = async (input, init) => {
  const { body, status, headers } = await fetch(input, { ...init, redirect: 'error' });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new TooMuch('the answer is too long');
    chunks.push(chunk);
  }
  const whole = bytes === 0 ? null : Buffer.concat(chunks);
  return new Response(whole, { status: status >= 200 ? status : 502, headers });
};
