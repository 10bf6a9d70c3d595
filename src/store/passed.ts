import { getTableColumns, sql } from 'drizzle-orm';
import type { Connections, Tx } from './database.ts';
import { type ChainEnd, type RecordRow, writing } from './records.ts';
import type { RequestRow } from './requests.ts';
import { requests } from './schema.ts';

/** Requests that were let pass together, with everything that is stored of them. */
export interface Passed {
  requests: RequestRow[];
  /** In their order on the chain, the first onto `onto`, the last being `end`. */
  records: RecordRow[];
  onto: ChainEnd;
  end: ChainEnd;
  /** How often each rule let one pass. */
  hits: ReadonlyMap<string, number>;
  /** The rules by which they were judged. */
  rulesVersion: number;
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

/**
 * Stores them in one statement, which is durable when this resolves: no record, no request. Without a lock on the
 * end of the chain it may come too late: then the database refuses it whole.
 */
export const storePassed = (database: Connections, passed: Passed, within?: Tx): Promise<unknown> => {
  const { onto, end } = passed;
  const ids = sql`(select array(select jsonb_object_keys(hits) from given))::text[]`;
  // Rules are taken in one order, and before the end of the chain, as everywhere. A division by zero is how a
  // statement refuses itself: the chain has another end by now, or there are other rules.
  return database.rows(
    sql`
    with given as materialized (select ${JSON.stringify(Object.fromEntries(passed.hits))}::text::jsonb as hits),
    hit as materialized (
      select id from rules where id = any(${ids}) order by id for update),
    counted as (
      update rules set hits = hits + ((select hits from given)->>id)::int, last_matched_at = now()
      where id = any(${ids}) and (select count(*) from hit) >= 0 returning 1),
    head as (
      update chain_head set seq = ${String(end.seq)}::text::bigint, hash = ${end.hash}::text
      where id = 'main' and seq = ${String(onto.seq)}::text::bigint and hash is not distinct from ${onto.hash}::text
        and (select count(*) from counted) >= 0
        and coalesce((select version from rules_version where id = 'main'), 0)
          = ${String(passed.rulesVersion)}::text::bigint
      returning 1),
    asked as (
      ${storing(passed.requests)} where (select count(*) from head) = 1 returning id, use_by),
    written as (
      ${writing(passed.records)} where (select count(*) from head) = 1),
    due as (
      insert into timers (kind, request_id, due_at, attempts) select 'lapse', id, use_by, 0 from asked)
    select 1 / (select count(*) from head)`,
    within,
  );
};
