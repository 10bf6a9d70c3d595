import { schedule } from 'node-cron';
import { deliverMail } from './gate/deliver-mail.ts';
import { deliverPages } from './gate/deliver-pages.ts';
import type { Deps } from './gate/deps.ts';
import { explainRequests } from './gate/explain-request.ts';
import { forgiveSilence } from './gate/heartbeat.ts';
import { workAtNight } from './gate/night/night.ts';
import { sweepDeadlines, sweepLadders } from './gate/sweep.ts';

/** Every replica looks at least this often: what another one ordered is never later than this. */
const LONGEST_SLEEP_MS = 1000;
/** Nights come by their clock; this is for those that were missed. */
const LONGEST_NIGHT_SLEEP_MS = 5000;
/** Notices come in crowds: one look serves many. */
const GATHER_MS = 100;

/** A server that could not look for so long has heard no client either; no heartbeat is shorter. */
const DEAF_AFTER_MS = 5000;

interface Loop {
  wake(): void;
  stop(): Promise<void>;
}

/**
 * Fires due timers and sends what is due to mail and pagers, until it is stopped. Nothing is kept in memory: the
 * database knows what is due. The loops are apart, so that a slow provider holds up no deadline.
 */
export async function startTimers(
  deps: Deps,
  { deafAfterMs = DEAF_AFTER_MS } = {},
): Promise<{ stop(): Promise<void> }> {
  const deadlines = repeat(deps, 'deadlines', await hearing(deps, deafAfterMs));
  const urgent = [
    repeat(deps, 'ladders', () => sweepLadders(deps)),
    repeat(deps, 'paging', () => deliverPages(deps)),
    repeat(deps, 'mailing', () => deliverMail(deps)),
    repeat(deps, 'explaining', () => explainRequests(deps)),
  ];
  // No change makes a deadline due at once.
  const unhear = deps.changes.onOwnChange(() => {
    for (const loop of urgent) loop.wake();
  });
  const nights = startNights(deps);
  return {
    stop: async () => {
      unhear();
      await Promise.all([deadlines, ...urgent, nights].map((loop) => loop.stop()));
    },
  };
}

/** Ends what is over; but whoever could not be heard, because the database was not there, is given their time first. */
async function hearing(deps: Deps, deafAfterMs: number): Promise<() => Promise<number>> {
  await forgiveSilence(deps);
  let lookedAt = performance.now();
  return async () => {
    if (performance.now() - lookedAt > deafAfterMs) await forgiveSilence(deps);
    const due = await sweepDeadlines(deps);
    lookedAt = performance.now();
    return due;
  };
}

/**
 * The night's work, at its time by the wall clock. Every replica's cron sets the same row, which one of them works on;
 * the loop makes up for what an outage, a changed clock or a leap of it left out.
 */
function startNights(deps: Deps): Pick<Loop, 'stop'> {
  const loop = repeat(deps, 'nights', () => workAtNight(deps), LONGEST_NIGHT_SLEEP_MS);
  const [hour, minute] = deps.learning.at.split(':').map(Number);
  const task = schedule(`${minute} ${hour} * * *`, () => loop.wake(), {
    timezone: deps.learning.timeZone,
    unref: true,
    suppressMissedWarning: true,
  });
  return {
    stop: async () => {
      await task.destroy();
      await loop.stop();
    },
  };
}

/** Works as long as something is due, then sleeps until it is woken or, usually, a second has passed. */
function repeat(
  deps: Deps,
  where: string,
  work: () => Promise<number>,
  longestSleepMs = LONGEST_SLEEP_MS,
): Loop {
  let isStopped = false;
  let isWoken = false;
  let end = () => {};
  const sleep = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, isWoken ? GATHER_MS : longestSleepMs);
      end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const running = (async () => {
    while (!isStopped) {
      isWoken = false;
      const due = await work().catch((error: unknown) => {
        deps.observe({ kind: 'fault', where, error });
        return 0;
      });
      if (due === 0 && !isStopped) await sleep();
    }
  })();
  return {
    wake: () => {
      if (isWoken) return;
      isWoken = true;
      setTimeout(() => end(), GATHER_MS).unref();
    },
    stop: async () => {
      isStopped = true;
      end();
      await running;
    },
  };
}
