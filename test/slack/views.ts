import type { RequestView } from '../../src/core/request.ts';
import { textOf } from '../../src/demo/local-slack/reading.ts';
import { card, type Place } from '../../src/slack/cards.ts';
import { PRODUCTION } from '../support/deps.ts';

const T0 = new Date('2026-03-02T14:00:00Z');
/** So many seconds after the request was made, at 14:00 UTC. */
export const at = (seconds: number): Date => new Date(T0.getTime() + seconds * 1000);

export const PLACE: Place = { environment: PRODUCTION, deciders: 'any full member of this channel' };

/** A pending request as a deploy job makes it; say what is different. */
export const viewOf = (over: Partial<RequestView> = {}): RequestView => ({
  id: 'req_7k2m9x4vq1w8n3b5z6p0t4h2ja',
  version: 1,
  project: 'shop',
  environment: 'production',
  state: 'pending',
  command: { kind: 'shell', text: 'kubectl -n shop rollout restart deploy/checkout' },
  cwd: '/srv/shop',
  program: null,
  digest: { salt: '00', sha256: 'b'.repeat(64) },
  reason: 'Hotfix 4.2.1',
  requester: { tokenId: 't1', tokenName: 'ci-shop', kind: 'ci', actor: 'octocat', people: [] },
  context: {
    source: 'github-actions',
    repository: 'acme/shop',
    ref: 'main',
    sha: '1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d',
    run_id: '812',
    run_url: 'https://github.com/acme/shop/actions/runs/812',
    server_url: 'https://github.com',
    job: 'deploy',
  },
  assessment: {
    score: 72,
    level: 'HIGH',
    reasons: [
      { id: 'a', points: 12, why: 'acts on a cluster' },
      { id: 'b', points: 60, why: 'restarts what customers use' },
    ],
  },
  approvalsNeeded: 1,
  reviewers: null,
  whenUnanswered: 'deny',
  batchId: null,
  explanation: [{ kind: 'rule', name: 'rules', applies: false, why: 'no rule covers the whole command' }],
  family: 'kubectl rollout restart',
  createdAt: at(0),
  expiresAt: at(600),
  useBy: null,
  decision: null,
  startedAt: null,
  lapsedAt: null,
  outcome: null,
  votes: [],
  earlier: [],
  lastSuccess: { sha: '9f8e7d6c5b4a39281706f5e4d3c2b1a098765432', at: at(-86_400) },
  lastRun: null,
  notes: [],
  changes: null,
  followers: { count: 0, shown: [] },
  newer: null,
  newerWaits: null,
  emergency: false,
  latestExpiresAt: null,
  claim: null,
  reach: null,
  modelWords: null,
  mayExtend: false,
  ladder: { rungs: [], pausedUntil: null },
  questions: [],
  retrospective: null,
  ...over,
});

const nobody = { people: new Map(), channels: new Map(), userGroups: new Map(), now: () => T0.getTime() };

/** A card as a person in UTC reads it on that day. */
export function readCard(view: RequestView, place: Place = PLACE): string {
  const { text, blocks } = card(view, place);
  return textOf(nobody, { text, blocks: blocks as never });
}
