/** What a key may take: `perSecond` on average, `burst` at once. */
export interface Rate {
  perSecond: number;
  burst: number;
}

const MOST_KEPT = 10_000;

/**
 * A token bucket for each key.
 * @param now milliseconds on a clock that never goes back
 * @returns takes one; the seconds to wait when there is none, else 0
 */
export function rateLimit({ perSecond, burst }: Rate, now: () => number): (key: string) => number {
  const buckets = new Map<string, { left: number; at: number }>();
  const full = (burst / perSecond) * 1000;

  return (key) => {
    const at = now();
    const bucket = buckets.get(key) ?? { left: burst, at };
    bucket.left = Math.min(burst, bucket.left + ((at - bucket.at) / 1000) * perSecond);
    bucket.at = at;
    buckets.set(key, bucket);
    if (buckets.size > MOST_KEPT) for (const [k, b] of buckets) if (at - b.at > full) buckets.delete(k);
    if (bucket.left < 1) return Math.ceil((1 - bucket.left) / perSecond);
    bucket.left -= 1;
    return 0;
  };
}
