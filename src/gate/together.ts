import type { Envelope } from '../core/proof/envelope.ts';
import { type Beside, readBeside } from '../store/beside.ts';
import type { Connections, Database } from '../store/database.ts';
import type { ChainEnd } from '../store/records.ts';
import { type RequestRow, type Seen, seeRequests } from '../store/requests.ts';
import { findGoodTokens, type GoodToken, touchToken } from '../store/tokens.ts';
import { type AmongOthers, type FactsTogether, factsTogether } from './facts.ts';
import { gather } from './gather.ts';
import { type Writing, writeTogether } from './write-together.ts';

/** What is done once for everything that arrives at the same time: a flood costs few round trips and few commits. */
export interface Together {
  /** The good token with this hash. */
  tokenOf(hash: string): Promise<GoodToken | null>;
  /** The request with this id, as it is now. */
  seenOf(id: string): Promise<Seen | null>;
  /** What is shown beside a request. */
  besideOf(row: RequestRow): Promise<Beside>;
  /** What earlier requests tell of an ask. */
  factsOf(ask: AmongOthers): Promise<FactsTogether>;
  /** Writes what a verb has decided, and gives its sealed records; null: it has to be taken by itself. */
  write(writing: Writing): Promise<Envelope[] | null>;
}

/** So many go together at most: one statement must not hold the chain of records for long. */
const MOST = 128;

export function createTogether({ quick }: Pick<Database, 'quick'>): Together {
  let end: ChainEnd | null = null;
  return {
    tokenOf: gather((hashes: string[]) => tokensOf(quick, hashes), { most: MOST, turns: 2 }),
    seenOf: gather((ids: string[]) => seenOf(quick, ids), { most: MOST, turns: 4 }),
    besideOf: gather((rows: RequestRow[]) => besidesOf(quick, rows), { most: MOST, turns: 4 }),
    factsOf: gather((asks: AmongOthers[]) => factsTogether(quick, asks), { most: MOST, turns: 2 }),
    // One on its way: each is chained onto the one before.
    write: gather(
      async (writings: Writing[]) => {
        const written = await writeTogether(quick, writings, end);
        end = written.end;
        return written.sealed;
      },
      { most: MOST },
    ),
  };
}

async function tokensOf(database: Connections, hashes: readonly string[]): Promise<(GoodToken | null)[]> {
  const found = await findGoodTokens(database, [...new Set(hashes)]);
  const byHash = new Map<string, GoodToken>();
  for (const { hash, isStale, ...token } of found) {
    byHash.set(hash, token);
    if (isStale) await touchToken(database.db, token.id);
  }
  return hashes.map((hash) => byHash.get(hash) ?? null);
}

async function seenOf(database: Connections, ids: readonly string[]): Promise<(Seen | null)[]> {
  const found = await seeRequests(database.db, [...new Set(ids)]);
  const byId = new Map(found.map((seen) => [seen.row.id, seen]));
  return ids.map((id) => byId.get(id) ?? null);
}

/** Hundreds may wait for the same request: it is read once for all of them. */
function besidesOf(database: Connections, rows: readonly RequestRow[]): Promise<Beside[]> {
  const readings = new Map<string, Promise<Beside>>();
  return Promise.all(
    rows.map((row) => {
      const at = `${row.id} ${row.version}`;
      const reading = readings.get(at) ?? readBeside(database.db, row);
      readings.set(at, reading);
      return reading;
    }),
  );
}
