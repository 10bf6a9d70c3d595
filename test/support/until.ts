import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_AGAIN_MS = 20;

/** Looks until something is there, or true, and gives it back; throws with what it waited for. */
export async function until<T>(
  what: string,
  find: () => T | Promise<T>,
  withinMs = 30_000,
): Promise<Exclude<T, false | null | undefined>> {
  const late = Date.now() + withinMs;
  for (;;) {
    const found = await find();
    if (found) return found as Exclude<T, false | null | undefined>;
    if (Date.now() > late) throw new Error(`waited in vain for ${what}`);
    await sleep(LOOK_AGAIN_MS);
  }
}
