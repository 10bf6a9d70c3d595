import { rmSync } from 'node:fs';
import path from 'node:path';

/** Every step in the life of a request at which a crash would be worst. */
export type FailPoint =
  | 'submit-before-store'
  | 'submit-before-commit'
  | 'submit-after-commit'
  | 'submit-before-answer'
  | 'slack-before-post'
  | 'slack-after-post'
  | 'slack-before-update'
  | 'slack-after-update'
  | 'pass-before-commit'
  | 'pass-after-commit'
  | 'vote-before-count'
  | 'vote-before-commit'
  | 'vote-after-commit'
  | 'end-before-record'
  | 'expire-before-commit'
  | 'step-before-commit'
  | 'mail-before-send'
  | 'mail-after-send'
  | 'page-before-send'
  | 'page-after-send'
  | 'start-before-commit'
  | 'start-after-commit'
  | 'report-before-commit'
  | 'report-after-commit'
  | 'night-before-commit'
  | 'night-after-step';

const { FAILPOINT: chosen, FAILPOINTS: fuses } = process.env;

/**
 * A named place where a crash would be worst. With `FAILPOINT=<name>` in the environment the process is killed there,
 * as by a power cut, so that tests can start it again and look. `FAILPOINTS=<directory>` kills whichever replica is
 * first to come by a place that has a file of its name there, and takes the file away. Otherwise nothing happens.
 */
export function failPoint(name: FailPoint): void {
  if (chosen === name || (fuses && takes(path.join(fuses, name)))) process.kill(process.pid, 'SIGKILL');
}

function takes(fuse: string): boolean {
  try {
    rmSync(fuse);
    return true;
  } catch {
    return false;
  }
}
