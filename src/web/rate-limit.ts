/** At most so many in each minute, by key, in this process. True: one more is let through. */
export function perMinute(
  most: number,
  now: () => number = () => performance.now(),
): (key: string) => boolean {
  let counts = new Map<string, number>();
  let began = now();
  return (key) => {
    if (now() - began > 60_000) {
      counts = new Map();
      began = now();
    }
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= most;
  };
}
