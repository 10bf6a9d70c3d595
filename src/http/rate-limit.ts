/**
 * A token bucket for each key, in this process: `perSecond` on average, `burst` at once.
 * @returns takes one; the seconds to wait when there is none, else 0
 */
export function rateLimit(
  limits: { perSecond: number; burst: number },
  now: () => number = () => performance.now(),
) {
  const buckets = new Map<string, { left: number; at: number }>();
  const full = (limits.burst / limits.perSecond) * 1000;

  return (key: string): number => {
    const at = now();
    const bucket = buckets.get(key) ?? { left: limits.burst, at };
    bucket.left = Math.min(limits.burst, bucket.left + ((at - bucket.at) / 1000) * limits.perSecond);
    bucket.at = at;
    buckets.set(key, bucket);
    if (buckets.size > 10_000) for (const [k, b] of buckets) if (at - b.at > full) buckets.delete(k);
    if (bucket.left < 1) return Math.ceil((1 - bucket.left) / limits.perSecond);
    bucket.left -= 1;
    return 0;
  };
}
