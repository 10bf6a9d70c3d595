interface Waiting<I, O> {
  item: I;
  resolve(answer: O): void;
  reject(error: unknown): void;
}

/**
 * Works on everything that has come together. What comes while work is on its way waits for the next turn; alone, an
 * item waits for nobody.
 * @param work answers each item, in their order; when it throws, every item of its turn fails
 */
export function gather<I, O>(
  work: (items: I[]) => Promise<O[]>,
  { most, turns = 1 }: { most: number; turns?: number },
): (item: I) => Promise<O> {
  const waiting: Waiting<I, O>[] = [];
  let onTheirWay = 0;
  let isPlanned = false;

  async function turn(): Promise<void> {
    isPlanned = false;
    const taken = waiting.splice(0, most);
    if (taken.length === 0) return;
    onTheirWay += 1;
    plan();
    try {
      const answers = await work(taken.map(({ item }) => item));
      for (const [i, { resolve }] of taken.entries()) resolve(answers[i] as O);
    } catch (error) {
      for (const { reject } of taken) reject(error);
    } finally {
      onTheirWay -= 1;
      plan();
    }
  }

  /** At the end of this turn of the event loop: whatever the network brought in it goes together. */
  function plan(): void {
    if (isPlanned || waiting.length === 0 || onTheirWay >= turns) return;
    isPlanned = true;
    setImmediate(turn);
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      plan();
    });
}
