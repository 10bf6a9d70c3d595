/** So many failures in a row, and it is left alone. */
const FAILURES = 4;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

export interface Breaker {
  isResting(): boolean;
  /** Also when it rests no more: then one question finds out whether it is back, and the others wait for that one. */
  mayAsk(): boolean;
  worked(): void;
  failed(): void;
}

/** Leaves somebody alone who failed several times in a row, longer each time. `now` counts milliseconds. */
export function createBreaker(now: () => number): Breaker {
  let failures = 0;
  let restsUntil = Number.NEGATIVE_INFINITY;
  let isTrying = false;
  const isResting = (): boolean => now() < restsUntil || isTrying;
  return {
    isResting,
    mayAsk: () => {
      if (isResting()) return false;
      isTrying = failures >= FAILURES;
      return true;
    },
    worked: () => {
      failures = 0;
      isTrying = false;
    },
    failed: () => {
      failures += 1;
      isTrying = false;
      if (failures >= FAILURES)
        restsUntil = now() + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - FAILURES));
    },
  };
}
