const chosen = process.env.FAILPOINT;

/**
 * A named place where a crash would be worst. With `FAILPOINT=<name>` in the environment the process is killed there,
 * as by a power cut, so that tests can start it again and look; otherwise nothing happens.
 */
export function failPoint(name: string): void {
  if (chosen === name) process.kill(process.pid, 'SIGKILL');
}
