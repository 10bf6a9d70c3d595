import { createHash } from 'node:crypto';
import { canonical } from '../proof/canonical.ts';
import type { Command } from './command.ts';

/** Everything an approval is bound to. A change in any of it is another command. */
export interface WhatRuns {
  command: Command;
  environment: string;
  cwd: string | null;
  /** The resolved path of the program and the SHA-256 of its bytes. */
  program: { path: string; sha256: string } | null;
}

/**
 * Salted SHA-256 (hex) of what runs. The salt (any string) keeps short secrets from being guessed,
 * and deleting it makes the digest say nothing.
 */
export function digestOf(what: WhatRuns, salt: string): string {
  const bound = canonical({
    command: { ...what.command },
    cwd: what.cwd,
    environment: what.environment,
    program: what.program && { ...what.program },
  });
  return createHash('sha256').update(`gatehouse/action/v1\0${salt}\0${bound}`).digest('hex');
}
