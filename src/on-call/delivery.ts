import type { Delivery } from './on-call.ts';

export const delivered = (reference: string | null = null): Delivery => ({ ok: true, reference });

export type Failure = Extract<Delivery, { ok: false }>;

/** Worth another try; without `afterSeconds` the caller decides when. */
export const again = (problem: string, afterSeconds: number | null = null): Failure => ({
  ok: false,
  retry: true,
  afterSeconds,
  problem,
});

export const refused = (problem: string): Failure => ({ ok: false, retry: false, problem });

/** What became of work that should not reject. The error stays here: it may hold what it was given. */
export async function settled(who: string, work: () => Promise<Delivery>): Promise<Delivery> {
  try {
    return await work();
  } catch (error) {
    return again(`${who} could not be told: unexpected ${error instanceof Error ? error.name : 'error'}`);
  }
}
