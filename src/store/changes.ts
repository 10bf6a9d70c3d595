import { sql } from 'drizzle-orm';
import type { Database, Tx } from './database.ts';

/** Channels of LISTEN/NOTIFY: Postgres is the bus between replicas. */
const REQUESTS = 'gatehouse_requests';
const TIMERS = 'gatehouse_timers';

/** Says, when this transaction commits, that a request changed. */
export const announceRequest = (tx: Tx, requestId: string) =>
  tx.execute(sql`select pg_notify(${REQUESTS}, ${requestId})`);

/** Says that a timer was set or the clock was moved, so that sweepers look again. */
export const announceTimers = (tx: Tx) => tx.execute(sql`select pg_notify(${TIMERS}, '')`);

/** What a process hears from the database. A notice can be lost: every listener also looks again by itself. */
export interface Changes {
  /** Calls back at each change of one request; returns the way to stop. */
  onRequest(requestId: string, heard: () => void): () => void;
  /** Calls back at a change of any request. */
  onAnyRequest(heard: (requestId: string) => void): () => void;
  onTimers(heard: () => void): () => void;
  close(): Promise<void>;
}

/** Listens on the database once for the whole process. */
export async function openChanges(database: Database): Promise<Changes> {
  const byRequest = new Map<string, Set<() => void>>();
  const any = new Set<(requestId: string) => void>();
  const timers = new Set<() => void>();
  const stopRequests = await database.listen(REQUESTS, (id) => {
    for (const heard of byRequest.get(id) ?? []) heard();
    for (const heard of any) heard(id);
  });
  const stopTimers = await database.listen(TIMERS, () => {
    for (const heard of timers) heard();
  });
  return {
    onRequest(requestId, heard) {
      const set = byRequest.get(requestId) ?? new Set();
      byRequest.set(requestId, set.add(heard));
      return () => {
        set.delete(heard);
        if (set.size === 0) byRequest.delete(requestId);
      };
    },
    onAnyRequest: (heard) => {
      any.add(heard);
      return () => any.delete(heard);
    },
    onTimers: (heard) => {
      timers.add(heard);
      return () => timers.delete(heard);
    },
    close: async () => {
      await stopRequests();
      await stopTimers();
    },
  };
}
