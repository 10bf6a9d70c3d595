import { parentPort, workerData } from 'node:worker_threads';
import type { KnownRule, PastDecision, Suggestion } from '../../core/learning/suggestion.ts';
import type { FromLearner, ToLearner } from './learn.ts';

interface Learner {
  add(decision: PastDecision): void;
  suggest(): Suggestion[];
}
type LearnerModule = { Learner: new (given: { now: number; rules: KnownRule[] }) => Learner };

const { Learner } = (await import((workerData as { learner: string }).learner)) as LearnerModule;
let learner: Learner | null = null;

parentPort?.on('message', (message: ToLearner) => {
  switch (message.kind) {
    case 'begin':
      learner = new Learner({ now: message.now, rules: message.rules });
      return answer({ kind: 'taken' });
    case 'page':
      for (const decision of message.decisions) learner?.add(decision);
      return answer({ kind: 'taken' });
    case 'end':
      return answer({ kind: 'suggestions', suggestions: learner?.suggest() ?? [] });
  }
});

const answer = (message: FromLearner): void => parentPort?.postMessage(message);
