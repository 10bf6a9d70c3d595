import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { Invocation } from './invocation.ts';

export type Execution =
  | { started: true; exitCode: number | null; signal: NodeJS.Signals | null; durationMs: number }
  | { started: false; code: string; message: string };

/** What makes bash or the loader run something else than what was approved. */
const DROPPED = new Set('BASH_ENV ENV SHELLOPTS BASHOPTS PS4 PROMPT_COMMAND LD_PRELOAD LD_AUDIT'.split(' '));

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;
/** A key press reaches every process in the terminal's foreground. */
const FROM_KEYBOARD: readonly string[] = ['SIGINT', 'SIGQUIT'];

/**
 * The environment of a gated command: the client's own, less what would change the command, and less our secrets.
 * Leaving them out keeps them from being used, printed or inherited by accident; a hostile command of the same user
 * could still read them from this process.
 */
export function passedOnEnvironment(
  env: NodeJS.ProcessEnv,
  cwd: string,
  secret: (name: string) => boolean,
): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => !DROPPED.has(name) && !name.startsWith('BASH_FUNC_') && !secret(name),
  );
  return { ...Object.fromEntries(kept), PWD: cwd };
}

/**
 * Runs the approved command in its directory and waits for its end. Output goes where ours goes, standard
 * input is empty (what is piped in was not approved), signals are passed on.
 */
export function execute(invocation: Invocation, cwd: string, env: NodeJS.ProcessEnv): Promise<Execution> {
  const from = performance.now();
  return new Promise((resolve) => {
    let child: ChildProcess | null = null;
    const passOn = (signal: NodeJS.Signals) => {
      if (!(FROM_KEYBOARD.includes(signal) && isInForeground())) child?.kill(signal);
    };
    const end = (execution: Execution) => {
      for (const signal of PASSED_ON) process.off(signal, passOn);
      resolve(execution);
    };
    const failed = ({ code = '', message }: NodeJS.ErrnoException) => end({ started: false, code, message });

    for (const signal of PASSED_ON) process.on(signal, passOn);
    try {
      child = start(invocation, cwd, env);
    } catch (error) {
      return failed(error as NodeJS.ErrnoException);
    }
    child.once('error', (error) => child?.pid === undefined && failed(error));
    child.once('exit', (exitCode, signal) =>
      end({ started: true, exitCode, signal, durationMs: Math.round(performance.now() - from) }),
    );
  });
}

function start({ file, argv0, args }: Invocation, cwd: string, env: NodeJS.ProcessEnv): ChildProcess {
  // Loaded only now: nobody waits for it while the question is on its way.
  const { spawn } = process.getBuiltinModule('node:child_process');
  return spawn(file, args, { argv0, cwd, env, shell: false, stdio: ['ignore', 'inherit', 'inherit'] });
}

/** The exit code a shell would give. */
export function exitCodeOf(execution: Execution): number {
  if (!execution.started) return execution.code === 'ENOENT' ? 127 : 126;
  if (execution.signal) return 128 + constants.signals[execution.signal];
  return execution.exitCode ?? 1;
}

/** Does a Ctrl-C at the terminal reach us and the child alike? Then passing it on would press it twice. */
function isInForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return terminal !== '0' && group === foreground;
  } catch {
    return process.stdin.isTTY === true || process.stderr.isTTY === true;
  }
}
