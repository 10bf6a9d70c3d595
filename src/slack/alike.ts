import { roundedDuration } from '../core/duration.ts';
import { highestLevel } from '../core/followers.ts';
import type { Request, RequestView } from '../core/request.ts';
import { exitOf, type Standing, standing } from '../core/standing.ts';
import { bold, bullets, code, date, dotted, type Inline, type Part, said, section, text } from './blocks.ts';
import { link } from './links.ts';
import { RISK_MARK } from './texts.ts';

/** `Asked 3 times: one decision for all.` */
export function askedTimes(view: Pick<RequestView, 'followers' | 'assessment'>): Inline[] {
  const { count } = view.followers;
  if (count === 0) return [];
  const highest = highestLevel(view);
  const raised =
    highest === view.assessment.level ? [] : [text(` Asked again it is ${RISK_MARK[highest]} ${highest}.`)];
  return [bold(`Asked ${count + 1} times: one decision for all.`), ...raised];
}

/** After the decision: for how many it was, and how each of them went. */
export function decidedTimes(view: RequestView): Inline[] {
  const { count, shown } = view.followers;
  if (count === 0) return [];
  const asked = bold(`Asked ${count + 1} times, decided once.`);
  if (view.state !== 'approved') return [asked];
  const tally = new Map<string, number>();
  for (const one of [view, ...shown]) tally.set(howItGoes(one), (tally.get(howItGoes(one)) ?? 0) + 1);
  const parts = [...tally].map(([words, times]): Inline[] => [text(`${times} ${words}`)]);
  return [asked, text(' '), ...dotted(parts)];
}

const GOES: Partial<Record<Standing, string>> = {
  ran: 'ran',
  failed: 'failed',
  running: 'running',
  unused: 'not used',
};
const howItGoes = (one: Request): string => GOES[standing(one).is] ?? 'not started';

/** Every one that shares the decision, with its job and its run. */
export function alikeParts(view: RequestView): Part[] {
  const { count, shown } = view.followers;
  if (count === 0) return [];
  const more = count - shown.length;
  const each = shown.map(alikeLine);
  return [
    section(bold('Asked the same, decided together')),
    bullets(more > 0 ? [...each, [text(`${more} more`)]] : each),
  ];
}

function alikeLine(one: Request): Inline[] {
  const { job, step, host, run_id, run_url } = one.context;
  const where = [job, step].filter(Boolean).join(' › ') || host || one.requester.tokenName;
  const parts: Inline[][] = [
    [text(said(where, 80))],
    run_id ? [text(`run ${said(run_id, 40)}`)] : [],
    link('run', run_url),
    [text(one.state === 'approved' ? alikeEnding(one) : one.state)],
    [code(said(one.id, 40))],
  ];
  return [date(one.createdAt, '{time}'), text(' '), ...dotted(parts)];
}

const alikeEnding = (one: Request): string =>
  one.outcome ? `${exitOf(one.outcome)}, ${roundedDuration(one.outcome.durationMs)}` : howItGoes(one);

/** On the card of a request whose place a newer run took: where that one is. */
export function newerLine({ newer }: Pick<RequestView, 'newer'>): Inline[] {
  if (!newer) return [];
  const words = `A newer run asked: ${newer.id}`;
  const itself: Inline = newer.permalink ? { type: 'link', url: newer.permalink, text: words } : text(words);
  return [itself, text(newer.permalink || newer.state === 'pending' ? '.' : `, and is ${newer.state}.`)];
}

/** A caution on the card of an older run that came late. */
export const lateLine = ({ newerWaits }: Pick<RequestView, 'newerWaits'>): Inline[] =>
  newerWaits === null ? [] : [text(`⚠️ A newer run of this step waits, too: ${said(newerWaits, 40)}.`)];

/** What happens at the deadline. */
export const deadlineLine = (
  view: Pick<RequestView, 'whenUnanswered' | 'expiresAt'>,
  within: string,
): Inline[] =>
  view.whenUnanswered === 'allow'
    ? [
        bold('Runs '),
        date(view.expiresAt),
        bold(' if nobody objects'),
        text(`: a rule allows it. Run now, and it runs once, within ${within}.`),
      ]
    : [
        bold('Expires '),
        date(view.expiresAt),
        text(`: then denied. Approved, it runs once, within ${within}.`),
      ];

/** What the button that approves says before the name of the environment. */
export const approveVerb = ({ whenUnanswered }: Pick<RequestView, 'whenUnanswered'>): string =>
  whenUnanswered === 'allow' ? 'Run now' : 'Approve';
