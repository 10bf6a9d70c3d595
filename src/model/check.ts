import { z } from 'zod';
import type { ModelSettings } from '../config/model-shape.ts';
import type { Completion, Completions } from './completions.ts';
import type { ModelCheck } from './model.ts';
import { wireSchema } from './use.ts';

const Word = z.strictObject({ word: z.string() });

/** Asks for one word in the form that every question asks for, and says what is wrong in words of ours. */
export async function checkModel(
  settings: ModelSettings,
  completions: Completions,
  now: () => number,
): Promise<ModelCheck> {
  const startedAt = now();
  const question = {
    system: 'Answer with this JSON object and nothing else: {"word": "ready"}',
    user: 'Are you there?',
    name: 'ready',
    schema: wireSchema(Word),
  };
  const completion = await completions.ask(question, settings.timeoutAtNightSeconds);
  const seconds = (now() - startedAt) / 1000;
  if (!completion.ok) return { ok: false, ...wrongWith(settings, completion) };
  if (!isWord(completion.content))
    return {
      ok: false,
      problem: `${settings.name} does not answer in the form it is asked for`,
      mend: 'choose a model that knows structured answers, or set learning.model.answers to json or text',
    };
  if (settings.explain === 'unusual' && seconds > settings.timeoutSeconds)
    return {
      ok: false,
      problem: `${settings.name} took ${seconds.toFixed(1)} s, more than learning.model.timeout allows`,
      mend: 'raise the timeout, choose a faster model, or set learning.model.reasoning to minimal',
    };
  return { ok: true, seconds };
}

function isWord(content: string): boolean {
  try {
    return Word.safeParse(JSON.parse(content)).success;
  } catch {
    return false;
  }
}

type Failed = Completion & { ok: false };

function wrongWith(settings: ModelSettings, failed: Failed): { problem: string; mend: string } {
  const { baseUrl, name } = settings;
  switch (failed.result) {
    case 'timeout':
      return {
        problem: `${name} did not answer within ${settings.timeoutAtNightSeconds} s`,
        mend: 'raise learning.model.timeout_at_night, or choose a faster model',
      };
    case 'unreachable':
      return {
        problem: `${baseUrl} cannot be reached`,
        mend: 'check learning.model.base_url, the network between, and its certificate; it must not redirect',
      };
    case 'refused':
      return { problem: `${name} declined to answer`, mend: 'choose another model' };
    case 'cut':
      return {
        problem: `${name} ran out of room before it answered`,
        mend: 'set learning.model.reasoning lower',
      };
    case 'nonsense':
      return {
        problem: `${baseUrl} answers something else than a chat completion`,
        mend: 'check learning.model.base_url: it usually ends in /v1',
      };
    case 'not-asked':
      return { problem: 'it was not asked: the gate is closing', mend: 'start the gate again' };
    case 'error':
      return statusWords(settings, failed.status);
  }
}

/** Never the server's own words: they quote keys. */
function statusWords({ baseUrl, name, answers }: ModelSettings, status: number | undefined) {
  if (status === 401 || status === 403)
    return { problem: `${baseUrl} refuses the key (${status})`, mend: 'check learning.model.api_key' };
  if (status === 404)
    return {
      problem: `${baseUrl} knows no ${name}, or no /chat/completions (404)`,
      mend: 'check learning.model.name and base_url',
    };
  if (status === 400 || status === 422)
    return {
      problem: `${baseUrl} does not take the question (${status})`,
      mend:
        answers === 'schema'
          ? 'set learning.model.answers to json or text if it knows no JSON schema; check learning.model.reasoning'
          : 'check learning.model.name and learning.model.reasoning',
    };
  if (status === 429)
    return {
      problem: `${baseUrl} takes no more questions for now (429)`,
      mend: 'check its limits and credit',
    };
  return { problem: `${baseUrl} answers with an error (${status ?? 'unknown'})`, mend: 'look at its server' };
}
