/** What a promise came to by a moment (as Date.now()); `late` when it has not. Its failure is passed on. */
export async function inTime<T>(promise: Promise<T>, until: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, until - Date.now()), 'late');
  });
  // Somebody has to hear of a failure that comes after the moment.
  promise.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Reads each key, so many at a time, until a moment; what failed or did not come by then is left out. */
export async function readInTime<T>(
  keys: readonly string[],
  { atOnce, until }: { atOnce: number; until: number },
  read: (key: string) => Promise<T>,
): Promise<{ found: ReadonlyMap<string, T>; failure: unknown }> {
  const found = new Map<string, T>();
  const waiting = keys.values();
  let failure: unknown = null;
  const work = async () => {
    for (const key of waiting) {
      if (Date.now() >= until) return;
      try {
        found.set(key, await read(key));
      } catch (error) {
        failure = error;
      }
    }
  };
  await inTime(Promise.all(Array.from({ length: Math.min(atOnce, keys.length) }, work)), until);
  return { found: new Map(found), failure };
}
