import { type Failure, failureOf, mend } from './errors.ts';

const REFUSED_AGAIN_SECONDS = 30;
const LONGEST_PAUSE_SECONDS = 30;
/** A post that Slack was slow to take may appear after we gave it up: for so long it is not posted again. */
const MAY_APPEAR_SECONDS = 10;

/** When to try again, and what to tell people meanwhile. */
export interface Postponement {
  afterSeconds: number;
  problem: string | null;
  pausesChannel: boolean;
}

/** After a failure: as long as Slack says, or longer each time, with jitter so that replicas do not march in step. */
export function postponementOf(
  error: unknown,
  card: { attempts: number; channel: string; ts?: string | null },
  random = Math.random,
): Postponement {
  const failure: Failure = failureOf(error);
  switch (failure.kind) {
    case 'rate-limited':
      return {
        afterSeconds: failure.retryAfterSeconds,
        problem: 'Slack asked Gatehouse to slow down; the card follows.',
        pausesChannel: true,
      };
    case 'refused':
      return {
        afterSeconds: REFUSED_AGAIN_SECONDS,
        problem: mend(failure.code, card.channel),
        pausesChannel: false,
      };
    case 'unclear': {
      const least = failure.isLate && !card.ts ? MAY_APPEAR_SECONDS : 0;
      const pause = Math.min(LONGEST_PAUSE_SECONDS, 2 ** card.attempts / 4) * (0.5 + random());
      return {
        afterSeconds: Math.max(least, pause),
        problem: 'Slack does not answer; the card follows as soon as it does.',
        pausesChannel: false,
      };
    }
  }
}
