import type { Context } from 'hono';
import { said } from '../core/command/said.ts';
import { type Environment, reviewersInWords } from '../core/environment.ts';
import type { RequestView } from '../core/request.ts';
import { endedBy } from '../core/standing.ts';
import { NOT_COUNTED } from '../core/vote-refusals.ts';
import type { AnswerRefusal } from '../gate/answered.ts';
import { dropCookie, readCookie } from './cookies.ts';
import type { Web } from './surroundings.ts';

/** What the page says once, after a form: a code, never text, so that nobody can put words into the gate's mouth. */
export type Said = AnswerRefusal | 'counted' | 'reason-missing' | 'too-long' | 'not-shown';

const NEEDS_NOTHING: Record<Exclude<Said, 'already-decided' | 'not-a-reviewer' | 'counted'>, string> = {
  ...NOT_COUNTED,
  'unknown-request': 'The gate does not know this request any more. Ask for the command again.',
  'too-early': 'It is too early to extend it: that is for the last third of the time.',
  'extended-enough': 'It cannot be extended any further.',
  'nothing-asked': 'Nothing was written, or there is no such question. Write it again.',
  'answered-before': 'Somebody answered that question already.',
  'not-asked': 'Only the one who asked answers questions about this request.',
  'no-emergency-here': 'There are no emergencies in this environment, or this is one already.',
  'reason-needed': 'Not an emergency yet: say why it is one.',
  'retrospective-due':
    'Whoever asked, or you, still owes the retrospective of an emergency. Give that first.',
  'reason-missing': 'Not denied yet: pick a reason, or write one.',
  'too-long': 'This did not count: it was longer than 1,000 characters. Say it in fewer.',
  'not-shown': 'Not approved: the whole command cannot be shown, and nobody approves what they cannot see.',
};

/** Reads what is to be said about this request and forgets it. */
export function takeSaid(c: Context, web: Web, requestId: string): Said | null {
  const cookie = readCookie(c, web.site, 'said');
  if (cookie === undefined) return null;
  dropCookie(c, web.site, 'said');
  const [code, about] = cookie.split('.');
  const isKnown = code !== undefined && (Object.hasOwn(NEEDS_NOTHING, code) || OTHERS.has(code));
  return isKnown && about === requestId ? (code as Said) : null;
}
const OTHERS = new Set<string>(['already-decided', 'not-a-reviewer', 'counted'] satisfies Said[]);

/** In words, with what is true of the request now. */
export function inWords(code: Said, view: RequestView, environment: Environment): string {
  switch (code) {
    case 'already-decided':
      return alreadyDecided(view);
    case 'not-a-reviewer':
      return `You cannot decide here. Only ${deciders(environment)} can. Ask one of them.`;
    case 'counted': {
      const approvals = view.votes.filter(({ verdict }) => verdict === 'approve').length;
      return `Counted: ${approvals} of ${view.approvalsNeeded}. Somebody else has to approve as well.`;
    }
    default:
      return NEEDS_NOTHING[code];
  }
}

function alreadyDecided(view: RequestView): string {
  if (view.state === 'pending') return 'Too late: the time to decide was over.';
  const reason = view.state === 'denied' ? view.decision?.reason?.trim() : null;
  const how = `This did not count: it was already ${view.state} ${endedBy(view)}`.trim();
  return reason ? `${how}. Reason: ${said(reason, 300)}` : `${how}.`;
}

/** Who may decide, in words. */
export function deciders({ reviewers, channel, backups }: Environment): string {
  const where = /^[CG][A-Z0-9]+$/.test(channel) ? 'its Slack channel' : said(channel, 80);
  const usual = reviewers === 'channel' ? `full members of ${where}` : reviewersInWords(reviewers, channel);
  return `${usual || 'nobody'}${backups ? ' and the backups that were told' : ''}`;
}
