import { and, asc, desc, eq, getTableColumns, gte, inArray, isNotNull, like, ne, sql } from 'drizzle-orm';
import type { Command } from '../core/command/command.ts';
import { wordDiff } from '../core/command/word-diff.ts';
import { mayExtend } from '../core/escalation.ts';
import type { Request, RequestState, RequestView } from '../core/request.ts';
import type { Db, Tx } from './database.ts';
import { retrospectiveOf } from './emergencies.ts';
import { followersOf, newerThan, newerWaiting } from './followers.ts';
import { questionsOf } from './questions.ts';
import type { ChainEnd } from './records.ts';
import { notesOn } from './runbook.ts';
import { chainHead, requests, votes } from './schema.ts';
import { viewLadder } from './steps.ts';

export type RequestRow = typeof requests.$inferSelect;
export type NewRequestRow = Omit<typeof requests.$inferInsert, 'createdAt' | 'expiresAt' | 'heartbeatUntil'>;

/** How many earlier commands of the same run a surface shows. */
const EARLIER_SHOWN = 5;

/** A row as the domain knows it. */
export function toRequest(row: RequestRow): Request {
  return {
    id: row.id,
    version: row.version,
    project: row.project,
    environment: row.environment,
    state: row.state,
    command: row.command,
    cwd: row.cwd,
    program: row.program,
    digest: { salt: row.digestSalt, sha256: row.digest },
    reason: row.reason,
    requester: row.requester,
    context: row.context,
    assessment: row.assessment,
    approvalsNeeded: row.approvalsNeeded,
    reviewers: row.reviewers,
    emergency: row.emergency,
    whenUnanswered: row.whenUnanswered,
    batchId: row.batchId,
    explanation: row.explanation,
    family: row.family,
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    latestExpiresAt: row.latestExpiresAt,
    claim: row.claim ?? null,
    reach: row.reach ?? null,
    modelWords: row.modelWords ?? null,
    useBy: row.useBy,
    decision: row.decision && row.decidedAt ? { ...row.decision, at: row.decidedAt } : null,
    startedAt: row.startedAt,
    lapsedAt: row.lapsedAt,
    outcome:
      row.outcomeAt === null
        ? null
        : {
            exitCode: row.exitCode,
            signal: row.exitSignal,
            durationMs: row.durationMs ?? 0,
            reportedAt: row.outcomeAt,
          },
  };
}

export async function findRequest(db: Db | Tx, id: string): Promise<RequestRow | null> {
  const [row] = await db.select().from(requests).where(eq(requests.id, id));
  return row ?? null;
}

/** A request as it is at a moment of the database's time (ms), and the end of the chain of records then. */
export interface Seen {
  row: RequestRow;
  now: number;
  head: ChainEnd | null;
}

/** Many by their ids, in no order. */
export const seeRequests = (db: Db | Tx, ids: string[]): Promise<Seen[]> =>
  db
    .select({
      row: getTableColumns(requests),
      now: sql<number>`(extract(epoch from now()) * 1000)::float8`,
      head: { seq: chainHead.seq, hash: chainHead.hash },
    })
    .from(requests)
    .leftJoin(chainHead, eq(chainHead.id, 'main'))
    .where(inArray(requests.id, ids));

/** Takes the row for this transaction: everything that changes a request does so first, one at a time. */
export async function lockRequest(tx: Tx, id: string): Promise<RequestRow | null> {
  const [row] = await tx.select().from(requests).where(eq(requests.id, id)).for('update');
  return row ?? null;
}

export async function findByIdempotencyKey(
  db: Db | Tx,
  tokenId: string,
  key: string,
): Promise<RequestRow | null> {
  const [row] = await db
    .select()
    .from(requests)
    .where(and(eq(requests.tokenId, tokenId), eq(requests.idempotencyKey, key)));
  return row ?? null;
}

/** Requests whose id begins with this text (at least six characters after `req_`): people type short ids. */
export function findByPrefix(db: Db, prefix: string): Promise<RequestRow[]> {
  const plain = prefix
    .toLowerCase()
    .replace(/^req_/, '')
    .replace(/[^a-z0-9]/g, '');
  if (plain.length < 6) return Promise.resolve([]);
  return db
    .select()
    .from(requests)
    .where(like(requests.id, `req_${plain}%`))
    .limit(2);
}

/** Latest first. What the filter leaves out is not looked at. */
export function listRequests(
  db: Db,
  filter: { state?: RequestState; tokenId?: string; environments?: string[]; limit: number },
): Promise<RequestRow[]> {
  return db
    .select()
    .from(requests)
    .where(
      and(
        filter.state && eq(requests.state, filter.state),
        filter.tokenId ? eq(requests.tokenId, filter.tokenId) : undefined,
        filter.environments ? inArray(requests.environment, filter.environments) : undefined,
      ),
    )
    .orderBy(desc(requests.createdAt))
    .limit(filter.limit);
}

export async function votesOf(db: Db | Tx, requestId: string) {
  return db.select().from(votes).where(eq(votes.requestId, requestId)).orderBy(asc(votes.id));
}

/** The votes of many requests, each in their order. */
export async function votesOfAll(db: Db | Tx, requestIds: string[]) {
  const all = await db
    .select()
    .from(votes)
    .where(inArray(votes.requestId, requestIds))
    .orderBy(asc(votes.id));
  const byRequest = new Map<string, typeof all>();
  for (const vote of all) byRequest.set(vote.requestId, [...(byRequest.get(vote.requestId) ?? []), vote]);
  return byRequest;
}

/** Everything a surface shows of a request, in one read. */
export async function viewRequest(db: Db | Tx, id: string): Promise<RequestView | null> {
  const row = await findRequest(db, id);
  if (!row) return null;
  // Those that were decided together owe one, together.
  const owes = row.emergency && row.state === 'approved';
  const [
    last,
    followers,
    cast,
    earlier,
    lastSuccess,
    notes,
    newer,
    newerWaits,
    canExtend,
    ladder,
    questions,
    retro,
  ] = await Promise.all([
    lastOfFamily(db, row),
    followersOf(db, row),
    votesOf(db, id),
    earlierInRun(db, row),
    lastSuccessOf(db, row),
    notesOn(db, row),
    newerThan(db, row),
    newerWaiting(db, row),
    mayExtendNow(db, row),
    viewLadder(db, row),
    questionsOf(db, id),
    owes ? retrospectiveOf(db, row.leaderId ?? id) : null,
  ]);
  return {
    ...toRequest(row),
    votes: cast,
    earlier,
    lastSuccess,
    lastRun: last?.startedAt
      ? { id: last.id, startedAt: last.startedAt, outcome: toRequest(last).outcome }
      : null,
    notes,
    changes: last && wordDiff(last.command, row.command),
    followers: { count: followers.count, shown: followers.rows.map(toRequest) },
    newer,
    newerWaits,
    mayExtend: canExtend,
    ladder,
    questions,
    retrospective: retro,
  };
}

/** By the database's clock, like every deadline. */
async function mayExtendNow(db: Db | Tx, row: RequestRow): Promise<boolean> {
  if (row.state !== 'pending' || !row.latestExpiresAt || row.latestExpiresAt <= row.expiresAt) return false;
  const [clock] = await db
    .select({ now: sql<number>`(extract(epoch from now()) * 1000)::float8` })
    .from(requests)
    .where(eq(requests.id, row.id));
  return clock !== undefined && mayExtend(row, new Date(clock.now));
}

/** The last command of the same family that people or rules let run in this environment, before this one. */
async function lastOfFamily(db: Db | Tx, row: RequestRow): Promise<RequestRow | null> {
  if (row.family === '') return null;
  const [last] = await db
    .select()
    .from(requests)
    .where(
      and(
        eq(requests.environment, row.environment),
        eq(requests.family, row.family),
        // Whatever started was approved: the index knows the state.
        eq(requests.state, 'approved'),
        isNotNull(requests.startedAt),
        sql`${requests.createdAt} < ${row.createdAt.toISOString()}::timestamptz`,
        ne(requests.id, row.id),
      ),
    )
    .orderBy(desc(requests.createdAt))
    .limit(1);
  return last ?? null;
}

async function earlierInRun(db: Db | Tx, row: RequestRow): Promise<RequestView['earlier']> {
  const runId = row.context.run_id;
  if (!runId) return [];
  const rows = await db
    .select()
    .from(requests)
    .where(
      and(
        eq(requests.project, row.project),
        sql`(${requests.context}->>'run_id') = ${runId}`,
        sql`(${requests.context}->>'run_attempt') is not distinct from ${row.context.run_attempt ?? null}`,
        sql`${requests.createdAt} <= ${row.createdAt.toISOString()}::timestamptz`,
        ne(requests.id, row.id),
      ),
    )
    .orderBy(desc(requests.createdAt))
    .limit(EARLIER_SHOWN);
  return rows.reverse().map(toRequest);
}

async function lastSuccessOf(db: Db | Tx, row: RequestRow): Promise<RequestView['lastSuccess']> {
  const { repository, sha } = row.context;
  if (!repository || !sha) return null;
  const [last] = await db
    .select({ sha: sql<string>`${requests.context}->>'sha'`, at: requests.outcomeAt })
    .from(requests)
    .where(
      and(
        eq(requests.project, row.project),
        eq(requests.environment, row.environment),
        eq(requests.exitCode, 0),
        isNotNull(requests.outcomeAt),
        sql`${requests.context}->>'repository' = ${repository}`,
        sql`${requests.context}->>'sha' <> ${sha}`,
        gte(requests.outcomeAt, sql`now() - interval '90 days'`),
      ),
    )
    .orderBy(desc(requests.outcomeAt))
    .limit(1);
  return last?.sha && last.at ? { sha: last.sha, at: last.at } : null;
}

/** How far back, and how many, commands are looked at that a rule could cover together. */
const LIKE_DAYS = 90;
const MOST_LIKE = 20;

/** Other commands of the same family that people approved in the same place of late, latest first. */
export async function approvedLike(
  db: Db | Tx,
  { id, family, environment, project }: Pick<Request, 'id' | 'family' | 'environment' | 'project'>,
): Promise<Command[]> {
  if (family === '') return [];
  const rows = await db
    .select({ command: requests.command })
    .from(requests)
    .where(
      and(
        eq(requests.environment, environment),
        eq(requests.family, family),
        eq(requests.project, project),
        eq(requests.state, 'approved'),
        eq(requests.redacted, false),
        ne(requests.id, id),
        sql`${requests.decision}->>'by' = 'people'`,
        gte(requests.createdAt, sql`now() - make_interval(days => ${LIKE_DAYS})`),
      ),
    )
    .orderBy(desc(requests.createdAt))
    .limit(MOST_LIKE);
  return rows.map(({ command }) => command);
}
