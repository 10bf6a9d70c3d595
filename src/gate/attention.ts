import { randomBytes } from 'node:crypto';
import { asksTheSame, isNewerRun } from '../core/attention.ts';
import {
  burstOf,
  leadersLike,
  lockCards,
  lockFollowers,
  lockWithLeader,
  neighboursOf,
  OWN_CARDS,
  sizeOfBatch,
  takeTurn,
  waitingInLane,
} from '../store/attention.ts';
import type { Tx } from '../store/database.ts';
import { lockRequest, type RequestRow } from '../store/requests.ts';
import type { Deps } from './deps.ts';
import type { Draft } from './draft.ts';
import { type Ended, endRequest } from './end-request.ts';

/** The requests that a new one concerns, and how it is to be shown beside them. All are locked. */
export interface Surroundings {
  /** Of older runs of the same step: the new one takes their place. */
  older: RequestRow[];
  /** It asks the same: one card and one decision for both. */
  leader: RequestRow | null;
  /** One of a burst: shown on one card with others; `isOpen` when that card is there already. */
  batch: { id: string; isOpen: boolean } | null;
  /** Ids of all that were there to be concerned. */
  neighbours: string[];
}

const ALONE: Surroundings = { older: [], leader: null, batch: null, neighbours: [] };

/** Something that it concerns was stored while it looked around: it has to look again. */
export class Overtaken extends Error {}

/** More do not fit on one card with their whole commands. */
export const BATCH_SIZE = 8;

/**
 * Looks what else waits, and locks it, before a request is stored. One that a rule allows at once only takes the
 * place of older ones; a refused one takes nobody's.
 */
export async function lookAround(
  tx: Tx,
  draft: Draft,
  { allowed, asks }: { allowed: boolean; asks: boolean },
): Promise<Surroundings> {
  if (!asks && !(allowed && (await olderThan(tx, draft)).length > 0)) return ALONE;
  await takeTurn(tx, turnsOf(draft, asks));
  const neighbours = await around(tx, draft);
  const older = await lockOlder(tx, draft);
  const [leader, burst] = asks
    ? await Promise.all([lockLeader(tx, draft, older), batchFor(tx, draft)])
    : [null, null];
  const batch = leader ? null : burst;
  const touched = [...older, ...(leader ? [leader] : [])];
  await lockCards(tx, {
    requestIds: touched.flatMap(({ id, leaderId }) => [id, ...(leaderId ? [leaderId] : [])]),
    batchIds: [...touched.map(({ batchId }) => batchId), batch?.id].filter((id) => typeof id === 'string'),
  });
  return { older, leader, batch, neighbours };
}

const around = (tx: Tx, { context, ...draft }: Draft): Promise<string[]> =>
  neighboursOf(
    tx,
    { ...draft, concurrencyKey: draft.concurrencyKey ?? null },
    { runId: context.run_id ?? null, runAttempt: context.run_attempt ?? null },
  );

/**
 * Whoever submits at once waits for no turn. To be called when the end of the chain is taken: from then on nobody can
 * come any more.
 * @throws Overtaken
 */
export async function expectNobodyCame(tx: Tx, draft: Draft, { neighbours }: Surroundings): Promise<void> {
  const known = new Set([...neighbours, draft.id]);
  if ((await around(tx, draft)).some((id) => !known.has(id))) throw new Overtaken('somebody came meanwhile');
}

/**
 * What it shares with every request that it could concern: the same words, a burst. One of a lane may replace others,
 * and so locks what leads or follows them in other lanes: of these, one at a time in a project.
 */
function turnsOf(draft: Draft, asks: boolean): string[] {
  const { tokenId, project, environment, context, concurrencyKey, sameKey } = draft;
  return [
    ...(concurrencyKey ? [`project ${project}`] : []),
    ...(asks ? [`same ${tokenId} ${sameKey}`] : []),
    ...(asks ? [`burst ${tokenId} ${project} ${environment} ${context.run_id} ${context.run_attempt}`] : []),
  ];
}

/** What waits of older runs in the lane of this one. An older run that comes late takes nobody's place. */
async function olderThan(tx: Tx, draft: Draft): Promise<RequestRow[]> {
  if (!draft.concurrencyKey) return [];
  const lane = await waitingInLane(tx, draft.project, draft.concurrencyKey);
  return lane.filter((other) => isNewerRun(draft.context, other.context));
}

/** Each with its leader before it and its followers after it: the order in which everything is locked. */
async function lockOlder(tx: Tx, draft: Draft): Promise<RequestRow[]> {
  const older: RequestRow[] = [];
  for (const { id } of await olderThan(tx, draft)) {
    const row = await lockWithLeader(tx, id);
    if (row?.state !== 'pending') continue;
    await lockFollowers(tx, id);
    older.push(row);
  }
  return older;
}

/** The request that asks the same and still waits when it is locked. */
async function lockLeader(tx: Tx, draft: Draft, older: RequestRow[]): Promise<RequestRow | null> {
  const gone = new Set(older.map(({ id }) => id));
  for (;;) {
    const [found] = (await leadersOf(tx, draft)).filter(({ id }) => !gone.has(id));
    if (!found) return null;
    const leader = await lockRequest(tx, found.id);
    // Changed while it was waited for: people have voted, it became an emergency, or it has ended and another one leads.
    if (leader && (await leadersOf(tx, draft)).some(({ id }) => id === leader.id)) return leader;
  }
}

const leadersOf = async (tx: Tx, draft: Draft): Promise<RequestRow[]> =>
  (await leadersLike(tx, draft.sameKey, draft.tokenId)).filter((row) =>
    asksTheSame(row, { ...LACKING, ...draft }),
  );

/** What a draft may leave out. */
const LACKING = { reason: null, program: null, reviewers: null, emergency: false } as const;

/** One of a burst of the same token, run and environment goes on a card with the others. */
async function batchFor(tx: Tx, draft: Draft): Promise<Surroundings['batch']> {
  // A batch names one group of people who decide: that of the environment. An emergency has others.
  if (draft.reviewers || draft.emergency) return null;
  const { tokenId, project, environment, context } = draft;
  const [runId, runAttempt] = [context.run_id ?? null, context.run_attempt ?? null];
  const burst = await burstOf(tx, { tokenId, project, environment, runId, runAttempt });
  if (burst.length < OWN_CARDS) return null;
  const open = burst.findLast(({ batchId }) => batchId !== null)?.batchId;
  if (open && (await sizeOfBatch(tx, open)) < BATCH_SIZE) return { id: open, isOpen: true };
  return { id: `bat_${randomBytes(12).toString('hex')}`, isOpen: false };
}

/** A newer run takes the place of older ones: each is withdrawn and says by what. */
export async function supersede(
  tx: Tx,
  deps: Deps,
  newer: RequestRow,
  older: RequestRow[],
): Promise<Ended[]> {
  const ended: Ended[] = [];
  for (const { id } of older) {
    // The one before it may have handed on to it, and all that followed with it.
    const row = await lockRequest(tx, id);
    if (!row) continue;
    const withdrawn = await endRequest(tx, deps, row, {
      state: 'withdrawn',
      by: 'newer-request',
      reason: `A newer run asked: ${newer.id}.`,
      people: [],
      supersededBy: newer.id,
    });
    if (withdrawn) ended.push(withdrawn);
  }
  return ended;
}
