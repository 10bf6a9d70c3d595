import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from './database.ts';

/** Serialization failure, deadlock: PostgreSQL undid one transaction for another's sake. */
const CONFLICTS = new Set(['40001', '40P01']);
const TRIES = 4;
const LONGEST_PAUSE_MS = 50;

/**
 * Lets a transaction that stood in another's way, and of which nothing was done, begin anew. So the work given to a
 * transaction may run more than once, and only its last run counts.
 */
export function tryingAgain(db: Db): Db {
  const once = db.transaction.bind(db) as Db['transaction'];
  db.transaction = async (work, config) => {
    for (let left = TRIES - 1; ; left--) {
      try {
        return await once(work, config);
      } catch (error) {
        if (left === 0 || !isConflict(error)) throw error;
        // Not in step with whoever else begins anew.
        await sleep(Math.random() * LONGEST_PAUSE_MS);
      }
    }
  };
  return db;
}

function isConflict(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === 'string' && CONFLICTS.has(code)) return true;
  return cause ? isConflict(cause) : false;
}
