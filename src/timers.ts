import { deliverMail } from './gate/deliver-mail.ts';
import { deliverPages } from './gate/deliver-pages.ts';
import type { Deps } from './gate/deps.ts';
import { forgiveSilence } from './gate/heartbeat.ts';
import { sweepDeadlines, sweepLadders } from './gate/sweep.ts';

/** Every replica looks at least this often: what another one ordered is never later than this. */
const LONGEST_SLEEP_MS = 1000;
/** Notices come in crowds: one look serves many. */
const GATHER_MS = 100;

interface Loop {
  wake(): void;
  stop(): Promise<void>;
}

/**
 * Fires due timers and sends what is due to mail and pagers, until it is stopped. Nothing is kept in memory: the
 * database knows what is due. The loops are apart, so that a slow provider holds up no deadline.
 */
export async function startTimers(deps: Deps): Promise<{ stop(): Promise<void> }> {
  await forgiveSilence(deps);
  const loops = [
    repeat(deps, 'deadlines', () => sweepDeadlines(deps)),
    repeat(deps, 'ladders', () => sweepLadders(deps)),
    repeat(deps, 'paging', () => deliverPages(deps)),
    repeat(deps, 'mailing', () => deliverMail(deps)),
  ];
  const unhear = deps.changes.onAnyRequest(() => {
    for (const loop of loops) loop.wake();
  });
  return {
    stop: async () => {
      unhear();
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

/** Works as long as something is due, then sleeps until it is woken or a second has passed. */
function repeat(deps: Deps, where: string, work: () => Promise<number>): Loop {
  let isStopped = false;
  let isWoken = false;
  let end = () => {};
  const sleep = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, isWoken ? GATHER_MS : LONGEST_SLEEP_MS);
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
