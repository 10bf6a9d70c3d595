import { Worker } from 'node:worker_threads';
import type { KnownRule, PastDecision, Suggestion } from '../../core/learning/suggestion.ts';

export interface LearnInput {
  /** Milliseconds since 1970, by the database. */
  now: number;
  rules: KnownRule[];
  /** Read one after the other, as fast as they are learned. */
  pages: AsyncIterable<PastDecision[]>;
}

/** Past decisions → suggestions. */
export type Learn = (input: LearnInput) => Promise<Suggestion[]>;

/** What goes to the thread that learns, and what it answers: `taken` each page, then the suggestions. */
export type ToLearner =
  | { kind: 'begin'; now: number; rules: KnownRule[] }
  | { kind: 'page'; decisions: PastDecision[] }
  | { kind: 'end' };
export type FromLearner = { kind: 'taken' } | { kind: 'suggestions'; suggestions: Suggestion[] };

const ENTRY = new URL('./learn-worker.mjs', import.meta.url);
const LEARNER = new URL('../../core/learning/learner.ts', import.meta.url);

/**
 * Learns in a thread of its own, so that this one keeps serving. One page is under way at a time: memory does not grow
 * with the number of decisions.
 * @param learner the module whose `Learner` does it
 */
export async function learnInWorker(
  { now, rules, pages }: LearnInput,
  learner: URL = LEARNER,
): Promise<Suggestion[]> {
  const worker = new Worker(ENTRY, { workerData: { learner: learner.href } });
  try {
    await ask(worker, { kind: 'begin', now, rules });
    for await (const decisions of pages) await ask(worker, { kind: 'page', decisions });
    const answer = await ask(worker, { kind: 'end' });
    if (answer.kind !== 'suggestions') throw new Error('the learner answered out of turn');
    return answer.suggestions;
  } finally {
    await worker.terminate();
  }
}

function ask(worker: Worker, message: ToLearner): Promise<FromLearner> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
    };
    const onMessage = (answer: FromLearner) => {
      stop();
      resolve(answer);
    };
    const onError = (error: unknown) => {
      stop();
      reject(error);
    };
    const onExit = () => onError(new Error('the learner ended before it answered'));
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
    worker.postMessage(message);
  });
}
