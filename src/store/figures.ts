import { sql } from 'drizzle-orm';
import type { Database, Tx } from './database.ts';

/** How the last days went, as the database counts them. */
export interface Figures {
  days: number;
  /** Requests that rules, policies, people or the deadline ended. */
  decided: number;
  /** Of them: those that a rule let pass. */
  passed: number;
  byPeople: number;
  /** Of those people decided, in seconds; null: none. */
  medianSeconds: number | null;
  p90Seconds: number | null;
  /** Who answers, the busiest first. */
  answerers: { name: string; decisions: number; medianSeconds: number }[];
  /** What people are asked most. */
  mostAsked: { family: string; environment: string; asked: number }[];
}

export interface FiguresFilter {
  days: number;
  environments?: string[];
}

const MOST_SHOWN = 10;

/** Hit rate, times to a decision, who answers and what is asked most. */
export async function figuresOf(database: Database, filter: FiguresFilter, tx?: Tx): Promise<Figures> {
  const among = sql`from requests where created_at > now() - make_interval(days => ${filter.days})
    and state in ('approved', 'denied', 'expired') and ${inEnvironments(filter)}`;
  const byPeople = sql`decision->>'by' = 'people'`;
  const seconds = sql`extract(epoch from decided_at - created_at)`;
  const [counts] = await database.rows<Omit<Figures, 'days' | 'answerers' | 'mostAsked'>>(
    sql`select count(*)::int as decided,
        count(*) filter (where decision->>'by' = 'rule')::int as passed,
        count(*) filter (where ${byPeople})::int as "byPeople",
        (percentile_cont(0.5) within group (order by ${seconds}) filter (where ${byPeople}))::float8 as "medianSeconds",
        (percentile_cont(0.9) within group (order by ${seconds}) filter (where ${byPeople}))::float8 as "p90Seconds"
      ${among}`,
    tx,
  );
  const answerers = await database.rows<Figures['answerers'][number]>(
    sql`select max(person->>'name') as name, count(*)::int as decisions,
        (percentile_cont(0.5) within group (order by seconds))::float8 as "medianSeconds"
      from (select ${seconds} as seconds, jsonb_array_elements(decision->'people') as person ${among} and ${byPeople}) as decided
      group by person->>'subject' order by decisions desc, name limit ${MOST_SHOWN}`,
    tx,
  );
  const mostAsked = await database.rows<Figures['mostAsked'][number]>(
    sql`select family, environment, count(*)::int as asked ${among} and (${byPeople} or state = 'expired')
      group by family, environment order by asked desc, family, environment limit ${MOST_SHOWN}`,
    tx,
  );
  if (!counts) throw new Error('the database gave no figures');
  return { days: filter.days, ...counts, answerers, mostAsked };
}

const inEnvironments = ({ environments }: FiguresFilter) =>
  environments === undefined
    ? sql`true`
    : environments.length === 0
      ? sql`false`
      : sql`environment in (${sql.join(
          environments.map((name) => sql`${name}`),
          sql`, `,
        )})`;

/** What the whitelist is made of now. */
export interface RuleFigures {
  rules: number;
  /** Families of suggested rules; every other rule is one of its own. */
  families: number;
  inShadow: number;
  suspended: number;
  /** Announced to go because nobody needs them. */
  announced: number;
  expiringSoon: number;
}

export async function ruleFigures(database: Database, noticeDays: number, tx?: Tx): Promise<RuleFigures> {
  const [found] = await database.rows<RuleFigures>(
    sql`select count(*)::int as rules, count(distinct coalesce(family, id))::int as families,
        count(*) filter (where shadow_until > now())::int as "inShadow",
        count(*) filter (where suspended_at is not null)::int as suspended,
        count(*) filter (where prune_at is not null)::int as announced,
        count(*) filter (where expires_at <= now() + make_interval(days => ${noticeDays}))::int as "expiringSoon"
      from rules where revoked_at is null and confirmed_at is not null and (expires_at is null or now() < expires_at)`,
    tx,
  );
  if (!found) throw new Error('the database gave no figures');
  return found;
}
