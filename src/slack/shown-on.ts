import type { Request, RequestView } from '../core/request.ts';
import { viewBatch } from '../store/batches.ts';
import type { DueCard } from '../store/cards.ts';
import { viewRequest } from '../store/requests.ts';
import { batchBlock, batchCard } from './batch-card.ts';
import type { Message } from './blocks.ts';
import { card } from './cards.ts';
import { cardBlock } from './find-posted.ts';
import { placeOf } from './place.ts';
import type { Slack } from './slack.ts';

/** What a card is to show now: of one request, or of several. */
export interface Shown {
  /** One of those it shows. */
  requestId: string;
  environment: string;
  /** At least what was wanted when the card was claimed: what is read after that is not older. */
  version: number;
  createdAt: Date;
  isPending: boolean;
  /** Whoever asked took it back. */
  isWithdrawn: boolean;
  /** Nothing more will happen to anything on it. */
  isSettled: boolean;
  message: Message;
  /** The block by which the card is found again in Slack. */
  block: string;
}

/** Reads what a claimed card shows. null: there is nothing any more. */
export async function shownOn(slack: Slack, due: DueCard): Promise<Shown | null> {
  const { db } = slack.deps.database;
  if (due.batchId !== null) return shownTogether(slack, due, due.batchId);
  const view = await viewRequest(db, due.requestId);
  if (!view) return null;
  return {
    ...about([view], due),
    requestId: view.id,
    message: card(view, await placeOf(slack, view)),
    block: cardBlock(view),
  };
}

async function shownTogether(slack: Slack, due: DueCard, batchId: string): Promise<Shown | null> {
  const views = await viewBatch(slack.deps.database.db, batchId);
  const [first] = views;
  if (!first) return null;
  return {
    ...about(views, due),
    requestId: first.id,
    message: batchCard(batchId, views, await placeOf(slack, first)),
    block: batchBlock(batchId),
  };
}

const about = (views: RequestView[], due: DueCard) => ({
  environment: views[0]?.environment ?? '',
  version: Math.max(
    due.wantedVersion,
    views.length === 1 && due.batchId === null ? (views[0]?.version ?? 0) : 0,
  ),
  createdAt: views[0]?.createdAt ?? new Date(0),
  isPending: views.some(({ state }) => state === 'pending'),
  isWithdrawn: views.every(({ state }) => state === 'withdrawn'),
  isSettled: views.every(isSettled),
});

const isSettled = ({ followers, retrospective, ...view }: RequestView): boolean =>
  followers.count === followers.shown.length &&
  [view, ...followers.shown].every(hasEnded) &&
  (retrospective === null || retrospective.closedAt !== null);

const hasEnded = ({ state, outcome, lapsedAt }: Pick<Request, 'state' | 'outcome' | 'lapsedAt'>): boolean =>
  state !== 'pending' && (state !== 'approved' || outcome !== null || lapsedAt !== null);
