import type { RequestView } from '../core/request.ts';
import { bold, date, type Inline, said, text } from './blocks.ts';

/** Begins the headline of everything about an emergency, so that nobody takes it for the usual. */
export const alarm = ({ emergency }: Pick<RequestView, 'emergency'>): string =>
  emergency ? '🚨 EMERGENCY · ' : '';

/** Of a card that waits: what follows an approval. */
export const whatFollows = ({ emergency }: Pick<RequestView, 'emergency'>): Inline[] =>
  emergency ? [bold('Afterwards: '), text('a retrospective is due within 24 hours of the approval.')] : [];

type LookedBack = Pick<RequestView, 'retrospective'>;

/** Is there a retrospective that nobody has given? */
export const owesRetrospective = ({ retrospective }: LookedBack): boolean =>
  retrospective !== null && retrospective.closedAt === null;

/** `Retrospective due …`, or who gave it. */
export function retrospectiveLines({ retrospective }: LookedBack): Inline[][] {
  if (!retrospective) return [];
  const { dueAt, closedAt, closedByName, page } = retrospective;
  const who = said(closedByName ?? '', 60) || 'somebody';
  if (closedAt) return [[bold(`Retrospective given by ${who}`), text(', '), date(closedAt), text('.')]];
  const consequence = 'Until it is given: no other emergency of the same people, and no new rule here.';
  return [
    [bold('Retrospective due '), date(dueAt), text(`. ${consequence}`)],
    ...(page ? [[text(pageInWords(page))]] : []),
  ];
}

function pageInWords({ isSent, problem }: { isSent: boolean; problem: string | null }): string {
  if (problem) return `⚠️ It is overdue, and the pager was not reached: ${said(problem, 160)}`;
  return `It is overdue: whoever is on call ${isSent ? 'was' : 'is being'} paged.`;
}

export const WAS_RIGHT = { yes: 'Yes', no: 'No', partly: 'Partly' } as const;
