import type { ModelSettings } from '../../src/config/model-shape.ts';
import type { Suggestion } from '../../src/core/learning/suggestion.ts';
import { type FakeModel, startFakeModel } from '../../src/demo/model/fake-model.ts';
import { createModel } from '../../src/model/create-model.ts';
import type { Asked, Explained, Model } from '../../src/model/model.ts';

export const KEY = 'key-of-the-fake-model';

/** Settings that lead to this address; say what is different. */
export const settingsFor = (baseUrl: string, over: Partial<ModelSettings> = {}): ModelSettings => ({
  baseUrl,
  name: 'small-1',
  apiKey: KEY,
  explain: 'unusual',
  timeoutSeconds: 5,
  timeoutAtNightSeconds: 5,
  atOnce: 2,
  answers: 'schema',
  reasoning: null,
  ...over,
});

export interface ModelWorld {
  fake: FakeModel;
  model: Model;
  /** What logs and metrics are told. */
  asked: Asked[];
  /** Milliseconds by which the model's clock is ahead. */
  ahead: { ms: number };
  close(): Promise<void>;
}

/** A model over a fake server. */
export async function modelWorld(over: Partial<ModelSettings> = {}): Promise<ModelWorld> {
  const fake = await startFakeModel({ key: KEY });
  const asked: Asked[] = [];
  const ahead = { ms: 0 };
  const model = createModel(settingsFor(fake.url, over), {
    onAsked: (one) => asked.push(one),
    now: () => performance.now() + ahead.ms,
  });
  return {
    fake,
    model,
    asked,
    ahead,
    close: async () => {
      model.close();
      await fake.close();
    },
  };
}

/** An unusual command; say what is different. */
export const unusual = (
  text = 'kubectl delete namespace shop',
  over: Partial<Explained> = {},
): Explained => ({
  command: { kind: 'shell', text },
  environment: 'production',
  assessment: {
    score: 85,
    level: 'CRITICAL',
    reasons: [{ id: 'delete', points: 85, why: 'deletes a namespace' }],
  },
  ...over,
});

/** A suggestion for a family of image updates; say what is different. */
export const suggestionOf = (over: Partial<Suggestion> = {}): Suggestion => ({
  id: 'sug_1',
  family: 'fam_1',
  kind: 'add',
  environment: 'production',
  project: 'shop',
  rules: ['kubectl -n shop set image deployment/web web=registry.example.com/web:{sha:7}'],
  replaces: [],
  cause: null,
  commandFamily: 'kubectl set image',
  title: 'kubectl set image',
  why: 'Approved 9 times by 2 people.',
  risk: 'MEDIUM',
  acceptancesNeeded: 1,
  savesPerWeek: 6,
  slots: [{ slot: '{sha:7}', seen: ['1a2b3c4'], count: 9 }],
  cautions: [],
  evidence: {
    approvals: 9,
    denials: 0,
    requesters: ['ci'],
    reviewers: ['ana', 'ben'],
    days: 4,
    first: 0,
    last: 1,
    examples: ['kubectl -n shop set image deployment/web web=registry.example.com/web:1a2b3c4'],
    wouldAlsoAllow: [],
    wouldNotAllow: [],
  },
  ...over,
});
