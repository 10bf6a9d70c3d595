import { and, count, desc, eq, gt, inArray, isNotNull, isNull, like, max, ne, sql } from 'drizzle-orm';
import type { Denial } from '../core/runbook/proposal.ts';
import type { Db, Tx } from './database.ts';
import { requests, tokens, votes } from './schema.ts';

const MOST_DENIALS = 1000;

/** What people denied there in the last days, the latest first; with a family, only what it is part of. */
export async function denialsIn(
  db: Db | Tx,
  {
    environment,
    family,
    projects,
    days,
  }: { environment: string; family?: string; projects?: string[]; days: number },
): Promise<Denial[]> {
  const rows = await db
    .select({
      command: requests.command,
      project: requests.project,
      context: requests.context,
      assessment: requests.assessment,
      decision: requests.decision,
      requester: requests.requester,
      at: requests.decidedAt,
    })
    .from(requests)
    .where(
      and(
        eq(requests.environment, environment),
        eq(requests.state, 'denied'),
        gt(requests.decidedAt, sql`now() - make_interval(days => ${days})`),
        sql`${requests.decision}->>'by' = 'people'`,
        // Those that asked the same were denied with it, by one press.
        isNull(requests.leaderId),
        ne(requests.family, ''),
        projects ? inArray(requests.project, projects) : undefined,
        family === undefined
          ? undefined
          : like(sql`'; ' || ${requests.family} || ';'`, `%; ${family.replace(/[\\%_]/g, '\\$&')};%`),
      ),
    )
    .orderBy(desc(requests.decidedAt), requests.id)
    .limit(MOST_DENIALS);
  return rows.flatMap(({ command, project, context, assessment, decision, requester, at }) => {
    // Who takes their own request back speaks against this one, not against its kind.
    const by = (decision?.people ?? []).find(
      ({ subject }) => !requester.people.some((person) => subject.endsWith(`:${person}`)),
    );
    if (!by || !at) return [];
    const { repository = null, ref } = context;
    const reason = decision?.reason ?? null;
    return [
      {
        command,
        project,
        repository,
        ref,
        level: assessment.level,
        requesterKind: requester.kind,
        reason,
        by: by.name,
        at,
      },
    ];
  });
}

export interface Decider {
  name: string;
  approved: number;
  denied: number;
  lastAt: Date;
}

/** Who decided there in the last days, the busiest first. What was decided with another request counts once. */
export async function decidersIn(db: Db | Tx, environment: string, days: number): Promise<Decider[]> {
  const total = count();
  const rows = await db
    .select({
      name: max(votes.name),
      approved: sql<number>`(count(*) filter (where ${votes.verdict} = 'approve'))::int`,
      denied: sql<number>`(count(*) filter (where ${votes.verdict} = 'deny'))::int`,
      lastAt: max(votes.at),
    })
    .from(votes)
    .innerJoin(requests, eq(requests.id, votes.requestId))
    .where(
      and(
        eq(requests.environment, environment),
        isNull(requests.leaderId),
        gt(votes.at, sql`now() - make_interval(days => ${days})`),
      ),
    )
    .groupBy(votes.subject)
    .orderBy(desc(total), votes.subject);
  return rows.map(({ name, approved, denied, lastAt }) => ({
    name: name ?? '',
    approved,
    denied,
    lastAt: lastAt ?? new Date(0),
  }));
}

/** How many requests ended there in the last days, by what ended them. */
export async function endingsIn(
  db: Db | Tx,
  environment: string,
  days: number,
): Promise<Map<string, number>> {
  const by = sql<string>`${requests.decision}->>'by'`;
  const rows = await db
    .select({ by, n: count() })
    .from(requests)
    .where(
      and(
        eq(requests.environment, environment),
        gt(requests.createdAt, sql`now() - make_interval(days => ${days})`),
        isNotNull(requests.decidedAt),
      ),
    )
    .groupBy(by);
  return new Map(rows.map((row) => [row.by, row.n]));
}

/** The names behind subjects of records: of people who voted, and of tokens. */
export async function namesOf(db: Db | Tx, subjects: string[]): Promise<Map<string, string>> {
  if (subjects.length === 0) return new Map();
  const people = await db
    .select({ subject: votes.subject, name: max(votes.name) })
    .from(votes)
    .where(inArray(votes.subject, subjects))
    .groupBy(votes.subject);
  const ids = subjects.flatMap((subject) =>
    subject.startsWith('token:') ? [subject.slice('token:'.length)] : [],
  );
  const known =
    ids.length === 0
      ? []
      : await db.select({ id: tokens.id, name: tokens.name }).from(tokens).where(inArray(tokens.id, ids));
  return new Map([
    ...people.map(({ subject, name }): [string, string] => [subject, name ?? '']),
    ...known.map(({ id, name }): [string, string] => [`token:${id}`, name]),
  ]);
}
