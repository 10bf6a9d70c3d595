import { type Check, type Finding, fault, type Said } from './finding.ts';

/** Longer than the slowest call of a check may take. */
const CHECK_WITHIN_MS = 30_000;

/** Looks at everything at the same time, and tells each finding as soon as it and those before it are known. */
export async function* examine(
  checks: readonly Check[],
  {
    waitingFor = () => {},
    withinMs = CHECK_WITHIN_MS,
  }: { waitingFor?(name: string): void; withinMs?: number } = {},
): AsyncGenerator<Finding> {
  const running = checks.map(({ name, look }) => ({ name, said: looked(look, withinMs) }));
  for (const { name, said } of running) {
    waitingFor(name);
    for (const one of await said) yield { name, ...one };
  }
}

/** Never rejects: what a check stumbles over is a finding, too. */
async function looked(look: Check['look'], withinMs: number): Promise<Said[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Said[]>((resolve) => {
    const says = `this took longer than ${withinMs / 1000} s`;
    timer = setTimeout(
      () => resolve([fault(says, 'something on the way does not answer: try again')]),
      withinMs,
    );
  });
  try {
    return await Promise.race([look(), late]);
  } catch (error) {
    const words = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return [
      fault(`this could not be looked at: ${words.slice(0, 200)}`, 'mend the faults above, then try again'),
    ];
  } finally {
    clearTimeout(timer);
  }
}
