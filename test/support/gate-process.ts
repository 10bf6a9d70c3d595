import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What `npx gate` starts: the build, which the suite makes before its first test. */
export const GATE = fileURLToPath(new URL('../../src/cli/gate.cjs', import.meta.url));

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A process with its output, and promises of what it will say and how it will end. */
export class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  #listeners = new Set<() => void>();

  constructor(child: ChildProcess) {
    this.child = child;
    const collect = (stream: 'stdout' | 'stderr') => (chunk: Buffer) => {
      this[stream] += chunk.toString('utf8');
      for (const listener of this.#listeners) listener();
    };
    child.stdout?.on('data', collect('stdout'));
    child.stderr?.on('data', collect('stderr'));
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) =>
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr }),
      );
    });
  }

  /** Resolves when its output matches; rejects when it ends without that. */
  says(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!pattern.test(this.stdout + this.stderr)) return;
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
      look();
      void this.ended.then(({ stderr }) => reject(new Error(`ended without ${pattern}: ${stderr}`)), reject);
    });
  }
}

/** Starts `gate` as a user would, with an environment and a home of its own. */
export function startGate(
  args: string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string; stdin?: 'ignore' | 'pipe' } = {},
): Running {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    XDG_CONFIG_HOME: freshDirectory(),
    TZ: 'UTC',
    ...options.env,
  };
  const child = spawn(process.execPath, [GATE, ...args], {
    env,
    cwd: options.cwd,
    stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'],
  });
  return new Running(child);
}

export const freshDirectory = (): string => mkdtempSync(path.join(tmpdir(), 'gatehouse-cli-'));
