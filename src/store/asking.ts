import { type SQL, sql } from 'drizzle-orm';
import type { Rung } from '../core/escalation.ts';
import type { NewCard } from './cards.ts';
import { announcing } from './changes.ts';
import type { Tx } from './database.ts';
import type { TimerKind } from './timers.ts';

/** What asks people about a request that is stored in this transaction. */
export interface Asking {
  requestId: string;
  /** Seconds from now. */
  timers: Partial<Record<TimerKind, number>>;
  rungs: readonly Rung[];
  /** null: another card shows it. */
  card: Omit<NewCard, 'requestId'> | null;
}

const given = (rows: readonly object[]) =>
  sql`json_to_recordset(${JSON.stringify(rows)}::text::json) as given`;
const fromNow = (column: string) => sql.raw(`now() + make_interval(secs => ${column})`);

/** Parts of a statement: sets the timers, the ladder and the card of each. */
export const asking = (all: readonly Asking[]): SQL[] => [
  sql`people_due as (
    insert into timers (kind, request_id, due_at, attempts)
    select kind, "requestId", ${fromNow('seconds')}, 0
    from ${given(
      all.flatMap(({ requestId, timers }) =>
        Object.entries(timers).map(([kind, seconds]) => ({ requestId, kind, seconds })),
      ),
    )}("requestId" text, kind text, seconds float8))`,
  sql`ladder as (
    insert into steps (request_id, position, kind, audience, pager, due_at)
    select "requestId", position, kind, audience, pager, ${fromNow('"afterSeconds"')}
    from ${given(
      all.flatMap(({ requestId, rungs }) =>
        rungs.map((rung, position) => ({ ...rung, position, requestId })),
      ),
    )}("requestId" text, position int, kind text, audience jsonb, pager text, "afterSeconds" float8))`,
  sql`people_shown as (
    insert into cards (request_id, batch_id, channel, wanted_version, shown_version, attempts, next_at, settled)
    select "requestId", "batchId", channel, version, 0, 0, ${fromNow('coalesce("afterSeconds", 0)')}, false
    from ${given(
      all.flatMap(({ requestId, card }) => (card ? [{ ...card, requestId }] : [])),
    )}("requestId" text, "batchId" text, channel text, version int, "afterSeconds" float8))`,
];

/** Sets its timers, its ladder and its card, and announces it: in one statement, as a flood makes many of these. */
export const storeAsking = (tx: Tx, one: Asking) =>
  tx.execute(sql`with ${sql.join(asking([one]), sql`, `)} select ${announcing(one.requestId)}`);
