import type { Request } from '../core/request.ts';
import { type Standing, standing } from '../core/standing.ts';
import { capitalised } from '../core/wording.ts';

type Tone = 'asks' | 'good' | 'bad' | 'quiet';

const TONE: Record<Standing, Tone> = {
  pending: 'asks',
  approved: 'good',
  running: 'good',
  ran: 'good',
  failed: 'bad',
  denied: 'bad',
  blocked: 'bad',
  expired: 'quiet',
  withdrawn: 'quiet',
  unused: 'quiet',
};

/** Where a request stands, as a tone for its colour, and in words. */
export function headlineOf(
  request: Pick<Request, 'state' | 'outcome' | 'startedAt' | 'lapsedAt' | 'command'>,
): { tone: Tone; words: string } {
  const { is, words } = standing(request);
  const question = request.command.kind === 'action' ? 'Do this?' : 'Run this?';
  return { tone: TONE[is], words: is === 'pending' ? question : capitalised(words) };
}
