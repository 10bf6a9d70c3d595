/** Who waits longer than behind so many is sent away. */
const MOST_WAITING = 100;

export interface Places {
  /** A place, when it is one's turn; null: too many wait, or nobody is served any more. Give it back. */
  take(): Promise<(() => void) | null>;
  close(): void;
}

/** So many at once; the others wait in their order. */
export function createPlaces(count: number): Places {
  const waiting: ((place: (() => void) | null) => void)[] = [];
  let free = count;
  let isClosed = false;
  const giveBack = () => {
    const next = waiting.shift();
    if (next) next(once(giveBack));
    else free += 1;
  };
  return {
    take: () => {
      if (isClosed || (free === 0 && waiting.length >= MOST_WAITING)) return Promise.resolve(null);
      if (free === 0) return new Promise((resolve) => waiting.push(resolve));
      free -= 1;
      return Promise.resolve(once(giveBack));
    },
    close: () => {
      isClosed = true;
      for (const turnAway of waiting.splice(0)) turnAway(null);
    },
  };
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}
