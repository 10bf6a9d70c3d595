import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import { type Asking, asking } from './asking.ts';
import { concernsWhoWaits, type Wish } from './attention.ts';
import { DUE } from './cards.ts';
import { announcing } from './changes.ts';
import type { Connections, Tx } from './database.ts';
import { type ChainEnd, type RecordRow, writing } from './records.ts';
import type { RequestRow } from './requests.ts';
import { requests } from './schema.ts';

/** An approval that is used, as of a version of its request. */
export interface Start {
  id: string;
  version: number;
  startId: string;
  at: Date;
}

/** How a command ended, as of a version of its request. */
export interface Outcome {
  id: string;
  version: number;
  exitCode: number | null;
  signal: string | null;
  durationMs: number;
  at: Date;
}

/** A change that cards and waiting clients show. */
export interface Shown {
  id: string;
  version: number;
  batchId: string | null;
}

/** What several verbs change at the same time, with everything that is stored of it. */
export interface Changes {
  requests: RequestRow[];
  /** What these have to do with others that wait: nothing, or nothing is written. */
  wishes: Wish[];
  /** How people are asked about some of them. */
  asking: Asking[];
  /** So many more of a token may wait for people. */
  rooms: { tokenId: string; more: number; most: number }[];
  started: Start[];
  reported: Outcome[];
  shown: Shown[];
  /** How often each rule let one pass. */
  hits: ReadonlyMap<string, number>;
  /** The rules by which they were judged; null: by none. */
  rulesVersion: number | null;
}

/** In their order on the chain, the first onto `onto`, the last being `end`. */
export interface Sealed {
  records: RecordRow[];
  onto: ChainEnd;
  end: ChainEnd;
}

const COLUMNS = Object.entries(getTableColumns(requests));
const BLANK = Object.fromEntries(
  COLUMNS.map(([property, column]) => [property, column.hasDefault ? column.default : null]),
) as unknown as RequestRow;
const names = (of: string[]) => sql.raw(of.map((name) => `"${name}"`).join(', '));
const NAMES = names(COLUMNS.map(([, { name }]) => name));
const PROPERTIES = names(COLUMNS.map(([property]) => property));
const TYPED = sql.raw(COLUMNS.map(([property, column]) => `"${property}" ${column.getSQLType()}`).join(', '));

/** A request of which nothing is known yet. */
export const blankRequest = (): RequestRow => ({ ...BLANK });

/** Part of a statement: stores requests as they are. */
export const storing = (rows: readonly RequestRow[]) => sql`
  insert into requests (${NAMES})
  select ${PROPERTIES} from json_to_recordset(${JSON.stringify(rows)}::text::json) as given(${TYPED})`;

const given = (rows: readonly object[], columns: string) =>
  sql`json_to_recordset(${JSON.stringify(rows)}::text::json) as given(${sql.raw(columns)})`;
const idsOf = (rows: readonly { id: string }[]) =>
  sql`(select array(select json_array_elements_text(${JSON.stringify(rows.map(({ id }) => id))}::text::json)))::text[]`;

/** Rules are taken in one order, and before the end of the chain, as everywhere. */
const countingHits = (hits: Changes['hits']): SQL[] => {
  const ids = sql`(select array(select jsonb_object_keys(hits) from counts))::text[]`;
  return [
    sql`counts as materialized (select ${JSON.stringify(Object.fromEntries(hits))}::text::jsonb as hits)`,
    sql`hit as materialized (select id from rules where id = any(${ids}) order by id for update)`,
    sql`counted as (
      update rules set hits = hits + ((select hits from counts)->>id)::int, last_matched_at = now()
      where id = any(${ids}) and (select count(*) from hit) >= 0 returning 1)`,
  ];
};

const lockingRequests = (ids: SQL) =>
  sql`select id from requests where id = any(${ids}) order by id for update`;
const lockingCards = (shown: readonly Shown[]) => sql`
  select id from cards
  where id in (select cards.id from cards join ${given(shown, 'id text, version int, "batchId" text')} on ${SHOWS})
  order by id for update`;
const SHOWS = sql`((cards.batch_id is null and cards.request_id = given.id) or cards.batch_id = given."batchId")`;

/** Takes what these change, in the order of all locks, before the end of the chain is taken. */
export const lockChanged = async (tx: Tx, { started, reported, shown }: Changes): Promise<void> => {
  const changed = [...started, ...reported];
  if (changed.length > 0) await tx.execute(lockingRequests(idsOf(changed)));
  if (shown.length > 0) await tx.execute(lockingCards(shown));
};

/** Requests that start or have ended: each as of its version, and its cards show it. */
function changing({ started, reported, shown }: Changes): SQL[] {
  const changed = [...started, ...reported];
  if (changed.length === 0) return [];
  return [
    sql`taken as materialized (${lockingRequests(idsOf(changed))})`,
    sql`their_cards as materialized (
      select id from (${lockingCards(shown)}) as locked where (select count(*) from taken) >= 0)`,
    sql`started as materialized (
      update requests as r set started_at = given.at, started_by = given."startId", version = r.version + 1
      from ${given(started, 'id text, version int, "startId" text, at timestamptz')}
      where r.id = given.id and r.version = given.version and r.state = 'approved' and r.started_at is null
        and r.lapsed_at is null and now() < r.use_by and (select count(*) from their_cards) >= 0
      returning r.id)`,
    sql`reported as materialized (
      update requests as r set outcome_at = given.at, exit_code = given."exitCode", exit_signal = given.signal,
        duration_ms = given."durationMs", version = r.version + 1
      from ${given(reported, 'id text, version int, "exitCode" int, signal text, "durationMs" bigint, at timestamptz')}
      where r.id = given.id and r.version = given.version and r.started_at is not null and r.outcome_at is null
        and (select count(*) from their_cards) >= 0
      returning r.id)`,
    sql`used as (
      update timers set done_at = now()
      where kind = 'lapse' and done_at is null and request_id in (select id from started))`,
    sql`refreshed as (
      update cards set wanted_version = greatest(wanted_version + 1, given.version), next_at = ${DUE.nextAt},
        attempts = ${DUE.attempts}
      from ${given(shown, 'id text, version int, "batchId" text')} where ${SHOWS})`,
  ];
}

/**
 * Stores all of it in one statement, which is durable when this resolves: no record, no change. Without a lock on the
 * end of the chain it may come too late: then the database refuses it whole. So it does when anything is not as it was
 * when it was decided.
 */
export const writeTogether = (
  database: Connections,
  changes: Changes,
  { records, onto, end }: Sealed,
  within?: Tx,
): Promise<unknown> => {
  const { requests: asked, wishes, rooms, started, reported, rulesVersion } = changes;
  const announced = [
    ...changes.shown.map(({ id }) => id),
    ...changes.asking.map(({ requestId }) => requestId),
  ];
  const conditions = [
    changes.hits.size > 0 && sql`(select count(*) from counted) >= 0`,
    rulesVersion !== null &&
      sql`coalesce((select version from rules_version where id = 'main'), 0) = ${String(rulesVersion)}::text::bigint`,
    started.length + reported.length > 0 &&
      sql`(select count(*) from started) = ${String(started.length)}::text::int
        and (select count(*) from reported) = ${String(reported.length)}::text::int`,
    wishes.length > 0 && sql`not exists (select from (${concernsWhoWaits(wishes)}) as concerned)`,
    rooms.length > 0 &&
      sql`not exists (
        select from ${given(rooms, '"tokenId" text, more int, most int')}
        where given.more + (select count(*) from requests
          where state = 'pending' and token_id || '' = given."tokenId") > given.most)`,
  ].filter((condition) => condition !== false);
  const isOnto = sql`(select count(*) from head) = 1`;
  const parts = [
    ...(changes.hits.size > 0 ? countingHits(changes.hits) : []),
    ...changing(changes),
    // The condition of every other part: whoever finds another end of the chain does nothing.
    sql`head as (
      update chain_head set seq = ${String(end.seq)}::text::bigint, hash = ${end.hash}::text
      where id = 'main' and seq = ${String(onto.seq)}::text::bigint and hash is not distinct from ${onto.hash}::text
        and ${sql.join([sql`true`, ...conditions], sql` and `)}
      returning 1)`,
    sql`written as (${writing(records)} where ${isOnto})`,
    ...(asked.length > 0
      ? [
          sql`asked as (${storing(asked)} where ${isOnto} returning id, state, use_by)`,
          sql`due as (
            insert into timers (kind, request_id, due_at, attempts)
            select 'lapse', id, use_by, 0 from asked where state = 'approved')`,
        ]
      : []),
    ...(changes.asking.length > 0 ? asking(changes.asking) : []),
    ...(announced.length > 0
      ? [
          sql`notices as materialized (
            select ${announcing(sql`id`)} from json_array_elements_text(${JSON.stringify(announced)}::text::json) as id
            where ${isOnto})`,
        ]
      : []),
  ];
  // A division by zero is how a statement refuses itself.
  return database.rows(
    sql`with ${sql.join(parts, sql`, `)}
    select 1 / (select count(*) from head)${sql.raw(announced.length > 0 ? ', (select count(*) from notices)' : '')}`,
    within,
  );
};
