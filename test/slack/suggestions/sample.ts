import type { Suggestion } from '../../../src/core/learning/suggestion.ts';
import type { Database } from '../../../src/store/database.ts';
import { insertSuggestion, type SuggestionRow } from '../../../src/store/suggestions.ts';

const DAY = 86_400_000;
const NOVEMBER = Date.UTC(2026, 10, 2, 9);

/** A family of two spellings, as a night proposes it; say what is different. */
export const suggestion = (over: Partial<Suggestion> = {}): Suggestion => ({
  id: 'sug_0123456789abcdef',
  family: 'fam_set_image',
  kind: 'add',
  environment: 'production',
  project: 'shop',
  rules: [
    'kubectl -n shop set image deployment/{svc:api,web,worker} {svc}=registry.example.com/shop/{svc}:{sha:7}',
    'kubectl set image deployment/{svc:api,web,worker} {svc}=registry.example.com/shop/{svc}:{sha:7} -n shop',
  ],
  replaces: [
    'kubectl -n shop set image deployment/api api=registry.example.com/shop/api:{sha:7}',
    '= kubectl -n shop set image deployment/web web=registry.example.com/shop/web:4f2a91c',
  ],
  cause: null,
  commandFamily: 'kubectl set image',
  title: 'Deploys of api, web and worker to shop',
  why: 'People approved every one of these in the last 23 days, and denied none.',
  risk: 'MEDIUM',
  acceptancesNeeded: 1,
  savesPerWeek: 12.4,
  slots: [
    { slot: '{svc:api,web,worker}', seen: ['api', 'web', 'worker'], count: 3 },
    { slot: '{sha:7}', seen: ['4f2a91c', '9b1d0ee', 'c07715a', '1a2b3c4'], count: 38 },
  ],
  cautions: ['Most of these were asked in the last two days; before, one a day.'],
  evidence: {
    approvals: 41,
    denials: 0,
    requesters: ['ci', 'Dora'],
    reviewers: ['Ana', 'Ben', 'Cleo'],
    days: 17,
    first: NOVEMBER,
    last: NOVEMBER + 22 * DAY,
    examples: [
      'kubectl -n shop set image deployment/api api=registry.example.com/shop/api:4f2a91c',
      'kubectl -n shop set image deployment/web web=registry.example.com/shop/web:9b1d0ee',
      'kubectl set image deployment/worker worker=registry.example.com/shop/worker:c07715a -n shop',
    ],
    wouldAlsoAllow: [
      'kubectl -n shop set image deployment/worker worker=registry.example.com/shop/worker:0f0f0f1',
      'kubectl -n shop set image deployment/api api=registry.example.com/shop/api:abcdef1',
    ],
    wouldNotAllow: [
      'kubectl -n billing set image deployment/api api=registry.example.com/shop/api:4f2a91c',
      'kubectl -n shop set image deployment/api api=registry.example.com/shop/web:4f2a91c',
      'kubectl -n shop set image deployment/api api=registry.example.com/shop/api:latest',
      'kubectl -n shop set image deployment/api api=registry.example.com/shop/api:4f2a91c; rm -rf /',
    ],
  },
  ...over,
});

const NO_EVIDENCE: Suggestion['evidence'] = {
  approvals: 0,
  denials: 0,
  requesters: [],
  reviewers: [],
  days: 0,
  first: null,
  last: null,
  examples: [],
  wouldAlsoAllow: [],
  wouldNotAllow: [],
};

/** A rule that nobody needs any more. */
export const prune = (over: Partial<Suggestion> = {}): Suggestion =>
  suggestion({
    id: 'sug_prune00000001',
    family: 'fam_prune',
    kind: 'prune',
    rules: [],
    replaces: ['kubectl -n shop scale deployment/api --replicas={int}'],
    cause: 'unused',
    commandFamily: 'kubectl scale',
    title: 'Remove a rule that is not used any more',
    why: 'It let nothing pass for 30 days.',
    risk: 'LOW',
    savesPerWeek: 0,
    slots: [],
    cautions: [],
    evidence: NO_EVIDENCE,
    ...over,
  });

/** Stores suggestions as a night does. */
export const proposed = (database: Database, ...bodies: Suggestion[]): Promise<SuggestionRow[]> =>
  database.db.transaction(async (tx) => {
    const rows: SuggestionRow[] = [];
    for (const body of bodies) {
      const row = await insertSuggestion(tx, body, { night: '2026-11-25' });
      if (row) rows.push(row);
    }
    return rows;
  });
