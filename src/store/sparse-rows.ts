import type { Sql } from 'postgres';

interface Query {
  resolve(result: unknown): unknown;
  handle(...args: unknown[]): unknown;
  compacts?: true;
}

/**
 * Works around a fault of postgres.js 3.4.9 (porsager/postgres #1119, #1181): after a query fails in the middle of
 * its rows, the next query of that connection resolves to an array with holes in front, so the winner of a
 * compare-and-set sees `rows[0] === undefined`. Every result is compacted before anybody counts its rows.
 */
export function withoutSparseRows(sql: Sql): Sql {
  const query = Object.getPrototypeOf(sql`select 1`) as Query & { guarded?: true };
  if (query.guarded) return sql;
  const handle = query.handle;
  query.handle = function (this: Query, ...args: unknown[]) {
    if (!this.compacts) {
      this.compacts = true;
      const resolve = this.resolve;
      this.resolve = (result) => resolve(compact(result));
    }
    return handle.apply(this, args);
  };
  query.guarded = true;
  return sql;
}

function compact(result: unknown): unknown {
  if (!Array.isArray(result) || result.length === 0 || 0 in result) return result;
  const first = Object.keys(result).find((key) => /^\d+$/.test(key));
  // splice keeps what postgres.js hangs on the array (count, columns, command).
  result.splice(0, first === undefined ? result.length : Number(first));
  return result;
}
