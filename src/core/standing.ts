import { said } from './command/said.ts';
import { roundedDuration } from './duration.ts';
import type { EarlierRequest, Outcome, Request, RequestState } from './request.ts';
import { namesOf } from './wording.ts';

/** Where a request stands now: its state, or what became of the approval. */
export type Standing = RequestState | 'ran' | 'failed' | 'running' | 'unused';

/** Where a request stands, also in words: `ran`, `failed, exit 1`, `approved, not used`, `denied`. */
export function standing({
  state,
  outcome,
  startedAt,
  lapsedAt,
}: Pick<Request, 'state' | 'outcome' | 'startedAt' | 'lapsedAt'>): { is: Standing; words: string } {
  if (outcome)
    return succeeded(outcome)
      ? { is: 'ran', words: 'ran' }
      : { is: 'failed', words: `failed, ${exitOf(outcome)}` };
  if (startedAt) return { is: 'running', words: 'running' };
  return lapsedAt ? { is: 'unused', words: 'approved, not used' } : { is: state, words: state };
}

/** `exit 0`, `exit 1`, `stopped by SIGTERM`, `it could not be started`. */
export function exitOf({ exitCode, signal }: Outcome): string {
  if (exitCode !== null) return `exit ${exitCode}`;
  return signal ? `stopped by ${said(signal, 20)}` : 'it could not be started';
}

export const succeeded = ({ exitCode }: Outcome): boolean => exitCode === 0;

/** By what a request ended, in words that follow its state: `approved` … `by Ana`. */
export function endedBy({ decision }: Pick<Request, 'decision'>): string {
  switch (decision?.by) {
    case 'people':
      return `by ${namesOf(decision.people)}`;
    case 'rule':
      return 'by a rule';
    case 'policy':
      return 'by a policy';
    case 'requester':
      return 'by the one who asked';
    case 'deadline':
      return 'because nobody answered in time';
    case 'lost-contact':
      return 'because the one who asked is gone';
    case 'newer-request':
      return 'because a newer request took its place';
    case 'nobody-there':
      return 'because nobody was there';
    case 'nobody-to-ask':
      return 'because nobody could be asked';
    case undefined:
      return '';
  }
}

/** How a command before this one went: a mark, and words. */
export function howItWent({
  state,
  outcome,
  startedAt,
}: Pick<EarlierRequest, 'state' | 'outcome' | 'startedAt'>): { mark: string; words: string } {
  if (outcome) {
    const words = `${exitOf(outcome)}, ${roundedDuration(outcome.durationMs)}`;
    return { mark: succeeded(outcome) ? '✅' : '❌', words };
  }
  if (startedAt) return { mark: '▶️', words: 'started, no result yet' };
  if (state === 'approved') return { mark: '▫️', words: 'approved, has not run' };
  return state === 'pending'
    ? { mark: '⏳', words: 'waits, too' }
    : { mark: '⛔', words: `${state}, did not run` };
}
