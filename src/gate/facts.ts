import { sql } from 'drizzle-orm';
import type { AnomalyFacts } from '../core/risk/anomalies.ts';
import type { Tx } from '../store/database.ts';
import type { Deps } from './deps.ts';

/** What a request looks like among the earlier ones. */
export interface Among {
  environment: string;
  family: string;
  sameKey: string;
  tokenId: string;
  runId: string | null;
}

const DOUBLE_MINUTES = 10;
const BURST = { count: 8, minutes: 5 };
const RETRY_MINUTES = 60;

interface Found {
  now: number;
  familySeen: boolean;
  requesterSeen: boolean;
  sameMinutesAgo: number | null;
  recent: number;
  deniedAt: string | null;
  deniedReason: string | null;
}

/** The database's time (ms), and what is unusual about a request, as far as earlier requests tell. */
export async function factsAmong(
  tx: Tx,
  deps: Deps,
  among: Among,
): Promise<{ now: number; anomalies: AnomalyFacts }> {
  const { environment, family, sameKey, tokenId, runId } = among;
  const minutes = (n: number) => sql.raw(`interval '${n} minutes'`);
  const [found] = await deps.database.rows<Found>(
    sql`select (extract(epoch from now()) * 1000)::float8 as now,
      exists (select 1 from requests where environment = ${environment} and family = ${family} and state = 'approved') as "familySeen",
      exists (select 1 from requests where token_id = ${tokenId} and environment = ${environment}) as "requesterSeen",
      (select ceil(extract(epoch from now() - max(outcome_at)) / 60)::int from requests
        where same_key = ${sameKey} and exit_code = 0 and created_at > now() - interval '1 day'
          and outcome_at > now() - ${minutes(DOUBLE_MINUTES)}
          and (context->>'run_id') is distinct from ${runId}) as "sameMinutesAgo",
      (select count(*)::int from requests where token_id = ${tokenId} and environment = ${environment}
        and created_at > now() - ${minutes(BURST.minutes)}) as recent,
      denied.at as "deniedAt", denied.reason as "deniedReason"
    from (select 1) as one left join lateral (
      select to_char(decided_at at time zone 'UTC', 'HH24:MI "UTC"') as at, decision->>'reason' as reason from requests
      where environment = ${environment} and family = ${family} and token_id = ${tokenId} and state = 'denied'
        and decision->>'by' = 'people' and created_at > now() - ${minutes(RETRY_MINUTES)}
      order by created_at desc limit 1) as denied on true`,
    tx,
  );
  if (!found) throw new Error('the database gave no facts');
  return { now: found.now, anomalies: anomaliesOf(found, family) };
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
