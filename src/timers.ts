import type { Deps } from './gate/deps.ts';
import { forgiveSilence } from './gate/heartbeat.ts';
import { sweep } from './gate/sweep.ts';

/** Every replica looks at least this often: a timer set by another one is never later than this. */
const LONGEST_SLEEP_MS = 1000;

/** Fires due timers until it is stopped. Nothing is kept in memory: the database knows what is due. */
export async function startTimers(deps: Deps): Promise<{ stop(): Promise<void> }> {
  await forgiveSilence(deps);
  let stopped = false;
  let wake = () => {};
  const loop = (async () => {
    while (!stopped) {
      const due = await sweep(deps).catch((error: unknown) => {
        deps.observe({ kind: 'fault', where: 'sweep', error });
        return 0;
      });
      if (due > 0 || stopped) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LONGEST_SLEEP_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      wake();
      await loop;
    },
  };
}
