const SWEPT_FROM = 2000;

/**
 * What a call answered, kept for a while and shared by everybody who asks meanwhile: only for words, never for
 * rights. A failed call is forgotten at once.
 */
export function kept<T>(read: (key: string) => Promise<T>, ms: number): (key: string) => Promise<T> {
  const known = new Map<string, { value: Promise<T>; until: number }>();
  const sweep = () => {
    for (const [key, { until }] of known) if (until <= Date.now()) known.delete(key);
  };
  return (key) => {
    const hit = known.get(key);
    if (hit && hit.until > Date.now()) return hit.value;
    if (known.size >= SWEPT_FROM) sweep();
    const value = read(key);
    const entry = { value, until: Date.now() + ms };
    known.set(key, entry);
    value.catch(() => known.get(key) === entry && known.delete(key));
    return value;
  };
}
