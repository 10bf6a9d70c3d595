import type { ModelSettings } from '../config/model-shape.ts';
import type { WrittenBy } from '../core/model-words.ts';
import { createBreaker } from './breaker.ts';
import { checkModel } from './check.ts';
import { clusterReasons } from './cluster-reasons.ts';
import { type Completion, openCompletions } from './completions.ts';
import { describeSuggestion } from './describe-suggestion.ts';
import { explainCommand } from './explain-command.ts';
import type { Asked, AskedResult, Model } from './model.ts';
import { createPlaces } from './places.ts';
import { PROMPTS, type Prompt, type PromptName, readPrompt, render } from './prompt.ts';
import { summariseNotes } from './summarise-notes.ts';
import { readAnswer, type Use, wireSchema } from './use.ts';

interface Options {
  /** Told of every question, without a word of it. */
  onAsked?(asked: Asked): void;
  /** Milliseconds that only grow. */
  now?(): number;
}

/** Its server, not the command, is to blame: several of these in a row, and it is left alone. */
const FAILURES: AskedResult[] = ['timeout', 'unreachable', 'error', 'nonsense', 'cut'];

/** The language model of the configuration. Reads its prompts at once: a gate with a broken one does not start. */
export function createModel(settings: ModelSettings, options: Options = {}): Model {
  const { onAsked = () => {}, now = () => performance.now() } = options;
  const prompts = new Map(PROMPTS.map((name): [PromptName, Prompt] => [name, readPrompt(name)]));
  const completions = openCompletions(settings);
  const places = createPlaces(settings.atOnce);
  const breaker = createBreaker(now);
  let isClosed = false;

  const put = async <Input, Wire, Answer extends object>(
    use: Use<Input, Wire, Answer>,
    input: Input,
    timeoutSeconds: number,
  ): Promise<(Answer & WrittenBy) | null> => {
    const prompt = prompts.get(use.prompt);
    const data = use.data(input);
    if (!prompt || data === null) return null;
    const place = await places.take();
    const startedAt = now();
    const tell = (result: AskedResult, status?: number) =>
      onAsked({
        prompt: prompt.id,
        result,
        seconds: (now() - startedAt) / 1000,
        ...(status !== undefined && { status }),
      });
    try {
      const question = { ...render(prompt, data), name: use.prompt, schema: wireSchema(use.schema) };
      if (place === null || isClosed || !breaker.mayAsk()) {
        tell('not-asked');
        return null;
      }
      const completion = await completions.ask(question, timeoutSeconds);
      const { result, answer } = worthOf(completion, use, input);
      if (FAILURES.includes(result)) breaker.failed();
      else breaker.worked();
      tell(result, completion.ok ? undefined : completion.status);
      return answer && { ...answer, prompt: prompt.id, model: settings.name };
    } finally {
      place?.();
    }
  };
  /** Whatever goes wrong in here, too, is only a text that is missing. */
  const ask: typeof put = (...question) =>
    put(...question).catch(() => {
      onAsked({ prompt: question[0].prompt, result: 'not-asked', seconds: 0 });
      return null;
    });

  const { timeoutSeconds, timeoutAtNightSeconds } = settings;
  return {
    name: settings.name,
    explains: settings.explain === 'unusual',
    isResting: breaker.isResting,
    explainCommand: (request) => ask(explainCommand, request, timeoutSeconds),
    describeSuggestion: (suggestion) => ask(describeSuggestion, suggestion, timeoutAtNightSeconds),
    summariseNotes: (notes) => ask(summariseNotes, notes, timeoutAtNightSeconds),
    clusterReasons: (reasons) => ask(clusterReasons, reasons, timeoutAtNightSeconds),
    check: () => checkModel(settings, completions, now),
    close: () => {
      isClosed = true;
      places.close();
      completions.close();
    },
  };
}

function worthOf<Input, Wire, Answer>(
  completion: Completion,
  use: Use<Input, Wire, Answer>,
  input: Input,
): { result: AskedResult; answer: Answer | null } {
  if (!completion.ok) return { result: completion.result, answer: null };
  return readAnswer(use, completion.content, input);
}
