import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';
import type { Measured, Order } from './load.ts';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const options = (env: Record<string, string>, execArgv: string[]) => ({
  env: { ...process.env, ...env },
  execArgv,
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'] as ('ignore' | 'inherit' | 'ipc')[],
});

export interface Served {
  name: string;
  port: number;
  token: string;
  memory(): Promise<{ rss: number; heap: number }>;
  stop(): Promise<void>;
}

const FROM_SOURCES = ['--import', 'tsx'];
let bundled: Promise<string> | null = null;

/** Starts a server of `server.ts` in a process of its own. */
export async function serve(name: string, env: Record<string, string>): Promise<Served> {
  bundled ??= bundle(here('./server.ts'));
  const more = process.env.BENCH_NODE?.split(' ').filter(Boolean) ?? [];
  const child = fork(await bundled, [], options(env, ['--expose-gc', ...more]));
  const { port, token } = await nextMessage<{ port: number; token: string }>(child);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    name,
    port,
    token,
    memory: () => {
      child.send('memory');
      return nextMessage(child);
    },
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

export interface Loader {
  measure(order: Order): Promise<Measured>;
  stop(): void;
}

/** Starts the process that makes the load. */
export function startLoader(): Loader {
  const child = fork(here('./load.ts'), [], options({}, FROM_SOURCES));
  return {
    measure: async (order) => {
      child.send(order);
      const answer = await nextMessage<Measured & { error?: string }>(child);
      if (answer.error) throw new Error(answer.error);
      return answer;
    },
    stop: () => void child.kill(),
  };
}

/** Starts another file of this folder; each message is answered by one. */
export function startHelper<I, O>(file: string): { ask(message: I): Promise<O>; stop(): void } {
  const child = fork(here(file), [], options({}, FROM_SOURCES));
  return {
    ask: (message) => {
      child.send(message as object);
      return nextMessage<O>(child);
    },
    stop: () => void child.kill(),
  };
}

const nextMessage = <T>(child: ChildProcess): Promise<T> =>
  new Promise((resolve, reject) => {
    const gone = () => reject(new Error('a process of the benchmark ended'));
    child.once('exit', gone);
    child.once('message', (message) => {
      child.off('exit', gone);
      resolve(message as T);
    });
  });
