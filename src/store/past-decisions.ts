import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Command } from '../core/command/command.ts';
import type { Requester } from '../core/request.ts';
import type { Db, Tx } from './database.ts';
import type { RequestRow } from './requests.ts';
import { requests } from './schema.ts';

/** So far back a night looks. */
export const LEARN_DAYS = 90;
const MOST_DENIED = 20_000;

/** What learning needs of a request. */
const LEAN = {
  id: requests.id,
  createdAt: requests.createdAt,
  decidedAt: requests.decidedAt,
  environment: requests.environment,
  project: requests.project,
  command: requests.command,
  redacted: requests.redacted,
  state: requests.state,
  decision: requests.decision,
  requester: requests.requester,
  emergency: requests.emergency,
  outcomeAt: requests.outcomeAt,
  exitCode: requests.exitCode,
};
/** And simulating, besides. */
const FULL = {
  ...LEAN,
  cwd: requests.cwd,
  context: requests.context,
  family: requests.family,
  level: sql<RequestRow['assessment']['level']>`${requests.assessment}->>'level'`,
  explanation: requests.explanation,
};

/** A request that has ended. */
export type DecidedRow = Pick<RequestRow, keyof typeof LEAN>;
export type WeighableRow = Pick<RequestRow, Exclude<keyof typeof FULL, 'level'>> & {
  level: RequestRow['assessment']['level'];
};

export interface DecidedFilter {
  days: number;
  environment?: string;
  states: RequestRow['state'][];
  pageSize: number;
}

/** Ended requests of the last days, page by page, the oldest first: never all of them at once. */
export const decidedPages = (db: Db, filter: DecidedFilter): AsyncGenerator<DecidedRow[]> =>
  pagesOf(db, filter, LEAN);

/** The same, with what policies and rules go by. */
export const weighablePages = (db: Db, filter: DecidedFilter): AsyncGenerator<WeighableRow[]> =>
  pagesOf(db, filter, FULL) as AsyncGenerator<WeighableRow[]>;

async function* pagesOf(db: Db, filter: DecidedFilter, columns: typeof LEAN): AsyncGenerator<DecidedRow[]> {
  let after: DecidedRow | undefined;
  for (;;) {
    const page: DecidedRow[] = await db
      .select(columns)
      .from(requests)
      .where(
        and(
          inArray(requests.state, filter.states),
          filter.environment ? eq(requests.environment, filter.environment) : undefined,
          sql`${requests.createdAt} > now() - make_interval(days => ${filter.days})`,
          // To the microsecond, which a Date does not keep: the row itself says where the page ended.
          after &&
            sql`(${requests.createdAt}, ${requests.id}) > ((select created_at from requests where id = ${after.id}), ${after.id})`,
        ),
      )
      .orderBy(asc(requests.createdAt), asc(requests.id))
      .limit(filter.pageSize);
    if (page.length > 0) yield page;
    if (page.length < filter.pageSize) return;
    after = page.at(-1);
  }
}

/** People who decided and are not behind the request: whoever takes back their own says nothing about the command. */
export const othersWhoDecided = (
  decision: RequestRow['decision'],
  { people }: Requester,
): { subject: string; name: string }[] =>
  (decision?.by === 'people' ? decision.people : []).filter(
    ({ subject }) => !people.some((person) => subject.endsWith(`:${person}`)),
  );

/**
 * Commands that people denied of late where a rule of this scope would hold: others than who asked.
 * @param since only those denied after it
 */
export async function deniedAmong(
  db: Db | Tx,
  scope: { environment: string; project: string },
  since: Date | null = null,
): Promise<Command[]> {
  const rows = await db
    .select({ command: requests.command, decision: requests.decision, requester: requests.requester })
    .from(requests)
    .where(
      and(
        eq(requests.state, 'denied'),
        sql`${requests.decision}->>'by' = 'people'`,
        scope.environment === '*' ? undefined : eq(requests.environment, scope.environment),
        scope.project === '*' ? undefined : eq(requests.project, scope.project),
        sql`${requests.createdAt} > now() - make_interval(days => ${LEARN_DAYS})`,
        since === null ? undefined : sql`${requests.decidedAt} > ${since.toISOString()}::timestamptz`,
      ),
    )
    .limit(MOST_DENIED);
  return rows
    .filter(({ decision, requester }) => othersWhoDecided(decision, requester).length > 0)
    .map(({ command }) => command);
}
