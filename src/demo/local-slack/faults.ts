/**
 * A misbehaviour of Slack's, ordered by a test. `before`: the call does nothing; `after`: the effect happens
 * and the answer goes wrong. Without a status or an error the connection is reset (or, with `delayMs` alone,
 * the call is only slow).
 */
export type Fault = {
  /** A Web API method, `response_url`, or `*` for every method. */
  method: string;
  times: number;
  status?: number;
  error?: string;
  retryAfter?: number;
  delayMs?: number;
  when?: 'before' | 'after';
  channel?: string;
};

export type Outcome = { status: number; body: unknown; headers: Record<string, string> } | 'reset';

/** Takes the first fault that is meant for this call, once of its `times`. */
export function takeFault(faults: Fault[], method: string, channel: unknown): Fault | undefined {
  const index = faults.findIndex(
    (fault) =>
      fault.times > 0 &&
      (fault.method === method || fault.method === '*') &&
      (fault.channel === undefined || fault.channel === channel),
  );
  const fault = faults[index];
  if (!fault) return undefined;
  fault.times -= 1;
  if (fault.times <= 0) faults.splice(index, 1);
  return fault;
}

/** What the caller gets of a faulty call; undefined when the call is merely slow. */
export function outcomeOf(fault: Fault): Outcome | undefined {
  const status = fault.status ?? (fault.retryAfter === undefined ? undefined : 429);
  if (status === undefined && fault.error === undefined)
    return fault.delayMs !== undefined && !fault.when ? undefined : 'reset';
  const error = fault.error ?? (status === 429 ? 'ratelimited' : 'internal_error');
  const headers: Record<string, string> =
    fault.retryAfter === undefined ? {} : { 'Retry-After': String(fault.retryAfter) };
  return { status: status ?? 200, body: { ok: false, error }, headers };
}

/** At most so many posts a second in each channel, as Slack's "1 message per second per channel". */
export function createRateLimit(
  now: () => number,
): (channel: string, perSecond: number) => number | undefined {
  const posts = new Map<string, number[]>();
  return (channel, perSecond) => {
    const recent = (posts.get(channel) ?? []).filter((at) => now() - at < 1000);
    if (recent.length >= perSecond) return 1;
    posts.set(channel, [...recent, now()]);
    return undefined;
  };
}
