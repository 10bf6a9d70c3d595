import type { EventEmitter } from 'node:events';

type Find<T> = () => T | undefined | null | false;

/** Waits for something to come true, looking again whenever the workspace changed. */
export function createWaiting(changes: EventEmitter) {
  return <T>(find: Find<T>, { timeoutMs = 5000, what = find.toString() } = {}): Promise<T> =>
    new Promise((resolve, reject) => {
      let problem: unknown;
      const look = (): void => {
        const found = attempt();
        if (!found) return;
        settle();
        resolve(found);
      };
      const attempt = (): ReturnType<Find<T>> => {
        try {
          return find();
        } catch (thrown) {
          problem = thrown;
          return undefined;
        }
      };
      const settle = (): void => {
        clearTimeout(timer);
        changes.off('change', look);
      };
      const timer = setTimeout(() => {
        settle();
        reject(new Error(`waited ${timeoutMs} ms in vain for ${what}`, { cause: problem }));
      }, timeoutMs);
      changes.on('change', look);
      look();
    });
}
