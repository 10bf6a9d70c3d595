import { sql } from 'drizzle-orm';
import { type AnomalyFacts, MOST_COUNTED } from '../core/risk/anomalies.ts';
import { laneIsTaken, peopleAreAskedAlike } from '../store/attention.ts';
import type { Connections, Tx } from '../store/database.ts';
import type { ChainEnd } from '../store/records.ts';
import type { Deps } from './deps.ts';

/** What a request looks like among the earlier ones. */
export interface Among {
  environment: string;
  family: string;
  sameKey: string;
  tokenId: string;
  runId: string | null;
}

/** An ask that has come together with others. */
export interface AmongOthers extends Among {
  project: string;
  concurrencyKey: string | null;
  idempotencyKey: string | null;
}

const DOUBLE_MINUTES = 10;
const BURST = { count: 8, minutes: 5 };
const RETRY_MINUTES = 60;

interface Found {
  now: number;
  familySeen: boolean | null;
  requesterSeen: boolean | null;
  sameMinutesAgo: number | null;
  recent: number;
  pending: number;
  deniedAt: string | null;
  deniedReason: string | null;
}

/** The database's time (ms), and what is unusual about a request, as far as earlier requests tell. */
export interface Facts {
  now: number;
  anomalies: AnomalyFacts;
}

/** What is known of an ask that came with others, and of the gate at that moment. */
export interface FactsTogether extends Facts {
  rulesVersion: number;
  /** The end of the chain of records; null: it has not begun. */
  head: ChainEnd | null;
  /** Something waits in its lane, or its idempotency key is known: others are concerned. */
  concernsOthers: boolean;
  /** If people have to be asked: they are asked alike already, or much of the same run. */
  concernsPeople: boolean;
  /** How many requests of its token wait for people. */
  pending: number;
}

const minutes = (n: number) => sql.raw(`interval '${n} minutes'`);

// Scalar subqueries, not `exists`: the planner must not read the whole table into a hash for them.
const FOUND = sql`(extract(epoch from now()) * 1000)::float8 as now,
  (select true from requests where environment = ask.environment and family = ask.family and state = 'approved'
    limit 1) as "familySeen",
  (select ceil(extract(epoch from now() - outcome_at) / 60)::int from requests
    where same_key = ask."sameKey" and exit_code = 0 and outcome_at > now() - ${minutes(DOUBLE_MINUTES)}
      and created_at > now() - interval '1 day' and (context->>'run_id') is distinct from ask."runId"
    order by outcome_at desc limit 1) as "sameMinutesAgo",
  asker.seen as "requesterSeen", asker.recent, asker.pending, denied.at as "deniedAt", denied.reason as "deniedReason"`;

// What comes together mostly comes from few: theirs are counted once.
const askersOf = (asks: readonly Among[]) => sql`
  ask as materialized (
    select * from json_to_recordset(${JSON.stringify(asks)}::text::json) as ask(environment text, family text,
      "sameKey" text, "tokenId" text, "runId" text, project text, "concurrencyKey" text, "idempotencyKey" text, n int)),
  asker as materialized (
    select "tokenId", environment,
      (select true from requests where token_id = each."tokenId" and environment = each.environment limit 1) as seen,
      (select count(*)::int from (
        select from requests where token_id = each."tokenId" and environment = each.environment
          and created_at > now() - ${minutes(BURST.minutes)} limit ${sql.raw(String(MOST_COUNTED))}) as few) as recent,
      (select count(*)::int from requests where state = 'pending' and token_id || '' = each."tokenId") as pending
    from (select distinct "tokenId", environment from ask) as each)`;

// The state stands in a subquery and the token in an expression so that the only index to go by is that of families:
// by a token, or by all denials, a plan made while the table was small would read more with every request.
const ASKS = sql`
  ask join asker on asker."tokenId" = ask."tokenId" and asker.environment = ask.environment
  left join lateral (
    select to_char(decided_at at time zone 'UTC', 'HH24:MI "UTC"') as at, decision->>'reason' as reason from requests
    where environment = ask.environment and family = ask.family and state = (select 'denied')
      and token_id || '' = ask."tokenId" and decision->>'by' = 'people' and created_at > now() - ${minutes(RETRY_MINUTES)}
    order by created_at desc limit 1) as denied on true`;

const RULES_VERSION = sql`
  coalesce((select version from rules_version where id = 'main'), 0)::float8 as "rulesVersion"`;

/** The same for one, with how many requests of its token wait for people. */
export async function factsAmong(
  tx: Tx,
  deps: Deps,
  among: Among,
): Promise<Facts & { rulesVersion: number; pending: number }> {
  const [found] = await deps.database.rows<Found & { rulesVersion: number }>(
    sql`with ${askersOf([among])} select ${FOUND}, ${RULES_VERSION} from ${ASKS}`,
    tx,
  );
  if (!found) throw new Error('the database gave no facts');
  const { now, rulesVersion, pending } = found;
  return { now, rulesVersion, pending, anomalies: anomaliesOf(found, among.family) };
}

/** The same for many at once, outside a transaction, with what has to hold still until they are stored. */
export async function factsTogether(
  database: Connections,
  asks: readonly AmongOthers[],
): Promise<FactsTogether[]> {
  const rows = await database.rows<
    Found & {
      n: number;
      rulesVersion: number;
      seq: number | null;
      hash: string | null;
      concernsOthers: boolean;
      concernsPeople: boolean;
    }
  >(sql`
    with ${askersOf(asks.map((ask, n) => ({ ...ask, n })))}
    select ask.n, ${FOUND}, head.seq::float8 as seq, head.hash,
      ${RULES_VERSION},
      ${laneIsTaken(sql`ask`)} or coalesce((select true from requests where token_id = ask."tokenId"
        and idempotency_key = ask."idempotencyKey"), false) as "concernsOthers",
      ${peopleAreAskedAlike(sql`ask`)} as "concernsPeople"
    from ${ASKS} left join chain_head as head on head.id = 'main'`);
  const facts: FactsTogether[] = [];
  for (const { n, seq, hash, rulesVersion, concernsOthers, concernsPeople, ...found } of rows) {
    const anomalies = anomaliesOf(found, asks[n]?.family ?? '');
    const head = seq === null ? null : { seq, hash };
    const { now, pending } = found;
    facts[n] = { now, anomalies, rulesVersion, head, concernsOthers, concernsPeople, pending };
  }
  return facts;
}

function anomaliesOf(found: Found, family: string): AnomalyFacts {
  const anomalies: AnomalyFacts = {};
  if (family !== '' && !found.familySeen) anomalies.neverSeenHere = true;
  if (!found.requesterSeen) anomalies.newRequester = true;
  if (found.sameMinutesAgo !== null) anomalies.doubleDeploy = { minutesAgo: found.sameMinutesAgo };
  if (found.recent + 1 >= BURST.count) anomalies.burst = { count: found.recent + 1, minutes: BURST.minutes };
  if (found.deniedAt) anomalies.retryOfDenied = { at: found.deniedAt, reason: found.deniedReason };
  return anomalies;
}
