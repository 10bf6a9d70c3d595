import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/core/environment.ts';
import type { Step } from '../../src/core/escalation.ts';
import type { Policy, RequireEffect } from '../../src/core/policy.ts';
import type { Voter } from '../../src/core/request.ts';
import type { Caller } from '../../src/gate/authenticate.ts';
import { deliverMail } from '../../src/gate/deliver-mail.ts';
import { deliverPages } from '../../src/gate/deliver-pages.ts';
import { declareEmergency } from '../../src/gate/emergency.ts';
import { compareRules, importRules } from '../../src/gate/import-rules.ts';
import { askBack } from '../../src/gate/question.ts';
import { giveRetrospective, remindOfRetrospective } from '../../src/gate/retrospective.ts';
import { type Author, addRule, confirmRule, revokeRule } from '../../src/gate/rules.ts';
import { submit } from '../../src/gate/submit.ts';
import { sweep } from '../../src/gate/sweep.ts';
import { vote } from '../../src/gate/vote.ts';
import { withdraw } from '../../src/gate/withdraw.ts';
import { cardsOf } from '../../src/store/cards.ts';
import type { Database } from '../../src/store/database.ts';
import { findEmergency, unpaidEmergencies } from '../../src/store/emergencies.ts';
import { findRequest, type RequestRow, viewRequest, votesOf } from '../../src/store/requests.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { askFor, callerOf, depsOver, PRODUCTION, type TestDeps, voterNamed } from '../support/deps.ts';
import { type StubMailer, type StubPager, stubMailer, stubPager } from '../support/on-call.ts';
import { personNamed, type StubPeople, stubPeople } from '../support/people.ts';
import { recordTypes, ruleWish } from '../support/verbs.ts';

const step = { tell: null, page: null, risk: null, officeHours: null };
const LIST = { users: ['UBOSS', 'UCLEO'], groups: [] };
const DEPLOYS: Environment = {
  ...PRODUCTION,
  approvals: 2,
  escalation: {
    steps: [
      { ...step, afterSeconds: 120, tell: 'reviewers' },
      { ...step, afterSeconds: 240, tell: { users: ['UCARO'], groups: [], emails: ['backup@example.com'] } },
      // Not for these hours and not for this risk: an emergency is for everybody.
      { ...step, afterSeconds: 300, tell: { users: ['UDORA'], groups: [], emails: [] }, risk: 'CRITICAL' },
      { ...step, afterSeconds: 360, page: 'primary' },
    ],
    pageAtOnce: null,
  },
  emergency: { reviewers: LIST, alone: true, page: 'primary' },
};
const WISH = ruleWish({ text: 'terraform plan' });
const admin: Author = { subject: 'slack:T0:UADMIN', name: 'admin', isAdmin: true, people: ['UADMIN'] };
const ana: Author = { subject: 'slack:T0:UANA', name: 'ana', isAdmin: false, people: ['UANA'] };
const GIVEN = {
  whatHappened: 'Checkout was down; rolled back.',
  wasRight: 'yes' as const,
  becomesRule: null,
};

describe.each(DATABASE_KINDS)('an emergency, %s', (kind) => {
  let database: Database;
  let deps: TestDeps;
  let caller: Caller;
  let people: StubPeople;
  let pager: StubPager;
  let mailer: StubMailer;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    deps = await depsOver(database);
  });
  afterAll(() => deps.close());
  beforeEach(async () => {
    deps.environments.set('production', DEPLOYS);
    deps.policies = [];
    deps.personOf = () => null;
    people = stubPeople(
      [personNamed('ana'), personNamed('ben')],
      ['boss', 'cleo', 'caro', 'dora'].map((name) => personNamed(name)),
    );
    const inChannel = people.audience;
    people.audience = (environment, audience) =>
      audience === 'reviewers' && environment.reviewers !== 'channel'
        ? inChannel(environment, { ...environment.reviewers, emails: [] })
        : inChannel(environment, audience);
    [pager, mailer] = [stubPager('primary'), stubMailer()];
    Object.assign(deps, { people, mailer, onCall: new Map([['primary', pager]]) });
    // What earlier tests left is over: nothing waits, nothing is owed.
    await advance(database, '2 days');
    await settle();
    for (const { requestId } of await unpaidEmergencies(database.db)) await look(requestId);
    await settle();
    pager.calls.length = 0;
    mailer.sent.length = 0;
    caller = await callerOf(deps, { owner: 'UCLEO' });
  });

  /** Everything that is due is done. Slack's own messages are left where they are. */
  const settle = async () => {
    while ((await sweep(deps)) + (await deliverPages(deps)) + (await deliverMail(deps)) > 0);
  };
  afterEach(() => {
    expect(deps.events.splice(0).filter((event) => event.kind === 'fault')).toEqual([]);
  });
  const wait = async (by: string) => {
    await advance(database, by);
    await settle();
  };

  let asks = 0;
  const URGENT = { emergency: true, reason: 'checkout is down' };
  const trying = async (over = {}, by = caller) => {
    asks += 1;
    const command = { kind: 'argv' as const, argv: ['terraform', `apply${asks}`] };
    return submit(deps, by, askFor({ command, context: { run_id: `run-${asks}` }, ...over }));
  };
  const asked = async (over = {}, by = caller): Promise<RequestRow> => {
    const result = await trying(over, by);
    if (!result.ok) throw new Error(result.code);
    await settle();
    return result.request;
  };
  const again = async (id: string) => (await findRequest(database.db, id)) as RequestRow;
  const view = async (id: string) => {
    const found = await viewRequest(database.db, id);
    if (!found) throw new Error(`there is no ${id}`);
    return found;
  };
  /** Somebody of the emergency list, as Slack says now. */
  const listed = (name: string, over: Partial<Voter> = {}) => voterNamed(name, { against: LIST, ...over });
  const approve = (requestId: string, voter = listed('boss')) =>
    vote(deps, { requestId, voter, verdict: 'approve', reason: null, method: 'card' });
  const approved = async (over = {}, by = caller): Promise<RequestRow> => {
    const { id } = await asked({ ...URGENT, ...over }, by);
    expect(await approve(id)).toMatchObject({ counted: true, ends: 'approved' });
    return again(id);
  };
  const look = (requestId: string, name = 'ana', given = GIVEN) =>
    giveRetrospective(deps, { requestId, voter: voterNamed(name), given });
  const declare = (requestId: string, voter = voterNamed('ana'), reason = 'it burns') =>
    declareEmergency(deps, { requestId, voter, reason });
  const recordsOf = (id: string) => recordTypes(database, id);
  const factsOf = async (id: string, type: string) => {
    const rows = await database.rows<{ envelope: { payload: string } }>(
      sql`select envelope from records where request_id = ${id} and type = ${type} order by seq`,
    );
    return rows.map(
      ({ envelope }) => JSON.parse(Buffer.from(envelope.payload, 'base64').toString()).predicate,
    );
  };
  const messagesOf = (id: string, of = '%') =>
    database.rows<{ kind: string; recipient: string | null; says: { topic: string } | null }>(
      sql`select kind, recipient, payload->'says' as says from outbox
        where request_id = ${id} and kind like ${of} order by id`,
    );
  const timersOf = async (id: string) =>
    (
      await database.rows<{ hours: number }>(
        sql`select round(extract(epoch from t.due_at - e.opened_at) / 3600)::float8 as hours
          from timers t join emergencies e using (request_id)
          where request_id = ${id} and kind = 'retrospective' and done_at is null`,
      )
    ).map(({ hours }) => hours);
  const told = async (id: string) =>
    (await view(id)).ladder.rungs
      .filter(({ takenAt }) => takenAt !== null)
      .map(({ kind: is, taken }) => `${is} ${taken?.told.join(', ')}`);

  describe('who decides', () => {
    it('only its list, alone; never its requester, though on the list', async () => {
      const { id } = await asked(URGENT);
      expect(await again(id)).toMatchObject({
        emergency: true,
        reviewers: LIST,
        approvalsNeeded: 1,
        whenUnanswered: 'deny',
      });
      const reviewer = voterNamed('ana', { against: LIST, isReviewer: false });
      expect(await approve(id, reviewer)).toMatchObject({ counted: false, code: 'not-a-reviewer' });
      expect(await approve(id, listed('cleo'))).toMatchObject({ counted: false, code: 'requester' });
      expect(await approve(id)).toMatchObject({ counted: true, ends: 'approved' });
      expect(await recordsOf(id)).toEqual([
        'requested',
        ...Array(5).fill('escalated'),
        'vote-refused',
        'vote-refused',
        'approved',
      ]);
      for (const type of ['requested', 'approved'])
        expect(await factsOf(id, type)).toMatchObject([{ emergency: true }]);
    });

    it('as many as the environment wants, when one alone is not enough', async () => {
      deps.environments.set('production', {
        ...DEPLOYS,
        emergency: { reviewers: LIST, alone: false, page: null },
      });
      const { id, approvalsNeeded } = await asked(URGENT);
      expect(approvalsNeeded).toBe(2);
      expect(await approve(id)).toMatchObject({ counted: true, ends: null });
      expect(await approve(id)).toMatchObject({ counted: false, code: 'voted-before' });
    });

    it('nobody of whom it was only found out that they are a usual reviewer', async () => {
      const { id } = await asked(URGENT);
      expect(await approve(id, voterNamed('ana'))).toMatchObject({ code: 'unknown-membership' });
      expect(await approve(id, voterNamed('ana', { against: 'channel' }))).toMatchObject({
        code: 'unknown-membership',
      });
      expect((await again(id)).state).toBe('pending');
    });

    it('a policy that blocks still blocks, and nothing is owed', async () => {
      deps.policies = [policy('block')];
      const { id, state, emergency } = await asked(URGENT);
      expect({ state, emergency }).toEqual({ state: 'blocked', emergency: false });
      expect(await findEmergency(database.db, id)).toBeNull();
    });

    it('a policy that wants others wants the list instead', async () => {
      deps.policies = [policy('require')];
      expect(await asked(URGENT)).toMatchObject({ reviewers: LIST, approvalsNeeded: 1 });
    });

    it.each(['rule', 'policy'])(
      'what a %s lets pass is none: it owes nothing, also for those who owe',
      async (by) => {
        const text = 'echo covered';
        if (by === 'rule') expect(await addRule(deps, admin, { ...WISH, text })).toMatchObject({ ok: true });
        else deps.policies = [{ name: 'fine', match: { commands: [text] }, effect: { kind: 'allow' } }];
        await approved();
        const passed = await asked({ ...URGENT, command: { kind: 'argv', argv: ['echo', 'covered'] } });
        expect(passed).toMatchObject({ state: 'approved', emergency: false, decision: { by } });
        expect(await findEmergency(database.db, passed.id)).toBeNull();
        expect(await messagesOf(passed.id, 'thread')).toEqual([]);
        await importRules(deps, admin, []);
      },
    );

    it.each([
      ['no-emergency-here', { environment: 'staging', reason: 'down' }],
      ['reason-needed', { reason: null }],
      ['reason-needed', { reason: '  ' }],
    ])('is refused with %s', async (code, over) => {
      expect(await trying({ ...URGENT, ...over })).toEqual({ ok: false, code });
    });

    it.each(['deny', 'expire', 'withdraw'])('that ends otherwise (%s) owes nothing', async (how) => {
      const { id } = await asked(URGENT);
      if (how === 'deny')
        await vote(deps, {
          requestId: id,
          voter: listed('boss'),
          verdict: 'deny',
          reason: 'no',
          method: 'card',
        });
      if (how === 'expire') await wait('11 minutes');
      if (how === 'withdraw') await withdraw(deps, id, null);
      await settle();
      expect((await again(id)).state).not.toMatch(/pending|approved/);
      expect(await findEmergency(database.db, id)).toBeNull();
      expect(pager.open()).toEqual([]);
    });
  });

  describe('who is told', () => {
    it('everybody at once, and whoever is on call is paged', async () => {
      const { id } = await asked(URGENT);
      expect(await told(id)).toEqual([
        'card boss',
        'page primary',
        'tell boss',
        'tell ana, ben',
        'tell caro, backup@example.com',
        'tell dora',
      ]);
      const sent = await messagesOf(id);
      expect(sent[0]).toMatchObject({ kind: 'thread', says: { topic: 'emergency' } });
      expect(sent.map(({ kind, recipient }) => [kind, recipient])).toEqual(
        expect.arrayContaining([
          ['direct', 'UBOSS'],
          ['mention', null],
          ['direct', 'UCARO'],
          ['direct', 'UDORA'],
          ['email', 'backup@example.com'],
        ]),
      );
      expect(mailer.sent[0]?.facts).toMatchObject({ emergency: true });
      expect(pager.calls.map(({ does, page }) => [does, page.summary, page.details.emergency])).toEqual([
        ['trigger', expect.stringMatching(/^production: EMERGENCY, approve "terraform apply/), 'yes'],
      ]);
      await approve(id);
      await settle();
      expect(pager.open()).toEqual([]);
    });

    it('also those who want quiet', async () => {
      await database.rows(
        sql`insert into people_settings (user_id, quiet_from, quiet_to, time_zone, ways, changed_at)
          values ('UBOSS', 0, 1439, 'UTC', 'both', now()), ('UCARO', 0, 1439, 'UTC', 'both', now())`,
      );
      const usual = await asked();
      await wait('4 minutes');
      expect(await told(usual.id)).toContain('tell backup@example.com');
      expect(await told((await asked(URGENT)).id)).toEqual(
        expect.arrayContaining(['tell boss', 'tell caro, backup@example.com']),
      );
      await database.rows(sql`delete from people_settings`);
    });

    it('by an incident of its own, also in a storm', async () => {
      await Promise.all(Array.from({ length: 6 }, () => asked()));
      await wait('6 minutes');
      const before = pager.open().length;
      const { id } = await asked(URGENT);
      expect(pager.open()).toHaveLength(before + 1);
      expect(pager.calls.at(-1)?.page).toMatchObject({ waiting: 1, url: `${deps.url}/requests/${id}` });
    });
  });

  describe('the retrospective', () => {
    it('is due in 24 hours: reminders at 12, 20 and 23, a page at 24; given, it is over', async () => {
      const { id } = await approved();
      await settle();
      pager.calls.length = 0;
      expect(await findEmergency(database.db, id)).toMatchObject({
        openedBy: ['UCLEO', `token:${caller.id}`],
        closedAt: null,
      });
      const reminders = async () =>
        (await messagesOf(id, 'thread'))
          .map(({ says }) => says)
          .filter((says) => says?.topic !== 'emergency');
      expect(await timersOf(id)).toEqual([12]);
      await wait('11 hours 59 minutes');
      expect(await reminders()).toEqual([]);
      const due = { topic: 'retrospective-due', paged: false };
      await wait('2 minutes');
      expect(await reminders()).toEqual([{ ...due, hoursLeft: 12 }]);
      expect(await timersOf(id)).toEqual([20]);
      await wait('8 hours');
      expect((await reminders()).at(-1)).toEqual({ ...due, hoursLeft: 4 });
      await wait('3 hours');
      expect((await reminders()).at(-1)).toEqual({ ...due, hoursLeft: 1 });
      expect(pager.calls).toEqual([]);
      expect(await timersOf(id)).toEqual([24]);
      await wait('1 hour');
      expect((await reminders()).at(-1)).toEqual({ ...due, hoursLeft: 0, paged: true });
      expect(await timersOf(id)).toEqual([]);
      expect(pager.calls.map(({ does, page }) => [does, page.summary, page.ending])).toEqual([
        [
          'trigger',
          expect.stringMatching(/^production: the retrospective of an emergency is overdue: "terr/),
          null,
        ],
      ]);
      expect((await view(id)).retrospective?.page).toEqual({ isSent: true, problem: null });
      await wait('3 days');
      expect(await reminders()).toHaveLength(4);

      expect(await look(id)).toMatchObject({ ok: true });
      await settle();
      expect(pager.open()).toEqual([]);
      expect(pager.calls.at(-1)?.page.ending).toBe('the retrospective was given by ana');
      expect((await reminders()).at(-1)).toEqual({ topic: 'retrospective-done' });
      expect((await recordsOf(id)).filter((type) => type.startsWith('retro'))).toEqual([
        ...Array(4).fill('retrospective-due'),
        'retrospective-given',
      ]);
      expect(await factsOf(id, 'retrospective-due')).toMatchObject([
        { hoursLeft: 12, paged: null },
        { hoursLeft: 4 },
        { hoursLeft: 1 },
        { hoursLeft: 0, paged: 'primary' },
      ]);
    });

    it('given in time: nobody is reminded, nobody is paged, and the record says all of it', async () => {
      const { id } = await approved();
      const given = {
        whatHappened: ' Rolled back.\nAWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY ',
        wasRight: 'partly' as const,
        becomesRule: ' terraform plan ',
      };
      const before = (await again(id)).version;
      const result = await giveRetrospective(deps, { requestId: id, voter: voterNamed('ben'), given });
      expect(result).toMatchObject({ ok: true, request: { version: before + 1 } });
      const { retrospective } = await view(id);
      expect(retrospective).toMatchObject({
        closedByName: 'ben',
        given: { wasRight: 'partly', becomesRule: 'terraform plan' },
      });
      expect(retrospective?.given?.whatHappened).toMatch(/^Rolled back\.\nAWS_SECRET_ACCESS_KEY=(?!wJalr)/);
      expect(await factsOf(id, 'retrospective-given')).toMatchObject([
        { name: 'ben', subjectId: 'slack:T0:UBEN', wasRight: 'partly', lateSeconds: 0, emergency: true },
      ]);
      expect(JSON.stringify(await factsOf(id, 'retrospective-given'))).not.toContain('wJalr');
      await wait('2 days');
      expect((await messagesOf(id, 'thread')).map(({ says }) => says?.topic)).toEqual([
        'emergency',
        'retrospective-done',
      ]);
      expect(pager.open()).toEqual([]);
    });

    it('is given once, by somebody who has to do with it, in words', async () => {
      const { id } = await approved();
      const by = (over: Partial<Voter>, name = 'eve') =>
        giveRetrospective(deps, { requestId: id, voter: voterNamed(name, over), given: GIVEN });
      expect(await by({ isReviewer: false })).toEqual({
        ok: false,
        code: 'not-allowed',
        why: 'not-a-reviewer',
      });
      expect(await by({ isGuest: true })).toMatchObject({ code: 'not-allowed', why: 'guest' });
      expect(await by({ isReviewer: null })).toMatchObject({ why: 'unknown-membership' });
      expect(await look(id, 'ana', { ...GIVEN, whatHappened: ' \n ' })).toEqual({
        ok: false,
        code: 'says-nothing',
      });
      expect((await findEmergency(database.db, id))?.closedAt).toBeNull();
      expect(await by({ isReviewer: false }, 'cleo')).toMatchObject({ ok: true });
      expect(await look(id)).toEqual({ ok: false, code: 'not-due' });
      expect(await look('req_none')).toEqual({ ok: false, code: 'unknown-request' });
      expect(await look((await asked()).id)).toEqual({ ok: false, code: 'not-due' });
      expect((await recordsOf(id)).filter((type) => type === 'retrospective-given')).toHaveLength(1);
    });

    it('after an outage one reminder goes out, and the next comes at its hour', async () => {
      const { id } = await approved();
      await wait('21 hours');
      const says = async () => (await messagesOf(id, 'thread')).slice(1).map(({ says: one }) => one);
      expect(await says()).toMatchObject([{ hoursLeft: 4 }]);
      expect(await timersOf(id)).toEqual([23]);
      // A replica whose lease ran out does it once more: nothing is due.
      await remindOfRetrospective(deps, id);
      expect(await says()).toHaveLength(1);
      expect(await timersOf(id)).toEqual([23]);
      await wait('5 hours');
      expect((await says()).at(-1)).toMatchObject({ hoursLeft: 0, paged: true });
      await remindOfRetrospective(deps, id);
      expect(await says()).toHaveLength(2);
      expect(pager.open()).toHaveLength(1);
    });

    it('a provider that fails is tried again, shows on the card, and has its fallback', async () => {
      const second = stubPager('second');
      pager = stubPager('primary', 'second');
      deps.onCall = new Map([
        ['primary', pager],
        ['second', second],
      ]);
      const { id } = await approved();
      await settle();
      pager.answers = [{ ok: false, retry: false, problem: 'it answers 500' }];
      await wait('25 hours');
      expect((await view(id)).retrospective?.page).toMatchObject({ isSent: true });
      expect(second.calls.at(-1)?.page.summary).toMatch(/retrospective of an emergency is overdue/);
      await look(id);
      await settle();
      expect(second.open()).toEqual([]);
    });

    it('pages nobody where nobody is configured, and does not claim to', async () => {
      deps.environments.set('production', {
        ...DEPLOYS,
        emergency: { reviewers: LIST, alone: true, page: null },
      });
      const { id } = await approved();
      await wait('25 hours');
      expect((await messagesOf(id, 'thread')).at(-1)?.says).toMatchObject({ hoursLeft: 0, paged: false });
      expect(pager.calls).toEqual([]);
    });
  });

  describe('while it is owed', () => {
    it('the same people open no other, by token, owner or actor; others do', async () => {
      deps.personOf = (_, actor) => (actor === 'octocat' ? 'UCLEO' : null);
      const { id } = await approved();
      const refused = { ok: false, code: 'retrospective-due', owes: id };
      expect(await trying(URGENT)).toEqual(refused);
      expect(await trying(URGENT, await callerOf(deps, { owner: 'UCLEO' }))).toEqual(refused);
      const stranger = await callerOf(deps);
      expect(await trying({ ...URGENT, context: { actor: 'octocat', source: 'github' } }, stranger)).toEqual(
        refused,
      );
      expect(await trying(URGENT, stranger)).toMatchObject({ ok: true });
      expect(await trying(URGENT, await callerOf(deps, { owner: 'UDORA' }))).toMatchObject({ ok: true });
      expect(await trying()).toMatchObject({ ok: true });
      await look(id);
      expect(await trying(URGENT)).toMatchObject({ ok: true });
    });

    it('no rule is accepted in that environment, by whatever way; elsewhere it is', async () => {
      deps.environments.set('payments', { ...PRODUCTION, name: 'payments', approvals: 2 });
      const waiting = await addRule(deps, { ...ana, isRequester: true }, { ...WISH, text: 'echo waits' });
      if (!waiting.ok || !waiting.needsSecondPerson) throw new Error('it should wait for a second person');
      const { id } = await approved();
      const due = { ok: false, code: 'retrospective-due' };
      const fault = {
        ok: false,
        code: 'faults',
        faults: [{ at: 0, refusal: { code: 'retrospective-due' } }],
      };
      expect(await addRule(deps, ana, WISH)).toEqual(due);
      expect(await addRule(deps, admin, { ...WISH, environment: '*' })).toEqual(due);
      expect(await addRule(deps, admin, { ...WISH, originRequestId: id })).toEqual(due);
      expect(await confirmRule(deps, admin, waiting.rule.id)).toEqual(due);
      expect(await compareRules(deps, admin, [WISH])).toEqual(fault);
      expect(await importRules(deps, admin, [WISH])).toEqual(fault);
      const elsewhere = await addRule(deps, admin, { ...WISH, environment: 'staging' });
      expect(elsewhere).toMatchObject({ ok: true });
      // What takes rules away is never refused.
      if (elsewhere.ok) expect(await revokeRule(deps, admin, elsewhere.rule.id)).not.toBeNull();

      await look(id);
      expect(await confirmRule(deps, admin, waiting.rule.id)).toMatchObject({ ok: true });
      expect(await addRule(deps, admin, { ...WISH, environment: '*' })).toMatchObject({ ok: true });
      expect(await importRules(deps, admin, [])).toMatchObject({ ok: true });
    });
  });

  describe('beside others', () => {
    const same = { command: { kind: 'argv' as const, argv: ['terraform', 'same'] }, context: {} };

    it('shares no decision with the usual asks for the same, whoever decides those', async () => {
      const reason = URGENT.reason;
      deps.policies = [policy('require', { from: LIST, approvals: 1 })];
      const usual = await asked({ ...same, reason });
      const urgent = await asked({ ...same, ...URGENT });
      expect(usual).toMatchObject({ reviewers: LIST, approvalsNeeded: 1 });
      expect([usual.leaderId, urgent.leaderId]).toEqual([null, null]);
      expect((await asked({ ...same, reason })).leaderId).toBe(usual.id);
      expect(await approve(urgent.id)).toMatchObject({ ends: 'approved' });
      expect((await again(usual.id)).state).toBe('pending');
      await withdraw(deps, usual.id, null);
    });

    it('asked twice, it is announced once, decided once, and owes one retrospective', async () => {
      const [first, second] = [await asked({ ...same, ...URGENT }), await asked({ ...same, ...URGENT })];
      expect(second.leaderId).toBe(first.id);
      expect(await messagesOf(second.id, 'thread')).toEqual([]);
      await approve(second.id);
      expect((await unpaidEmergencies(database.db)).map(({ requestId }) => requestId)).toEqual([first.id]);
      expect((await view(second.id)).retrospective).toMatchObject({ closedAt: null });
      expect(await look(second.id)).toMatchObject({ ok: true, request: { id: first.id } });
      expect((await view(first.id)).retrospective).toMatchObject({ closedByName: 'ana' });
    });

    it('never stands on a card of several', async () => {
      const context = { run_id: `burst-${kind}` };
      for (let i = 0; i < 4; i += 1) await asked({ context });
      const { id, batchId } = await asked({ ...URGENT, context });
      expect(batchId).toBeNull();
      expect(await cardsOf(database.db, id)).toMatchObject([{ requestId: id, batchId: null }]);
    });
  });

  describe('declared while it waits', () => {
    it('votes so far do not count; the list decides, everybody is told, the record says why', async () => {
      const { id, expiresAt } = await asked({ reason: 'Release 1.4' });
      expect(await approve(id, voterNamed('ben'))).toMatchObject({ counted: true, ends: null });
      expect(await declare(id)).toMatchObject({ ok: true, request: { emergency: true } });
      expect(await again(id)).toMatchObject({
        reviewers: LIST,
        approvalsNeeded: 1,
        expiresAt,
        reach: null,
        reason: 'Release 1.4\nEmergency, says ana: it burns',
      });
      expect(await votesOf(database.db, id)).toEqual([]);
      await settle();
      expect(await told(id)).toEqual([
        'card ana, ben',
        'tell ana, ben',
        'tell caro, backup@example.com',
        'page primary',
        'tell boss',
        'tell dora',
      ]);
      expect((await view(id)).ladder.rungs.find(({ kind: is }) => is === 'page')?.taken?.early).toMatch(
        /it is an emergency/,
      );
      expect((await messagesOf(id, 'thread')).map(({ says }) => says?.topic)).toEqual(['emergency']);
      expect(pager.open()).toHaveLength(1);
      expect(await factsOf(id, 'emergency-declared')).toMatchObject([
        { name: 'ana', reason: 'it burns', approvalsSetAside: ['slack:T0:UBEN'] },
      ]);
      // Ben was looked up while it was none.
      expect(await approve(id, voterNamed('ben', { against: 'channel' }))).toMatchObject({ counted: false });
      expect(await approve(id)).toMatchObject({ counted: true, ends: 'approved' });
    });

    it('whoever declared it owes the retrospective with those who asked', async () => {
      const { id } = await asked();
      await declare(id, voterNamed('dora'));
      await approve(id);
      expect((await findEmergency(database.db, id))?.openedBy).toEqual([
        'UCLEO',
        'UDORA',
        `token:${caller.id}`,
      ]);
      const stranger = await callerOf(deps);
      const other = await asked({}, stranger);
      expect(await declare(other.id, voterNamed('dora'))).toMatchObject({
        ok: false,
        code: 'retrospective-due',
      });
      expect(await declare((await asked()).id, voterNamed('ben'))).toMatchObject({
        code: 'retrospective-due',
      });
      expect(await declare(other.id, voterNamed('ben'))).toMatchObject({ ok: true });
    });

    it('by whoever asked, too; not by strangers, not twice, not without a reason or a list', async () => {
      const { id } = await asked();
      const outside = { isReviewer: false };
      expect(await declare(id, voterNamed('eve', outside))).toMatchObject({ code: 'not-a-reviewer' });
      expect(await declare(id, voterNamed('cleo', { ...outside, isGuest: true }))).toMatchObject({
        code: 'guest',
      });
      expect(await declare(id, voterNamed('ana'), ' ')).toMatchObject({ code: 'reason-needed' });
      expect(await declare('req_none')).toMatchObject({ code: 'unknown-request' });
      expect(await declare((await asked({ environment: 'staging' })).id)).toMatchObject({
        code: 'no-emergency-here',
      });
      expect(await declare(id, voterNamed('cleo', outside))).toMatchObject({ ok: true });
      expect(await declare(id)).toMatchObject({ code: 'no-emergency-here' });
      await approve(id);
      expect(await declare(id)).toMatchObject({ code: 'already-decided' });
    });

    it('takes those that asked the same along, and a later ask for the same stands alone', async () => {
      const context = {};
      const command = { kind: 'argv' as const, argv: ['terraform', 'together'] };
      const [first, second] = [await asked({ command, context }), await asked({ command, context })];
      expect(second.leaderId).toBe(first.id);
      expect(await declare(second.id)).toMatchObject({ ok: true, request: { id: first.id } });
      expect(await again(second.id)).toMatchObject({ emergency: true, reviewers: LIST });
      const third = await asked({ command, context });
      expect(third.leaderId).toBeNull();
      await withdraw(deps, first.id, null);
      await settle();
      expect(await told(second.id)).toEqual(expect.arrayContaining(['page primary', 'tell boss']));
      await approve(second.id);
      expect([(await again(second.id)).state, (await again(third.id)).state]).toEqual([
        'approved',
        'pending',
      ]);
      expect((await unpaidEmergencies(database.db)).map(({ requestId }) => requestId)).toEqual([second.id]);
    });

    it('no question holds it up', async () => {
      const { id } = await asked();
      await askBack(deps, { requestId: id, voter: voterNamed('ana'), text: 'why?' });
      await declare(id);
      expect(await again(id)).toMatchObject({ pausedUntil: null });
      await settle();
      expect(await told(id)).toContain('tell boss');
      expect(pager.open()).toHaveLength(1);
    });

    it('whoever has been paged for it hears what it has become, and is not paged twice', async () => {
      const { id } = await asked();
      await wait('7 minutes');
      expect(pager.open()).toHaveLength(1);
      await declare(id);
      await settle();
      expect(pager.open()).toHaveLength(1);
      expect(pager.calls.at(-1)).toMatchObject({
        does: 'trigger',
        page: { summary: expect.stringContaining('EMERGENCY') },
      });
    });

    it('a page that is planned elsewhere keeps its time, and holds up nobody behind it', async () => {
      const second = stubPager('second');
      deps.onCall = new Map([
        ['primary', pager],
        ['second', second],
      ]);
      const [reviewers, backups] = DEPLOYS.escalation.steps as [Step, Step];
      const steps = [reviewers, { ...step, afterSeconds: 180, page: 'second' }, backups];
      deps.environments.set('production', { ...DEPLOYS, escalation: { steps, pageAtOnce: null } });
      const { id } = await asked();
      await declare(id);
      await settle();
      expect(await told(id)).toEqual([
        'card ana, ben',
        'tell ana, ben',
        'tell caro, backup@example.com',
        'page primary',
        'tell boss',
      ]);
      expect(second.calls).toEqual([]);
      await wait('4 minutes');
      expect(second.calls.map(({ does }) => does)).toEqual(['trigger']);
    });

    it('leaves the card of several for one of its own', async () => {
      const context = { run_id: `batch-${kind}` };
      const all: RequestRow[] = [];
      for (let i = 0; i < 5; i += 1) all.push(await asked({ context }));
      const [, , , fourth, fifth] = all as [RequestRow, RequestRow, RequestRow, RequestRow, RequestRow];
      expect(fourth.batchId).not.toBeNull();
      const [together] = await cardsOf(database.db, fifth.id);
      await declare(fifth.id);
      expect(await again(fifth.id)).toMatchObject({ batchId: null });
      expect(await cardsOf(database.db, fifth.id)).toMatchObject([
        { requestId: fifth.id, batchId: null, ts: null },
      ]);
      expect(await cardsOf(database.db, fourth.id)).toMatchObject([
        { id: together?.id, batchId: fourth.batchId },
      ]);
      const [now] = await cardsOf(database.db, fourth.id);
      expect(now?.wantedVersion).toBeGreaterThan(together?.wantedVersion ?? 0);
      // The last one keeps the card there is: nothing else stands on it.
      await declare(fourth.id, voterNamed('ben'));
      expect(await cardsOf(database.db, fourth.id)).toMatchObject([
        { id: together?.id, requestId: fourth.id, batchId: null },
      ]);
    });
  });
});

/** For the commands of these tests. */
const policy = (kind: 'block' | 'require', require: Partial<RequireEffect> = {}): Policy => ({
  name: `they ${kind}`,
  match: { commands: ['terraform *'] },
  effect:
    kind === 'require'
      ? { kind, approvals: 3, from: { users: ['UDORA'], groups: [] }, ...require }
      : { kind, reason: 'no' },
});
