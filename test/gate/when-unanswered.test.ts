import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/gate/authenticate.ts';
import { type Author, addRule, revokeRule } from '../../src/gate/rules.ts';
import { start } from '../../src/gate/start.ts';
import { sweep } from '../../src/gate/sweep.ts';
import { vote } from '../../src/gate/vote.ts';
import { withdraw } from '../../src/gate/withdraw.ts';
import { cardsOf, confirmCard } from '../../src/store/cards.ts';
import type { Database } from '../../src/store/database.ts';
import { findRequest, type RequestRow } from '../../src/store/requests.ts';
import { requests } from '../../src/store/schema.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { callerOf, depsOver, PRODUCTION, type TestDeps, voterNamed } from '../support/deps.ts';
import { mustSubmit, recordTypes, ruleWish } from '../support/verbs.ts';

const lenient = { ...PRODUCTION, name: 'preview', production: false, unansweredMayRun: true };
const admin: Author = { subject: 'slack:T0:UADMIN', name: 'admin', isAdmin: true, people: ['UADMIN'] };

describe.each(DATABASE_KINDS)('when nobody answers, %s', (kind) => {
  let database: Database;
  let deps: TestDeps;
  let caller: Caller;
  let ruleId: string;
  beforeAll(async () => {
    database = await freshDatabase(kind);
    deps = await depsOver(database);
    caller = await callerOf(deps);
  });
  afterAll(() => deps.close());
  beforeEach(async () => {
    deps.environments.set('preview', lenient);
    ruleId = await ruleFor({});
  });

  afterEach(() => revokeRule(deps, admin, ruleId));

  const ruleFor = async (over: { expiresInDays?: number }) => {
    const wish = ruleWish({ text: 'echo *', environment: 'preview', whenUnanswered: 'allow', ...over });
    const added = await addRule(deps, admin, wish);
    if (!added.ok) throw new Error(JSON.stringify(added));
    return added.rule.id;
  };
  let word = 0;
  const asked = async (over = {}, posted = true): Promise<RequestRow> => {
    word += 1;
    const command = { kind: 'argv' as const, argv: ['echo', `w${word}`] };
    const request = await mustSubmit(deps, caller, { environment: 'preview', command, ...over });
    const [card] = await cardsOf(database.db, request.id);
    const place = { channel: 'C0', ts: `1.${word}`, version: 1, settled: false };
    if (posted && card && card.ts === null)
      await confirmCard(database.db, { ...card, leaseUntil: null }, place);
    return request;
  };
  const cast = (requestId: string, verdict: 'approve' | 'deny') =>
    vote(deps, { requestId, voter: voterNamed('ana'), verdict, reason: null, method: 'card' });
  const again = async (id: string) => (await findRequest(database.db, id)) as RequestRow;
  const atDeadline = async () => {
    await advance(database, '10 minutes 1 second');
    await sweep(deps);
  };
  const revoke = () => revokeRule(deps, admin, ruleId);
  const recordsOf = (id: string) => recordTypes(database, id);

  it('is asked as usual, and runs at the deadline', async () => {
    const { id, state, whenUnanswered } = await asked();
    expect([state, whenUnanswered]).toEqual(['pending', 'allow']);
    await atDeadline();
    const row = await again(id);
    expect(row).toMatchObject({
      state: 'approved',
      decision: { by: 'rule', reason: 'nobody objected until the deadline (rule echo *)', people: [] },
    });
    expect(await recordsOf(id)).toEqual(['requested', 'approved']);
    expect(await start(deps, id, 'start-aaaa')).toMatchObject({ ok: true });
    expect(deps.events).toContainEqual(
      expect.objectContaining({ kind: 'decided', requestId: id, by: 'rule' }),
    );
  });

  it('does not run before the deadline', async () => {
    const { id } = await asked();
    await advance(database, '9 minutes 50 seconds');
    await sweep(deps);
    expect((await again(id)).state).toBe('pending');
    await withdraw(deps, id, null);
  });

  it('runs at once when somebody presses Run now', async () => {
    const { id } = await asked();
    expect(await cast(id, 'approve')).toMatchObject({ counted: true, ends: 'approved' });
    expect((await again(id)).decision?.by).toBe('people');
  });

  it('a denial wins', async () => {
    const { id } = await asked();
    await cast(id, 'deny');
    await atDeadline();
    expect((await again(id)).state).toBe('denied');
  });

  it('a denial after the deadline, before the timer fired, is heard: nothing runs', async () => {
    const { id } = await asked();
    await advance(database, '10 minutes 1 second');
    expect(await cast(id, 'deny')).toMatchObject({ counted: false, request: { state: 'expired' } });
    await sweep(deps);
    expect((await again(id)).state).toBe('expired');
  });

  it('a Run now after the deadline, before the timer fired, runs it by the rule', async () => {
    const { id } = await asked();
    await advance(database, '10 minutes 1 second');
    expect(await cast(id, 'approve')).toMatchObject({ counted: false, request: { state: 'approved' } });
    expect((await again(id)).decision?.by).toBe('rule');
  });

  it('what was taken back stays so', async () => {
    const { id } = await asked();
    await withdraw(deps, id, null);
    await atDeadline();
    expect((await again(id)).state).toBe('withdrawn');
  });

  it.each([
    ['the rule is revoked', revoke],
    [
      'the rule has expired',
      async () => {
        await revoke();
        await database.rows(
          sql`update rules set expires_at = now() + interval '5 minutes', revoked_at = null where id = ${ruleId}`,
        );
        await database.rows(sql`update rules_version set version = version + 1`);
      },
    ],
    [
      'the environment forbids it',
      async () => {
        deps.environments.set('preview', { ...lenient, unansweredMayRun: false });
      },
    ],
    [
      'the environment is gone',
      async () => {
        deps.environments.delete('preview');
      },
    ],
  ])('expires as usual when meanwhile %s', async (_, happens) => {
    const { id } = await asked();
    await happens();
    await atDeadline();
    expect(await again(id)).toMatchObject({ state: 'expired', decision: { by: 'deadline' }, grant: null });
    expect(await recordsOf(id)).toEqual(['requested', 'expired']);
  });

  it('expires when a policy wants a review by now', async () => {
    const { id } = await asked();
    const policies = [
      {
        name: 'now reviewed',
        match: { environments: ['preview'] },
        effect: { kind: 'require' as const, approvals: 1 },
      },
    ];
    await advance(database, '10 minutes 1 second');
    await sweep({ ...deps, policies });
    expect((await again(id)).state).toBe('expired');
  });

  it('expires when its card never reached Slack: nobody could object', async () => {
    const { id } = await asked({}, false);
    await atDeadline();
    expect((await again(id)).state).toBe('expired');
  });

  it('those that asked the same run each at its own deadline', async () => {
    const command = { kind: 'argv' as const, argv: ['echo', `pair-${kind}`] };
    const first = await asked({ command });
    await advance(database, '1 minute');
    const second = await asked({ command });
    expect(second.leaderId).toBe(first.id);
    await advance(database, '9 minutes 1 second');
    await sweep(deps);
    expect((await again(first.id)).state).toBe('approved');
    expect(await again(second.id)).toMatchObject({ state: 'pending', leaderId: null });
    const [card] = await cardsOf(database.db, second.id);
    expect(card).toMatchObject({ requestId: second.id, ts: null });
    if (card)
      await confirmCard(
        database.db,
        { ...card, leaseUntil: null },
        { version: 9, channel: 'C0', ts: '2.1', settled: false },
      );
    await advance(database, '1 minute');
    await sweep(deps);
    expect((await again(second.id)).state).toBe('approved');
  });

  it('never in an environment that does not allow it, nor above LOW', async () => {
    deps.environments.set('preview', { ...lenient, unansweredMayRun: false });
    const forbidden = await asked();
    expect(forbidden.whenUnanswered).toBe('deny');
    deps.environments.set('preview', lenient);
    const { id } = await asked();
    await database.db
      .update(requests)
      .set({ assessment: { score: 40, level: 'MEDIUM', reasons: [] } })
      .where(eq(requests.id, id));
    await atDeadline();
    expect((await again(id)).state).toBe('expired');
    expect((await again(forbidden.id)).state).toBe('expired');
  });
});
