import { randomBytes } from 'node:crypto';
import { inArray, type SQL, sql } from 'drizzle-orm';
import type { Database, Tx } from './database.ts';
import { requests } from './schema.ts';

/** Postgres is the bus between replicas: the channel that carries the ids of changed requests. */
const CHANNEL = 'gatehouse_requests';
/** Names this process to itself: it sees to what it changed at once, the others look in time. */
const ORIGIN = randomBytes(6).toString('hex');
/** A notice can be lost (a reconnect, a failover): so every watched request is read again this often. */
const REREAD_MS = 2000;

/** Part of a statement: says, when it is committed, that the request with this id changed. */
export const announcing = (requestId: SQL | string) =>
  sql`pg_notify(${CHANNEL}, ${requestId}::text || ' ' || ${ORIGIN}::text)`;

/** Says, when this transaction commits, that a request changed. */
export const announceRequest = (tx: Tx, requestId: string) =>
  tx.execute(sql`select ${announcing(requestId)}`);

/** The same for many. */
export const announceRequests = (tx: Tx, requestIds: readonly string[]) =>
  tx.execute(sql`
    select ${announcing(sql`id`)} from requests where ${inArray(requests.id, [...requestIds])}`);

/** What a process hears from the database. */
export interface Changes {
  /** Calls back at each notice about a request, and when it is found at another version; returns the way to stop. */
  onRequest(requestId: string, watcher: Watcher): () => void;
  /** Calls back at each notice of this process's own; a lost one is not made up for. */
  onOwnChange(heard: () => void): () => void;
  close(): Promise<void>;
}

export interface Watcher {
  /** The version its owner knows; null before the first read. */
  version: number | null;
  heard(): void;
}

/** Listens on the database once for the whole process, and reads all watched requests again in one query. */
export async function openChanges(database: Database, onFault: (error: unknown) => void): Promise<Changes> {
  const watchers = new Map<string, Set<Watcher>>();
  const own = new Set<() => void>();

  const stopListening = await database.listen(CHANNEL, (notice) => {
    const [id = '', origin] = notice.split(' ');
    for (const watcher of watchers.get(id) ?? []) watcher.heard();
    if (origin === ORIGIN) for (const heard of own) heard();
  });

  let reading = false;
  const reread = setInterval(() => {
    if (reading || watchers.size === 0) return;
    reading = true;
    readAgain(database, watchers)
      .catch(onFault)
      .finally(() => {
        reading = false;
      });
  }, REREAD_MS);
  reread.unref();

  return {
    onRequest(requestId, watcher) {
      const set = watchers.get(requestId) ?? new Set();
      watchers.set(requestId, set.add(watcher));
      return () => {
        set.delete(watcher);
        if (set.size === 0 && watchers.get(requestId) === set) watchers.delete(requestId);
      };
    },
    onOwnChange: (heard) => {
      own.add(heard);
      return () => own.delete(heard);
    },
    close: async () => {
      clearInterval(reread);
      await stopListening();
    },
  };
}

async function readAgain(database: Database, watchers: Map<string, Set<Watcher>>): Promise<void> {
  const rows = await database.db
    .select({ id: requests.id, version: requests.version })
    .from(requests)
    .where(inArray(requests.id, [...watchers.keys()]));
  for (const { id, version } of rows) {
    for (const watcher of watchers.get(id) ?? []) {
      if (watcher.version !== null && watcher.version !== version) watcher.heard();
    }
  }
}
