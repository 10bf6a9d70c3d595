import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from '../../src/core/proof/envelope.ts';
import { BATCH_SIZE } from '../../src/gate/attention.ts';
import type { Caller } from '../../src/gate/authenticate.ts';
import { start } from '../../src/gate/start.ts';
import { submit } from '../../src/gate/submit.ts';
import { sweep } from '../../src/gate/sweep.ts';
import { vote } from '../../src/gate/vote.ts';
import { withdraw } from '../../src/gate/withdraw.ts';
import { cardsOf } from '../../src/store/cards.ts';
import { type Database, openPostgres } from '../../src/store/database.ts';
import { findRequest, type RequestRow, viewRequest } from '../../src/store/requests.ts';
import { cards, requests } from '../../src/store/schema.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase, freshPostgres } from '../support/databases.ts';
import { askFor, callerOf, depsOver, type TestDeps, voterNamed } from '../support/deps.ts';
import { mustSubmit, recordTypes } from '../support/verbs.ts';

const github = (run: number, over = {}) => ({
  source: 'github-actions',
  repository: 'acme/shop',
  ref: 'main',
  sha: 'abc1234',
  run_id: String(run),
  run_attempt: '1',
  job: 'deploy',
  step: 'rollout',
  ...over,
});
const echo = (word: string) => ({ command: { kind: 'argv' as const, argv: ['echo', word] } });

describe.each(DATABASE_KINDS)('attention, %s', (kind) => {
  let database: Database;
  let deps: TestDeps;
  let caller: Caller;
  beforeAll(async () => {
    database = await freshDatabase(kind);
    deps = await depsOver(database);
    caller = await callerOf(deps);
  });
  afterAll(() => deps.close());

  const asked = (over = {}, by = caller) => mustSubmit(deps, by, over);
  const cast =
    (verdict: 'approve' | 'deny') =>
    (requestId: string, name = 'ana') =>
      vote(deps, { requestId, voter: voterNamed(name), verdict, reason: 'so', method: 'card' });
  const [approve, deny] = [cast('approve'), cast('deny')];
  const again = async (id: string) => (await findRequest(database.db, id)) as RequestRow;
  const recordsOf = (id: string) => recordTypes(database, id);
  const countOf = async (id: string) => (await viewRequest(database.db, id))?.followers.count;

  describe('identical requests', () => {
    const threeOf = async (word: string, over = {}) =>
      [
        await asked({ ...echo(word), ...over }),
        await asked({ ...echo(word), ...over }),
        await asked({ ...echo(word), ...over }),
      ] as const;

    it('share one card, which counts them', async () => {
      const [first, second, third] = await threeOf('share');
      expect([first.leaderId, second.leaderId, third.leaderId]).toEqual([null, first.id, first.id]);
      const own = await database.db.select().from(cards).where(eq(cards.requestId, second.id));
      expect(own).toEqual([]);
      expect((await cardsOf(database.db, third.id)).map((card) => card.requestId)).toEqual([first.id]);
      expect(await countOf(first.id)).toBe(2);
      const { version } = await again(first.id);
      expect(version).toBe(3);
      expect((await cardsOf(database.db, first.id))[0]?.wantedVersion).toBeGreaterThanOrEqual(version);
    });

    it('are approved together, each with its own grant and record, and each runs once', async () => {
      const three = await threeOf('together');
      expect(await approve(three[1].id)).toMatchObject({ counted: true, request: { id: three[0].id } });
      for (const { id } of three) {
        const row = await again(id);
        expect(row).toMatchObject({ state: 'approved', decision: { people: [{ name: 'ana' }] } });
        expect(await recordsOf(id)).toEqual(['requested', 'approved']);
        const grant = JSON.parse(open(row.grant as never, [deps.signingKey.publicKey])?.payload ?? '{}');
        expect(grant.subject[0].digest.sha256).toBe(row.digest);
        expect(grant.predicate).toMatchObject({ requestId: id, quorum: '1/1', nonce: id });
        expect(grant.predicate.reviewers).toHaveLength(1);
        expect(await start(deps, id, `start-${id}`)).toMatchObject({ ok: true });
      }
      expect(new Set((await Promise.all(three.map(({ id }) => again(id)))).map((r) => r.digest)).size).toBe(
        3,
      );
      expect(
        deps.events.filter((e) => e.kind === 'decided' && three.some((r) => r.id === e.requestId)),
      ).toHaveLength(3);
    });

    it('are denied together', async () => {
      const three = await threeOf('denied');
      await deny(three[0].id);
      for (const { id } of three)
        expect(await again(id)).toMatchObject({ state: 'denied', decision: { reason: 'so' }, grant: null });
    });

    it('one taken back leaves the others waiting; the card counts one less', async () => {
      const [first, second, third] = await threeOf('back');
      const before = (await again(first.id)).version;
      await withdraw(deps, second.id, null);
      expect(await countOf(first.id)).toBe(1);
      expect((await again(first.id)).version).toBe(before + 1);
      await approve(first.id);
      expect((await again(second.id)).state).toBe('withdrawn');
      expect((await again(third.id)).state).toBe('approved');
    });

    it('when the first is taken back the oldest of the others leads, on the same card', async () => {
      const [first, second, third] = await threeOf('promoted');
      const [card] = await cardsOf(database.db, first.id);
      await withdraw(deps, first.id, null);
      expect(await again(first.id)).toMatchObject({ state: 'withdrawn', leaderId: second.id });
      expect(await again(second.id)).toMatchObject({ state: 'pending', leaderId: null });
      expect(await again(third.id)).toMatchObject({ state: 'pending', leaderId: second.id });
      const [now] = await cardsOf(database.db, third.id);
      expect(now).toMatchObject({ id: card?.id, requestId: second.id });
      expect(now?.wantedVersion).toBeGreaterThan(card?.wantedVersion ?? 0);
      expect((await cardsOf(database.db, first.id))[0]?.id).toBe(card?.id);
      await withdraw(deps, second.id, null);
      expect((await cardsOf(database.db, first.id))[0]).toMatchObject({ id: card?.id, requestId: third.id });
      await approve(third.id);
      expect((await again(third.id)).state).toBe('approved');
      expect(await recordsOf(second.id)).toEqual(['requested', 'withdrawn']);
    });

    it('each has its own deadline and its own heartbeat', async () => {
      const first = await asked({ ...echo('times'), timeoutSeconds: 60 });
      const second = await asked({ ...echo('times'), heartbeatSeconds: 30 });
      const third = await asked(echo('times'));
      await advance(database, '31 seconds');
      await sweep(deps);
      expect(await again(second.id)).toMatchObject({ state: 'withdrawn', decision: { by: 'lost-contact' } });
      await advance(database, '30 seconds');
      await sweep(deps);
      expect(await again(first.id)).toMatchObject({ state: 'expired' });
      expect(await again(third.id)).toMatchObject({ state: 'pending', leaderId: null });
      await advance(database, '10 minutes');
      await sweep(deps);
      expect(await again(third.id)).toMatchObject({ state: 'expired' });
    });

    it('one whose own time is over is not approved with the others', async () => {
      const first = await asked(echo('late'));
      const second = await asked({ ...echo('late'), timeoutSeconds: 30 });
      await advance(database, '31 seconds');
      await approve(first.id);
      expect((await again(first.id)).state).toBe('approved');
      expect(await again(second.id)).toMatchObject({ state: 'expired', decision: { by: 'deadline' } });
      expect(await recordsOf(second.id)).toEqual(['requested', 'expired']);
    });

    it('what somebody has voted on already is not joined: they did not see it asked again', async () => {
      const first = await asked({ ...echo('voted'), environment: 'payments' });
      const second = await asked({ ...echo('voted'), environment: 'payments' });
      await approve(first.id, 'ana');
      const third = await asked({ ...echo('voted'), environment: 'payments' });
      expect([second.leaderId, third.leaderId]).toEqual([first.id, null]);
      await approve(second.id, 'ben');
      expect((await again(second.id)).decision?.people.map((p) => p.name)).toEqual(['ana', 'ben']);
      expect((await again(third.id)).state).toBe('pending');
    });

    it.each([
      ['another reason', { reason: 'other' }],
      ['another directory', { cwd: '/elsewhere' }],
      ['another environment', { environment: 'staging' }],
      ['another program', { program: { path: '/bin/echo', sha256: 'a'.repeat(64) } }],
      ['another commit', { context: github(1, { sha: 'fff0000', step: 'x' }) }],
      ['another host', { context: { source: 'ssh', host: 'web-2' } }],
      ['another actor', { context: { source: 'ssh', host: 'web-1', actor: 'mallory' } }],
      ['secrets in it', { redacted: true, digest: { salt: 'x'.repeat(16), sha256: '0'.repeat(64) } }],
    ])('%s is another request', async (what, over) => {
      const base = { ...echo(what), context: { source: 'ssh', host: 'web-1' } };
      const one = await asked(base);
      const other = await asked({ ...base, ...over });
      const twin = await asked(base);
      expect([other.leaderId, twin.leaderId]).toEqual([null, one.id]);
    });

    it('of another token is another request', async () => {
      await asked(echo('token'));
      expect((await asked(echo('token'), await callerOf(deps))).leaderId).toBeNull();
    });

    it('one that is asked while the first ends finds the one that leads then', async () => {
      const first = await asked(echo('race'));
      await asked(echo('race'));
      const [, third] = await Promise.all([withdraw(deps, first.id, null), asked(echo('race'))]);
      const leaders = await leadersOf(first.sameKey);
      expect(leaders).toHaveLength(1);
      expect([third.id, third.leaderId]).toContain(leaders[0]?.id);
    });
    const leadersOf = (sameKey: string) =>
      database.db
        .select()
        .from(requests)
        .where(sql`same_key = ${sameKey} and state = 'pending' and leader_id is null`);
  });

  describe('a newer run', () => {
    it('takes the place of the older one, which says so', async () => {
      const older = await asked({ ...echo('v1'), context: github(812) });
      const newer = await asked({ ...echo('v2'), context: github(815) });
      expect(await again(older.id)).toMatchObject({
        state: 'withdrawn',
        supersededBy: newer.id,
        decision: { by: 'newer-request', reason: `A newer run asked: ${newer.id}.` },
      });
      expect((await viewRequest(database.db, older.id))?.newer).toMatchObject({
        id: newer.id,
        state: 'pending',
      });
      expect(await recordsOf(older.id)).toEqual(['requested', 'withdrawn']);
      await withdraw(deps, newer.id, null);
    });

    it('a second attempt is newer, also of the very same command', async () => {
      const older = await asked({ ...echo('again'), context: github(820) });
      const newer = await asked({ ...echo('again'), context: github(820, { run_attempt: '2' }) });
      expect(newer.leaderId).toBeNull();
      expect((await again(older.id)).supersededBy).toBe(newer.id);
      await withdraw(deps, newer.id, null);
    });

    it('takes the place of one and of its successor: whatever followed both leads', async () => {
      const lane = (run: number, step: string) => github(run, { step });
      const first = await asked({ ...echo('handed on'), context: lane(821, 'one') });
      const second = await asked({ ...echo('handed on'), context: lane(821, 'one') });
      const third = await asked({ ...echo('handed on'), context: lane(821, 'two') });
      expect([second.leaderId, third.leaderId]).toEqual([first.id, first.id]);
      const newer = await asked({ ...echo('new words'), context: lane(822, 'one') });
      expect([(await again(first.id)).supersededBy, (await again(second.id)).supersededBy]).toEqual([
        newer.id,
        newer.id,
      ]);
      expect(await again(third.id)).toMatchObject({ state: 'pending', leaderId: null });
      expect(await approve(third.id)).toMatchObject({ ends: 'approved', request: { id: third.id } });
      await withdraw(deps, newer.id, null);
    });

    it('jobs of one matrix leave each other alone', async () => {
      const one = await asked({ ...echo('shard 1'), context: github(830) });
      const two = await asked({ ...echo('shard 2'), context: github(830) });
      expect([(await again(one.id)).state, (await again(two.id)).state]).toEqual(['pending', 'pending']);
      const newer = await asked({ ...echo('shard 1'), context: github(831) });
      expect([(await again(one.id)).supersededBy, (await again(two.id)).supersededBy]).toEqual([
        newer.id,
        newer.id,
      ]);
      await withdraw(deps, newer.id, null);
    });

    it.each([
      ['another step', { step: 'migrate' }],
      ['another job', { job: 'docs' }],
      ['another repository', { repository: 'acme/other' }],
      ['no run', { run_id: undefined }],
      ['another system', { source: 'gitlab-ci' }],
    ])('of %s takes nobody’s place', async (what, over) => {
      const older = await asked({ ...echo(`${what} 1`), context: github(840) });
      const newer = await asked({ ...echo(`${what} 2`), context: github(841, over) });
      expect((await again(older.id)).state).toBe('pending');
      await withdraw(deps, older.id, null);
      await withdraw(deps, newer.id, null);
    });

    it('an older run that comes late asks beside the newer one, and says that it is late', async () => {
      const newer = await asked({ ...echo('n'), context: github(1000) });
      const late = await asked({ ...echo('l'), context: github(999) });
      expect([(await again(newer.id)).state, (await again(late.id)).state]).toEqual(['pending', 'pending']);
      expect((await viewRequest(database.db, late.id))?.newerWaits).toBe(newer.id);
      expect((await viewRequest(database.db, newer.id))?.newerWaits).toBeNull();
    });

    it('that is allowed at once withdraws the older ones all the same; a blocked one does not', async () => {
      const policies = [
        { name: 'fine', match: { commands: ['echo fine'] }, effect: { kind: 'allow' as const } },
        { name: 'no', match: { commands: ['echo never'] }, effect: { kind: 'block' as const, reason: 'no' } },
      ];
      const strict = { ...deps, policies };
      const older = await asked({ ...echo('older'), environment: 'staging', context: github(850) });
      const in850 = (word: string, run: number) =>
        askFor({ ...echo(word), environment: 'staging', context: github(run) });
      expect(await submit(strict, caller, in850('never', 851))).toMatchObject({
        request: { state: 'blocked' },
      });
      expect((await again(older.id)).state).toBe('pending');
      const allowed = await submit(strict, caller, in850('fine', 852));
      expect(allowed).toMatchObject({ request: { state: 'approved' } });
      expect((await again(older.id)).decision?.by).toBe('newer-request');
    });
  });

  describe('a burst', () => {
    it('gets three cards, and then one for all the others', async () => {
      const context = { ...github(900), step: undefined };
      const rows = [];
      for (let i = 0; i < 6; i++) rows.push(await asked({ ...echo(`burst ${i}`), context }));
      const batches = rows.map((row) => row.batchId);
      expect(batches.slice(0, 3)).toEqual([null, null, null]);
      expect(new Set(batches.slice(3)).size).toBe(1);
      const shared = await cardsOf(database.db, rows[4]?.id ?? '');
      expect(shared).toHaveLength(1);
      expect(shared[0]?.batchId).toBe(batches[3]);
      const before = shared[0]?.wantedVersion ?? 0;
      await approve(rows[5]?.id ?? '');
      expect((await cardsOf(database.db, rows[3]?.id ?? ''))[0]?.wantedVersion).toBe(before + 1);
      expect((await again(rows[4]?.id ?? '')).state).toBe('pending');
      const another = await asked({ ...echo('burst 6'), context: { ...context, run_id: '901' } });
      expect(another.batchId).toBeNull();
      await advance(database, '61 seconds');
      expect((await asked({ ...echo('burst 7'), context })).batchId).toBeNull();
    });

    it('one more than a card holds gets a new card', async () => {
      const context = { ...github(910), step: undefined };
      const rows = [];
      for (let i = 0; i < 3 + BATCH_SIZE + 1; i++) rows.push(await asked({ ...echo(`full ${i}`), context }));
      const batches = rows.slice(3).map((row) => row.batchId);
      expect(new Set(batches.slice(0, BATCH_SIZE)).size).toBe(1);
      expect(batches[BATCH_SIZE]).not.toBe(batches[0]);
      expect(batches[BATCH_SIZE]).not.toBeNull();
    });
  });
});

it('many identical ones at once over two replicas: one leads, one click decides all, no deadlock', async () => {
  const fresh = await freshPostgres();
  const replicas = [];
  for (let i = 0; i < 2; i++) {
    const database = await openPostgres(fresh.url);
    replicas.push({ database, deps: await depsOver(database) });
  }
  const [one, two] = replicas as [(typeof replicas)[0], (typeof replicas)[0]];
  const caller = await callerOf(one.deps);
  const side = (i: number) => (i % 2 ? one : two).deps;
  for (let round = 0; round < 5; round++) {
    const ask = askFor(echo(`round ${round}`));
    const results = await Promise.all(Array.from({ length: 30 }, (_, i) => submit(side(i), caller, ask)));
    const rows = results.map((r) => (r.ok ? r.request : null) as RequestRow);
    const leaders = rows.filter((row) => row.leaderId === null);
    expect(leaders).toHaveLength(1);
    // Clicks on any of them, withdrawals of any of them, and more of the same, all at once.
    const ballot = (i: number, verdict: 'approve' | 'deny') =>
      vote(side(i), {
        requestId: rows[i]?.id ?? '',
        voter: voterNamed(`p${i}`),
        verdict,
        reason: null,
        method: 'card',
      });
    await Promise.all([
      ...[0, 3, 6].map((i) => withdraw(side(i), rows[i]?.id ?? '', null)),
      ...(leaders[0] ? [withdraw(side(1), leaders[0].id, null)] : []),
      ...[1, 4, 7].map((i) => submit(side(i), caller, ask)),
      ...Array.from({ length: 20 }, (_, i) => ballot(i, i % 2 ? 'approve' : 'deny')),
    ]);
    const states = await one.database.rows<{ state: string; n: number; leads: number }>(sql`
      select state, count(*)::int as n, count(*) filter (where leader_id is null)::int as leads
      from requests where same_key = ${rows[0]?.sameKey ?? ''} group by state`);
    expect(states.reduce((sum, { n }) => sum + n, 0)).toBe(33);
    const orphans = await one.database.rows(sql`
      select f.id from requests f left join requests l on l.id = f.leader_id
      where f.state = 'pending' and f.leader_id is not null and (l.state <> 'pending' or l.leader_id is not null)`);
    expect(orphans).toEqual([]);
    const endings = await one.database.rows<{ id: string; n: number }>(sql`
      select request_id as id, count(*)::int as n from records
      where type in ('approved', 'denied', 'expired', 'withdrawn') group by 1 having count(*) <> 1`);
    expect(endings).toEqual([]);
  }
  for (const { database, deps } of replicas) {
    expect(deps.events.filter(({ kind }) => kind === 'fault')).toEqual([]);
    await deps.changes.close();
    await database.close();
  }
  await fresh.drop();
}, 120_000);

it('newer runs that ask at once, in several lanes with followers of each other, do not wait for each other', async () => {
  const fresh = await freshPostgres();
  const database = await openPostgres(fresh.url);
  const deps = await depsOver(database);
  const caller = await callerOf(deps);
  const jobs = Array.from({ length: 60 }, (_, i) =>
    submit(deps, caller, askFor({ ...echo(`c${i % 3}`), context: github(i % 7, { step: `s${i % 4}` }) })),
  );
  const results = await Promise.all(jobs);
  const ids = results.map((r) => (r.ok ? r.request.id : ''));
  await Promise.all([
    ...ids.slice(0, 20).map((id) => withdraw(deps, id, null)),
    ...ids.slice(20).map((requestId, i) =>
      vote(deps, {
        requestId,
        voter: voterNamed(`p${i}`),
        verdict: 'approve',
        reason: null,
        method: 'card',
      }),
    ),
    ...Array.from({ length: 30 }, (_, i) =>
      submit(
        deps,
        caller,
        askFor({ ...echo(`c${i % 3}`), context: github(10 + (i % 5), { step: `s${i % 4}` }) }),
      ),
    ),
  ]);
  const twice = await database.rows(sql`
    select request_id from records where type in ('approved', 'denied', 'withdrawn') group by 1 having count(*) > 1`);
  expect(twice).toEqual([]);
  await deps.changes.close();
  await database.close();
  await fresh.drop();
}, 120_000);
