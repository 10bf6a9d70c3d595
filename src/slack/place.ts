import type { RequestView } from '../core/request.ts';
import { environmentAsked } from '../gate/environment-asked.ts';
import { cardsOf } from '../store/cards.ts';
import type { Place } from './cards.ts';
import type { Slack } from './slack.ts';

/** Gathers what a card shows beside its request. */
export async function placeOf(slack: Slack, view: RequestView): Promise<Place> {
  const environment = environmentAsked(slack.deps, view);
  return {
    environment,
    deciders: await slack.decidersOf(environment),
    lastRunLink: await linkOfLastRun(slack, view),
  };
}

async function linkOfLastRun(slack: Slack, { lastRun, state }: RequestView): Promise<string | null> {
  if (!lastRun || state !== 'pending') return null;
  const cards = await cardsOf(slack.deps.database.db, lastRun.id);
  return cards.find(({ permalink }) => permalink !== null)?.permalink ?? null;
}
