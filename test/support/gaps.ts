import { readFileSync } from 'node:fs';

/**
 * The longest stretch (ms) that this thread was busy without looking at its timers. Where the system tells, only the
 * time it really ran is counted: what other processes took is nobody's fault.
 */
export async function longestGap(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = busyMs();
  const ticks = setInterval(() => {
    const now = busyMs();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  try {
    await work();
  } finally {
    clearInterval(ticks);
  }
  return Math.max(longest, busyMs() - last);
}

function busyMs(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}
