import { type Failure, failureOf, mend } from './errors.ts';

const REFUSED_AGAIN_SECONDS = 30;
const LONGEST_PAUSE_SECONDS = 30;

/** When to try again, and what to tell people meanwhile. */
export interface Postponement {
  afterSeconds: number;
  problem: string | null;
  pausesChannel: boolean;
}

/** After a failure: as long as Slack says, or longer each time, with jitter so that replicas do not march in step. */
export function postponementOf(
  error: unknown,
  card: { attempts: number; channel: string },
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
    case 'unclear':
      return {
        afterSeconds: Math.min(LONGEST_PAUSE_SECONDS, 2 ** card.attempts / 4) * (0.5 + random()),
        problem: 'Slack does not answer; the card follows as soon as it does.',
        pausesChannel: false,
      };
  }
}
