import { said } from './command/said.ts';
import { areSameReviewers } from './environment.ts';
import type { LadderView, Rung, RungView } from './escalation.ts';
import type { Request } from './request.ts';
import { namesOf } from './wording.ts';

type Of = Pick<Request, 'emergency' | 'reviewers'>;

/** Whom a rung after the card is for. */
export function toldAs({
  kind,
  audience,
}: Pick<Rung, 'kind' | 'audience'>): 'reviewers' | 'backups' | 'pager' {
  if (kind === 'page') return 'pager';
  return audience === 'reviewers' ? 'reviewers' : 'backups';
}

/** How people call a rung of a request. */
export function nameOfRung(rung: Pick<Rung, 'kind' | 'audience'>, { emergency, reviewers }: Of): string {
  const { kind, audience } = rung;
  if (kind === 'card') return 'card in the channel';
  const isList = kind === 'tell' && emergency && audience !== 'reviewers';
  return isList && areSameReviewers(audience, reviewers) ? 'emergency list' : toldAs(rung);
}

type Taken = RungView & { takenAt: Date };

/** The rungs after the card whose time has come. */
export const takenRungs = ({ rungs }: LadderView): Taken[] =>
  rungs.filter((rung): rung is Taken => rung.kind !== 'card' && rung.takenAt !== null);

/** The rungs after the card that are still to come. */
export const comingRungs = ({ rungs }: LadderView): RungView[] =>
  rungs.filter(({ kind, takenAt }) => kind !== 'card' && takenAt === null);

/** What became of a rung: `backups told: Caro`, `reviewers: nobody to tell, …`, `pager primary: Ana has it`. */
export function whatBecameOf(rung: RungView, request: Of): string {
  const { kind, taken, page } = rung;
  const who = nameOfRung(rung, request);
  if (taken?.nobody) return `${who}: nobody to tell, ${said(taken.nobody, 200)}`;
  if (taken?.spared) return `${who}: not paged, ${said(taken.spared, 80)}`;
  const told = (taken?.told ?? []).map((name) => ({ name }));
  const names = namesOf(told);
  if (kind === 'card') return told.length > 0 ? `${who}, for ${names}` : who;
  if (kind === 'tell') return told.length > 0 ? `${who} told: ${names}` : `${who} told`;
  if (page?.state === 'acknowledged') return `${who} ${names}: ${said(page.by ?? 'somebody', 60)} has it`;
  return page?.isSent ? `${who} ${names} called` : `${who} ${names} is being called`;
}
