import { spawn } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const TELL_USAGE = fileURLToPath(new URL('tell-usage.cjs', import.meta.url));

/** A program whose start is measured. */
export interface Starter {
  name: string;
  args: string[];
  env: Record<string, string>;
  /** Milliseconds to the first byte it sent, or to its end when it sends none. */
  ms: number[];
  /** Processor time of the whole process: what stays the same on a busy machine. */
  cpuMs: number[];
  /** Most memory it ever took. */
  megabytes: number[];
}

/** A gate that says no to everything, and tells when it was asked. */
export async function refusingGate(): Promise<{
  url: string;
  asked: () => Promise<number>;
  close: () => void;
}> {
  let tell: (at: number) => void = () => {};
  const server = http.createServer((request, response) => {
    tell(performance.now());
    request.resume();
    response.writeHead(403, { 'content-type': 'application/problem+json', connection: 'close' });
    response.end('{"type":"about:blank","title":"No","status":403}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () =>
      new Promise((resolve) => {
        tell = resolve;
      }),
    close: () => server.close(),
  };
}

/** Starts it once and adds what it took. */
export async function measureStart(starter: Starter, asked: () => Promise<number>): Promise<void> {
  const { args, env, ms } = starter;
  const first = asked();
  const from = performance.now();
  const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH, ...env }, stdio: 'ignore' });
  const ended = new Promise<number>((resolve) => child.once('exit', () => resolve(performance.now())));
  ms.push((await Promise.race([first, ended])) - from);
  await ended;
}

/** Starts it once more, for what it uses: the hook that tells it takes time. */
export async function measureUsage({ args, env, megabytes, cpuMs }: Starter): Promise<void> {
  const child = spawn(process.execPath, ['--require', TELL_USAGE, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stdio[3]?.on('data', (data: Buffer) => {
    told += data;
  });
  await new Promise((resolve) => child.once('close', resolve));
  const usage = JSON.parse(told) as { megabytes: number; cpuMs: number };
  megabytes.push(usage.megabytes);
  cpuMs.push(usage.cpuMs);
}
