import { said } from '../core/command/said.ts';
import type { EarlierRequest, Outcome, Request, RequesterKind, RequestState } from '../core/request.ts';

// The same words as on the card in Slack, so that nobody reads two stories about one request.

export const REQUESTER_KIND: Record<RequesterKind, string> = { ci: 'CI', human: 'person', agent: 'AI agent' };

/** `1,234`: numbers people read. */
export const grouped = (count: number): string => count.toLocaleString('en-US');

/** `12 s`, `1 min 12 s`, `2 h 5 min`, `3 d 4 h`: the two units that matter. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round((Number.isFinite(ms) ? ms : 0) / 1000));
  if (seconds === 0) return 'less than 1 s';
  const units: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = units.findIndex(([count]) => count > 0);
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** `Ana`, `Ana and Ben`, `Ana, Ben and 3 more`. */
export function namesOf(people: { name: string }[]): string {
  const names = people.slice(0, 5).map((person) => said(person.name, 40) || 'somebody');
  if (people.length > 5) names.push(`${people.length - 5} more`);
  if (names.length <= 1) return names[0] ?? 'somebody';
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** `exit 0`, `exit 1`, `stopped by SIGTERM`, `it could not be started`. */
export function exitOf(outcome: Outcome): string {
  if (outcome.exitCode !== null) return `exit ${outcome.exitCode}`;
  return outcome.signal ? `stopped by ${said(outcome.signal, 20)}` : 'it could not be started';
}

export const succeeded = (outcome: Outcome): boolean => outcome.exitCode === 0;

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
    case 'nobody-to-ask':
      return 'because nobody could be asked';
    case 'nobody-there':
      return 'because no reviewer was there';
    case undefined:
      return '';
  }
}

const ENDED: Record<Exclude<RequestState, 'pending'>, string> = {
  approved: 'Approved',
  denied: 'Denied',
  expired: 'Expired',
  withdrawn: 'Withdrawn',
  blocked: 'Blocked',
};
export const endingOf = (state: RequestState): string => (state === 'pending' ? 'Waits' : ENDED[state]);

/** Where a request stands, as a tone for its colour, and in words. */
export function standing(view: Pick<Request, 'state' | 'outcome' | 'startedAt' | 'lapsedAt' | 'command'>): {
  tone: 'asks' | 'good' | 'bad' | 'quiet';
  words: string;
} {
  if (view.state === 'pending')
    return { tone: 'asks', words: view.command.kind === 'action' ? 'Do this?' : 'Run this?' };
  if (view.outcome) {
    return succeeded(view.outcome)
      ? { tone: 'good', words: 'Ran' }
      : { tone: 'bad', words: `Failed, ${exitOf(view.outcome)}` };
  }
  if (view.startedAt) return { tone: 'good', words: 'Running' };
  if (view.lapsedAt) return { tone: 'quiet', words: 'Approved, not used' };
  if (view.state === 'approved') return { tone: 'good', words: 'Approved' };
  const isBad = view.state === 'denied' || view.state === 'blocked';
  return { tone: isBad ? 'bad' : 'quiet', words: endingOf(view.state) };
}

/** How a command before this one went: a mark, and words. */
export function howItWent({
  state,
  outcome,
  startedAt,
}: Pick<EarlierRequest, 'state' | 'outcome' | 'startedAt'>): { mark: string; words: string } {
  if (outcome) {
    const words = `${exitOf(outcome)}, ${duration(outcome.durationMs)}`;
    return { mark: succeeded(outcome) ? '✅' : '❌', words };
  }
  if (startedAt) return { mark: '▶️', words: 'started, no result yet' };
  if (state === 'approved') return { mark: '▫️', words: 'approved, has not run' };
  return state === 'pending'
    ? { mark: '⏳', words: 'waits, too' }
    : { mark: '⛔', words: `${state}, did not run` };
}
