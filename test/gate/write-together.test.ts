import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/gate/authenticate.ts';
import { report } from '../../src/gate/report.ts';
import { createRuleBook } from '../../src/gate/rule-book.ts';
import { start } from '../../src/gate/start.ts';
import { submit } from '../../src/gate/submit.ts';
import { createTogether } from '../../src/gate/together.ts';
import { vote } from '../../src/gate/vote.ts';
import { type Database, openPostgres } from '../../src/store/database.ts';
import { findRequest, type RequestRow } from '../../src/store/requests.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase, freshPostgres } from '../support/databases.ts';
import { askFor, callerOf, depsOver, type TestDeps, voterNamed } from '../support/deps.ts';
import { faultsOfRequests, faultsOfTheChain } from '../support/invariants.ts';
import { mustSubmit, recordTypes } from '../support/verbs.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
/** In a run of its own, as an ask of CI is. */
const drain = (n: number | string) => ({
  command: { kind: 'argv' as const, argv: ['kubectl', 'drain', `node-${n}`] },
  context: { run_id: `run-${n}`, run_attempt: '1' },
});
const OUTCOME = { exitCode: 0, signal: null, durationMs: 1200 };

/** The same gate with its own connections, as another replica has them. */
const replicaOf = (deps: TestDeps, database: Database): TestDeps => ({
  ...deps,
  database,
  together: createTogether(database),
  ruleBook: createRuleBook(database),
});

const soundness = async (database: Database, deps: TestDeps) => [
  ...(await faultsOfRequests(database)),
  ...(await faultsOfTheChain(database, deps.signingKey.publicKey)),
];

describe.each(DATABASE_KINDS)('written together, %s', (kind) => {
  let database: Database;
  let deps: TestDeps;
  let caller: Caller;
  beforeAll(async () => {
    database = await freshDatabase(kind);
    deps = await depsOver(database);
    caller = await callerOf(deps);
  });
  afterAll(() => deps.close());

  const again = async (id: string) => (await findRequest(database.db, id)) as RequestRow;
  const approved = async (n: string): Promise<RequestRow> => {
    const row = await mustSubmit(deps, caller, drain(n));
    await vote(deps, {
      requestId: row.id,
      voter: voterNamed('ana'),
      verdict: 'approve',
      reason: null,
      method: 'card',
    });
    return again(row.id);
  };
  const seen = (id: string) => deps.together.seenOf(id);
  const commitsOf = async (table: string) => {
    const [row] = await database.rows<{ n: number }>(
      sql`select count(distinct xmin::text)::int as n from ${sql.raw(table)}`,
    );
    return row?.n ?? 0;
  };

  describe('what people are asked about', () => {
    /** As it is stored when something else keeps it from being written with others. */
    const takeTheLongWay = (): TestDeps => ({
      ...deps,
      together: { ...deps.together, write: () => Promise.resolve(null) },
    });
    const storedOf = async (id: string) => {
      const { createdAt } = await again(id);
      const from = createdAt.toISOString();
      const around = (table: string, columns: string) =>
        database.rows(
          sql`select ${sql.raw(columns)} from ${sql.raw(table)} where request_id = ${id} order by 1`,
        );
      const since = (column: string) =>
        `extract(epoch from ${column} - '${from}'::timestamptz)::numeric(9, 0) as after`;
      return {
        timers: await around('timers', `kind, attempts, done_at, ${since('due_at')}`),
        steps: await around('steps', `position, kind, audience, pager, taken_at, ${since('due_at')}`),
        cards: await around(
          'cards',
          `batch_id, channel, wanted_version, shown_version, attempts, settled, ts, ${since('next_at')}`,
        ),
        records: await around('records', 'type'),
      };
    };

    it('is answered as it is stored, and stored as one by itself', async () => {
      const over = { reason: 'to look', cwd: '/srv', heartbeatSeconds: 30, idempotencyKey: 'as-one' };
      const row = await mustSubmit(deps, caller, { ...drain('one'), ...over });
      expect(await again(row.id)).toEqual(row);
      const alone = await mustSubmit(takeTheLongWay(), caller, {
        ...drain('two'),
        ...over,
        idempotencyKey: 'by-itself',
      });
      expect(await storedOf(row.id)).toEqual(await storedOf(alone.id));
      const times = ({ createdAt, expiresAt, latestExpiresAt, heartbeatUntil }: RequestRow) =>
        [expiresAt, latestExpiresAt, heartbeatUntil].map((at) => (at?.getTime() ?? 0) - createdAt.getTime());
      expect(times(row)).toEqual(times(alone));
      const own = [
        'id',
        'idempotencyKey',
        'command',
        'context',
        'digest',
        'digestSalt',
        'sameKey',
        'assessment',
        'createdAt',
        'expiresAt',
        'latestExpiresAt',
        'heartbeatUntil',
      ];
      const rest = (of: RequestRow) =>
        Object.fromEntries(Object.entries(of).filter(([key]) => !own.includes(key)));
      expect(rest(row)).toEqual(rest(alone));
      expect(await soundness(database, deps)).toEqual([]);
    });

    it('one hundred at once: each once, few commits, one chain without a gap', async () => {
      const before = await commitsOf('requests');
      const rows = await Promise.all(numbers(100).map((n) => mustSubmit(deps, caller, drain(`many-${n}`))));
      expect(new Set(rows.map(({ id }) => id)).size).toBe(100);
      expect((await commitsOf('requests')) - before).toBeLessThan(20);
      expect(await soundness(database, deps)).toEqual([]);
    });

    it('as many as one token may have waiting, of many that ask at once', async () => {
      const few = { ...deps, pendingPerToken: 10 };
      const flooder = await callerOf(deps);
      const results = await Promise.all(
        numbers(60).map((n) => submit(few, flooder, askFor(drain(`flood-${n}`)))),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(10);
      expect(new Set(results.map((result) => result.ok || result.code))).toEqual(
        new Set([true, 'too-many-pending']),
      );
    });

    it('the same at once: one leads, all others follow; of a run without end, three cards and batches', async () => {
      const rows = await Promise.all(numbers(20).map(() => mustSubmit(deps, caller, drain('same'))));
      const leaders = rows.filter(({ leaderId }) => leaderId === null);
      expect(leaders).toHaveLength(1);
      expect(new Set(rows.map(({ leaderId }) => leaderId ?? leaders[0]?.id)).size).toBe(1);

      const context = { run_id: 'burst', run_attempt: '1' };
      const burst = await Promise.all(
        numbers(12).map((n) => mustSubmit(deps, caller, { ...drain(`burst-${n}`), context })),
      );
      const batches = burst.map(({ batchId }) => batchId).filter((id) => id !== null);
      expect(batches).toHaveLength(9);
      expect(new Set(batches).size).toBe(2);
      expect(await soundness(database, deps)).toEqual([]);
    });
  });

  describe('a start and an outcome', () => {
    it('are answered as they are stored, with their records; the approval is used once', async () => {
      const { id } = await approved('start');
      const started = await start(deps, id, 'start-1', await seen(id));
      expect(started).toEqual({ ok: true, startedAt: (await again(id)).startedAt });
      expect(await start(deps, id, 'start-1', await seen(id))).toEqual(started);
      expect(await start(deps, id, 'start-2', await seen(id))).toMatchObject({ code: 'used-before' });
      const result = await report(deps, id, OUTCOME, await seen(id));
      expect(result).toEqual({ ok: true, request: await again(id) });
      expect(await report(deps, id, OUTCOME, await seen(id))).toMatchObject({ ok: true });
      expect(await report(deps, id, { ...OUTCOME, exitCode: 1 }, await seen(id))).toEqual({
        ok: false,
        code: 'reported-before',
      });
      expect(await recordTypes(database, id)).toEqual(['requested', 'approved', 'started', 'completed']);
      const [card] = await database.rows<{ behind: number }>(
        sql`select (wanted_version - ${(await again(id)).version}::int) as behind from cards where request_id = ${id}`,
      );
      expect(card?.behind).toBeGreaterThanOrEqual(0);
      const open = await database.rows(
        sql`select kind from timers where request_id = ${id} and done_at is null`,
      );
      expect(open).toEqual([]);
      expect(await soundness(database, deps)).toEqual([]);
    });

    it('thirty at once: few commits, each its own', async () => {
      const rows = await Promise.all(numbers(30).map((n) => approved(`crowd-${n}`)));
      const before = await commitsOf('records');
      await Promise.all(rows.map(async ({ id }) => start(deps, id, `s-${id}`, await seen(id))));
      await Promise.all(rows.map(async ({ id }) => report(deps, id, OUTCOME, await seen(id))));
      expect((await commitsOf('records')) - before).toBeLessThan(12);
      for (const { id } of rows)
        expect(await again(id)).toMatchObject({ startedBy: `s-${id}`, exitCode: 0, durationMs: 1200 });
      expect(await soundness(database, deps)).toEqual([]);
    });

    it('what was read too early is not believed: it was used, or too late, meanwhile', async () => {
      const used = await approved('read-early');
      const early = await seen(used.id);
      expect(await start(deps, used.id, 'first')).toMatchObject({ ok: true });
      expect(await start(deps, used.id, 'second', early)).toMatchObject({ code: 'used-before' });
      const [late, other] = [await approved('too-late'), await approved('beside')];
      const before = await seen(late.id);
      await advance(database, '15 minutes 1 second');
      const [refused] = await Promise.all([
        start(deps, late.id, 'late', before),
        start(deps, other.id, 'late-too'),
      ]);
      expect(refused).toMatchObject({ code: 'too-late' });
      expect(await recordTypes(database, late.id)).not.toContain('started');
      expect(await soundness(database, deps)).toEqual([]);
    });
  });
});

describe('written together at two replicas', () => {
  let first: Database;
  let second: Database;
  let drop: () => Promise<void>;
  let deps: TestDeps;
  let caller: Caller;
  let at: (n: number) => TestDeps;
  beforeAll(async () => {
    const fresh = await freshPostgres();
    drop = fresh.drop;
    [first, second] = [await openPostgres(fresh.url), await openPostgres(fresh.url)];
    deps = await depsOver(first);
    caller = await callerOf(deps);
    const other = replicaOf(deps, second);
    at = (n) => (n % 2 ? deps : other);
  });
  afterAll(async () => {
    await deps.close();
    await second.close();
    await drop();
  });

  it('the same asked at both, with a run and without: one leads', async () => {
    for (const round of numbers(10)) {
      const rows = await Promise.all(
        numbers(8).map((n) =>
          mustSubmit(at(n), caller, {
            ...drain(`round-${round}`),
            ...(n % 4 > 1 && { context: {} }),
          }),
        ),
      );
      const [leads] = rows.filter(({ leaderId }) => leaderId === null);
      const own = rows.filter(({ context }) => JSON.stringify(context) === JSON.stringify(leads?.context));
      expect(own.filter(({ leaderId }) => leaderId === null).map(({ id }) => id)).toEqual([leads?.id]);
    }
    expect(await soundness(first, deps)).toEqual([]);
  });

  it('an approval that both are asked to use at once is used once', async () => {
    for (const round of numbers(15)) {
      const { id } = await mustSubmit(deps, caller, drain(`use-${round}`));
      await vote(deps, {
        requestId: id,
        voter: voterNamed('ana'),
        verdict: 'approve',
        reason: null,
        method: 'card',
      });
      const seen = await Promise.all(numbers(6).map((n) => at(n).together.seenOf(id)));
      const results = await Promise.all(
        numbers(6).map((n) => start(at(n), id, `start-${n}`, n < 4 ? seen[n] : null)),
      );
      expect(results.filter((result) => result?.ok)).toHaveLength(1);
      expect(results.filter((result) => result && !result.ok && result.code === 'used-before')).toHaveLength(
        5,
      );
    }
    expect(await soundness(first, deps)).toEqual([]);
  });
});
