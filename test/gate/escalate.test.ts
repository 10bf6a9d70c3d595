import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/core/environment.ts';
import { type OfficeHours, parseOfficeHours } from '../../src/core/office-hours.ts';
import { acknowledge } from '../../src/gate/acknowledge.ts';
import type { Caller } from '../../src/gate/authenticate.ts';
import { claim } from '../../src/gate/claim.ts';
import { deliverMail } from '../../src/gate/deliver-mail.ts';
import { deliverPages } from '../../src/gate/deliver-pages.ts';
import { failed } from '../../src/gate/deliveries.ts';
import { extend } from '../../src/gate/extend.ts';
import { answerQuestion, askBack } from '../../src/gate/question.ts';
import { setSettings } from '../../src/gate/settings.ts';
import { sweep, sweepLadders } from '../../src/gate/sweep.ts';
import { vote } from '../../src/gate/vote.ts';
import type { Database } from '../../src/store/database.ts';
import { claimDueMessages } from '../../src/store/outbox.ts';
import { findRequest, type RequestRow, viewRequest } from '../../src/store/requests.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { callerOf, depsOver, PRODUCTION, type TestDeps, voterNamed } from '../support/deps.ts';
import { DOWN, type StubMailer, type StubPager, stubMailer, stubPager, WORKS } from '../support/on-call.ts';
import { personNamed, type StubPeople, stubPeople } from '../support/people.ts';
import { mustSubmit, recordTypes } from '../support/verbs.ts';

const step = { tell: null, page: null, risk: null, officeHours: null };
const LADDER: Environment = {
  ...PRODUCTION,
  escalation: {
    steps: [
      { ...step, afterSeconds: 120, tell: 'reviewers' },
      { ...step, afterSeconds: 240, tell: { users: ['UCARO'], groups: [], emails: ['backup@example.com'] } },
      { ...step, afterSeconds: 360, page: 'primary' },
    ],
    pageAtOnce: null,
  },
};

describe.each(DATABASE_KINDS)('the ladder, %s', (kind) => {
  let database: Database;
  let deps: TestDeps;
  let caller: Caller;
  let people: StubPeople;
  let pager: StubPager;
  let second: StubPager;
  let mailer: StubMailer;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    deps = await depsOver(database);
    caller = await callerOf(deps, { owner: 'UCLEO' });
    deps.environments.set('production', LADDER);
  });
  afterAll(() => deps.close());
  beforeEach(async () => {
    people = stubPeople(
      [personNamed('ana'), personNamed('ben', { isActive: false }), personNamed('cleo')],
      [personNamed('caro', { email: 'caro@example.com' })],
    );
    [pager, second, mailer] = [stubPager('primary'), stubPager('second'), stubMailer()];
    deps.people = people;
    deps.mailer = mailer;
    deps.onCall = new Map([
      ['primary', pager],
      ['second', second],
    ]);
    deps.events.length = 0;
    // What earlier tests left is over, and no storm of theirs goes on.
    await advance(database, '2 hours');
    await settle();
    pager.calls.length = 0;
    mailer.sent.length = 0;
  });

  /** Everything that is due is done. Slack's own messages are left where they are. */
  const settle = async () => {
    while ((await sweep(deps)) + (await deliverPages(deps)) + (await deliverMail(deps)) > 0);
  };
  const wait = async (by: string) => {
    await advance(database, by);
    await settle();
  };

  let asks = 0;
  const submitted = async (over = {}): Promise<RequestRow> => {
    asks += 1;
    const command = { kind: 'argv' as const, argv: ['echo', `escalating ${asks}`] };
    // Each of a run of its own: many of one run would share a card.
    const context = { run_id: `run-${asks}` };
    const request = await mustSubmit(deps, caller, { command, context, ...over });
    await settle();
    return request;
  };
  const again = async (id: string) => (await findRequest(database.db, id)) as RequestRow;
  const rungs = async (id: string) => (await viewRequest(database.db, id))?.ladder.rungs ?? [];
  const takenOf = async (id: string) =>
    (await rungs(id)).map(({ kind: is, audience, takenAt, taken }) => {
      const name = is === 'tell' ? (audience === 'reviewers' ? 'reviewers' : 'backups') : is;
      return `${name}${takenAt ? (taken?.nobody ? ` nobody: ${taken.nobody}` : ` told ${taken?.told.join(', ')}`) : ''}`;
    });
  const messagesOf = (id: string) =>
    database.rows<{ kind: string; recipient: string | null; done: boolean; problem: string | null }>(
      sql`select kind, recipient, done_at is not null as done, problem from outbox where request_id = ${id} order by id`,
    );
  const approve = (requestId: string, name = 'ana') =>
    vote(deps, { requestId, voter: voterNamed(name), verdict: 'approve', reason: null, method: 'card' });
  const recordsOf = (id: string) => recordTypes(database, id);

  it('climbs step by step, then is denied as expired; the incident is closed', async () => {
    const { id } = await submitted();
    expect(await takenOf(id)).toEqual(['card told ana, ben', 'reviewers', 'backups', 'page']);
    expect((await again(id)).reach).toMatchObject({ reviewers: { of: 2, reachable: 1 }, nobody: false });
    await wait('2 minutes');
    expect((await takenOf(id)).slice(1)).toEqual(['reviewers told ana, ben', 'backups', 'page']);
    expect(await messagesOf(id)).toMatchObject([{ kind: 'mention' }]);
    await wait('2 minutes');
    expect((await takenOf(id)).slice(2)).toEqual(['backups told caro, backup@example.com', 'page']);
    expect(mailer.sent.map(({ to }) => to).toSorted()).toEqual(['backup@example.com', 'caro@example.com']);
    expect(mailer.sent[0]?.facts).toMatchObject({ kind: 'asked', url: `${deps.url}/requests/${id}` });
    expect(await messagesOf(id)).toContainEqual({
      kind: 'direct',
      recipient: 'UCARO',
      done: false,
      problem: null,
    });
    await wait('2 minutes');
    expect(pager.calls.map(({ does }) => does)).toEqual(['trigger']);
    expect(pager.calls[0]?.page).toMatchObject({
      waiting: 1,
      url: `${deps.url}/requests/${id}`,
      level: 'LOW',
    });
    await wait('4 minutes');
    expect(await again(id)).toMatchObject({ state: 'expired', decision: { by: 'deadline' } });
    expect(pager.calls.map(({ does }) => does)).toEqual(['trigger', 'resolve']);
    expect(pager.open()).toEqual([]);
    expect(await recordsOf(id)).toEqual(['requested', 'escalated', 'escalated', 'escalated', 'expired']);
  });

  it('nobody is called after the deadline, also when everything comes late', async () => {
    const { id } = await submitted();
    const before = await takenOf(id);
    await advance(database, '11 minutes');
    await sweepLadders(deps);
    expect(await takenOf(id)).toEqual(before);
    expect(await messagesOf(id)).toEqual([]);
    await wait('0 seconds');
    expect(await again(id)).toMatchObject({ state: 'expired', decision: { by: 'deadline' } });
    expect(await takenOf(id)).toEqual(before);
    expect(pager.calls).toEqual([]);
    expect(await recordsOf(id)).toEqual(['requested', 'expired']);
  });

  it('decided in the middle of it: nobody is paged afterwards, and what was not sent stays unsent', async () => {
    const { id } = await submitted();
    await wait('4 minutes');
    await approve(id);
    await wait('5 minutes');
    expect(pager.calls).toEqual([]);
    const direct = (await messagesOf(id)).find(({ kind: is }) => is === 'direct');
    expect(direct).toMatchObject({ done: true, problem: null });
    expect(await recordsOf(id)).not.toContain('expired');
  });

  it('decided while the page waits to be sent: it is never sent', async () => {
    const { id } = await submitted();
    await advance(database, '6 minutes');
    while ((await sweep(deps)) > 0);
    await approve(id);
    await settle();
    expect(pager.calls).toEqual([]);
  });

  it('decided while the page is on its way: it is closed afterwards', async () => {
    const { id } = await submitted();
    pager.answers.unshift(async () => {
      await approve(id);
      return { ok: true, reference: 'PD1' };
    });
    await wait('6 minutes');
    expect(pager.calls.map(({ does }) => does)).toEqual(['trigger', 'resolve']);
    expect(pager.open()).toEqual([]);
  });

  it('the answer to a page is lost: the same incident is sent again', async () => {
    const { id } = await submitted();
    pager.answers.unshift({ ok: false, retry: true, afterSeconds: null, problem: 'no answer' });
    await wait('6 minutes');
    expect((await rungs(id)).at(-1)).toMatchObject({
      problems: ['primary: no answer'],
      page: { isSent: false },
    });
    await wait('1 minute');
    const keys = pager.calls.map(({ page }) => page.key);
    expect(new Set(keys).size).toBe(1);
    expect(keys.length).toBe(2);
    expect((await rungs(id)).at(-1)).toMatchObject({ problems: [], page: { isSent: true } });
  });

  it('a provider that is down: another one rings at once, and all incidents are closed in the end', async () => {
    pager.fallback = 'second';
    pager.answers = [DOWN];
    const { id } = await submitted();
    await wait('6 minutes');
    expect(second.calls.map(({ does }) => does)).toEqual(['trigger']);
    expect(deps.events).toContainEqual(
      expect.objectContaining({ kind: 'not-delivered', problem: DOWN.ok ? '' : DOWN.problem }),
    );
    pager.answers = [{ ok: true, reference: null }];
    await approve(id);
    await wait('2 minutes');
    expect(second.open()).toEqual([]);
    expect(pager.calls.at(-1)?.does).toBe('resolve');
  });

  it('a provider that says no for good: it is said, not tried for ever, and the deadline stands', async () => {
    pager.answers = [{ ok: false, retry: false, problem: 'it refused the key' }];
    const { id } = await submitted();
    await wait('6 minutes');
    await wait('1 minute');
    expect(pager.calls).toHaveLength(1);
    expect((await rungs(id)).at(-1)?.problems).toEqual(['primary: it refused the key']);
    await wait('3 minutes');
    expect((await again(id)).state).toBe('expired');
  });

  it('only the requester could decide: the next steps are taken at once, up to somebody', async () => {
    people.reviewers = [personNamed('cleo')];
    const { id } = await submitted();
    expect(await takenOf(id)).toEqual([
      'card nobody: only who asked is on it',
      'reviewers nobody: only who asked is on it',
      'backups told caro, backup@example.com',
      'page',
    ]);
    expect(await recordsOf(id)).toEqual(['requested', 'escalated', 'escalated', 'escalated']);
    await wait('6 minutes');
    expect(pager.calls).toHaveLength(1);
  });

  it('everybody on the list is gone: whoever is on call is paged at once', async () => {
    people.reviewers = [personNamed('ana', { isGone: true })];
    people.others.clear();
    deps.environments.set('production', {
      ...LADDER,
      escalation: {
        ...LADDER.escalation,
        steps: LADDER.escalation.steps.map((each) =>
          each.tell && each.tell !== 'reviewers' ? { ...each, tell: { ...each.tell, emails: [] } } : each,
        ),
      },
    });
    const { id } = await submitted();
    deps.environments.set('production', LADDER);
    expect(pager.calls).toHaveLength(1);
    expect((await again(id)).reach?.nobody).toBe(false);
  });

  it('nobody can be reached at all: it says so at once', async () => {
    people.reviewers = [personNamed('cleo')];
    deps.environments.set('production', PRODUCTION);
    const { id } = await submitted();
    deps.environments.set('production', LADDER);
    expect((await again(id)).reach).toMatchObject({ nobody: true });
    expect(await takenOf(id)).toEqual(['card nobody: only who asked is on it']);
  });

  it('Slack is silent: nothing is concluded, and the ladder keeps its times', async () => {
    people.reviewers = null;
    const { id } = await submitted();
    expect((await again(id)).reach).toMatchObject({ reviewers: null, nobody: false });
    expect((await takenOf(id))[1]).toBe('reviewers');
    await wait('2 minutes');
    expect((await takenOf(id))[1]).toMatch(/^reviewers told/);
    expect((await takenOf(id))[2]).toBe('backups');
  });

  it('a message that fails at first: the mail address of the person, and then the next step, at once', async () => {
    const { id } = await submitted();
    await wait('2 minutes');
    const due = await claimDueMessages(database, 'slack', 500, 30);
    const failure = { way: 'slack' as const, problem: 'Slack does not answer', againAfterSeconds: 30 };
    await failed(
      deps,
      due.filter(({ requestId }) => requestId === id),
      failure,
    );
    await settle();
    expect((await takenOf(id))[2]).toMatch(/^backups told/);
    expect((await rungs(id))[2]?.taken?.early).toContain('Slack does not work');
    expect((await rungs(id))[1]?.problems).toEqual(['Slack: Slack does not answer']);
    expect((await takenOf(id))[3]).toBe('page');
  });

  it('a direct message that fails: who is mailed anyway gets one mail, who wants Slack only gets one then', async () => {
    const toCaro = () => mailer.sent.filter(({ to }) => to === 'caro@example.com').length;
    for (const ways of ['both', 'slack'] as const) {
      await setSettings(deps, 'UCARO', { ways });
      mailer.sent.length = 0;
      const { id } = await submitted();
      await wait('4 minutes');
      expect(toCaro()).toBe(ways === 'both' ? 1 : 0);
      const due = await claimDueMessages(database, 'slack', 500, 30);
      const failure = { way: 'slack' as const, problem: 'Slack does not answer', againAfterSeconds: 30 };
      await failed(
        deps,
        due.filter(({ requestId, kind: is }) => requestId === id && is === 'direct'),
        failure,
      );
      await settle();
      expect(toCaro()).toBe(1);
    }
  });

  it('mail that does not arrive brings the page forward when nothing else reached the backups', async () => {
    people.others.clear();
    mailer.answer = { ok: false, retry: true, afterSeconds: 30, problem: 'the mail server answered 451' };
    const { id } = await submitted();
    await wait('4 minutes');
    expect(pager.calls).toHaveLength(1);
    expect((await rungs(id))[2]?.problems).toEqual([
      'e-mail to backup@example.com: the mail server answered 451',
    ]);
    mailer.answer = { ok: true, reference: null };
    await wait('40 seconds');
    expect((await rungs(id))[2]?.problems).toEqual([]);
  });

  it('an acknowledgement stops further paging, and never the deadline', async () => {
    deps.environments.set('production', {
      ...LADDER,
      escalation: {
        ...LADDER.escalation,
        steps: [...LADDER.escalation.steps, { ...step, afterSeconds: 480, page: 'second' }],
      },
    });
    const { id } = await submitted();
    deps.environments.set('production', LADDER);
    await wait('6 minutes');
    const key = pager.calls[0]?.page.key ?? '';
    const event = {
      deliveryId: 'D1',
      key,
      reference: null,
      kind: 'acknowledged' as const,
      by: 'Otto OnCall',
    };
    expect(await acknowledge(deps, 'primary', [event])).toBe(1);
    expect(await acknowledge(deps, 'primary', [event])).toBe(0);
    expect(await acknowledge(deps, 'primary', [{ ...event, deliveryId: 'D2', key: 'unknown' }])).toBe(0);
    expect(await acknowledge(deps, 'second', [{ ...event, deliveryId: 'D3' }])).toBe(0);
    expect((await rungs(id))[3]?.page).toMatchObject({ state: 'acknowledged', by: 'Otto OnCall' });
    await wait('2 minutes');
    expect(second.calls).toEqual([]);
    expect((await rungs(id))[4]?.taken?.spared).toContain('Otto OnCall');
    await wait('2 minutes');
    expect((await again(id)).state).toBe('expired');
    expect(pager.open()).toEqual([]);
    expect(await recordsOf(id)).toContain('page-acknowledged');
  });

  it('"I am looking" is on the record, tells the pager, and binds nobody', async () => {
    const { id } = await submitted();
    await wait('6 minutes');
    expect(await claim(deps, { requestId: id, voter: voterNamed('ana') })).toMatchObject({ ok: true });
    await settle();
    expect(pager.calls.map(({ does }) => does)).toEqual(['trigger', 'acknowledge']);
    expect((await again(id)).claim).toMatchObject({ name: 'ana' });
    expect(await claim(deps, { requestId: id, voter: voterNamed('cleo') })).toMatchObject({
      ok: false,
      code: 'requester',
    });
    expect(await claim(deps, { requestId: id, voter: voterNamed('dora', { isGuest: true }) })).toMatchObject({
      code: 'guest',
    });
    expect(await approve(id, 'ben')).toMatchObject({ counted: true });
    expect(await claim(deps, { requestId: id, voter: voterNamed('ana') })).toMatchObject({
      code: 'already-decided',
    });
  });

  it('a question holds the ladder up until it is answered, and what comes later comes later by as long', async () => {
    const { id } = await submitted();
    await wait('3 minutes');
    const asked = await askBack(deps, {
      requestId: id,
      voter: voterNamed('ana'),
      text: ' Is the backup done? ',
    });
    expect(asked).toMatchObject({ ok: true });
    await wait('2 minutes');
    expect((await takenOf(id))[2]).toBe('backups');
    const [question] = (await viewRequest(database.db, id))?.questions ?? [];
    expect(question).toMatchObject({ text: 'Is the backup done?', askedByName: 'ana', answer: null });
    const answer = (userId: string, text = 'Yes, at noon') =>
      answerQuestion(deps, {
        requestId: id,
        questionId: question?.id ?? 0,
        person: { userId, subject: `slack:T0:${userId}`, name: userId },
        text,
      });
    expect(await answer('UBEN')).toMatchObject({ ok: false, code: 'not-asked' });
    expect(await answer('UCLEO', '  ')).toMatchObject({ ok: false, code: 'nothing-asked' });
    expect(await answer('UCLEO')).toMatchObject({ ok: true });
    expect(await answer('UCLEO')).toMatchObject({ ok: false, code: 'answered-before' });
    await settle();
    expect((await takenOf(id))[2]).toBe('backups');
    await wait('1 minute 1 second');
    expect((await takenOf(id))[2]).toMatch(/^backups told/);
    expect(await recordsOf(id)).toEqual(['requested', 'escalated', 'asked-back', 'answered', 'escalated']);
    expect(await messagesOf(id)).toContainEqual(expect.objectContaining({ kind: 'thread' }));
  });

  it('an unanswered question holds it up for five minutes at most, in all, and never the deadline', async () => {
    const { id } = await submitted();
    await wait('1 minute');
    await askBack(deps, { requestId: id, voter: voterNamed('ana'), text: 'Why now?' });
    await wait('4 minutes');
    expect((await takenOf(id))[1]).toBe('reviewers');
    await askBack(deps, { requestId: id, voter: voterNamed('ben'), text: 'And why here?' });
    await wait('2 minutes');
    expect((await takenOf(id))[1]).toMatch(/^reviewers told/);
    await askBack(deps, { requestId: id, voter: voterNamed('ben'), text: 'Hello?' });
    expect((await again(id)).pausedUntil).toBeNull();
    await wait('3 minutes 1 second');
    expect((await again(id)).state).toBe('expired');
  });

  it('extends in the last third, by a reviewer, twice at most; everybody who waits with it gets the time', async () => {
    const command = { kind: 'argv' as const, argv: ['echo', 'the same'] };
    const { id } = await submitted({ command });
    const follower = await submitted({ command });
    expect(follower.leaderId).toBe(id);
    const more = (name = 'ana') => extend(deps, { requestId: id, voter: voterNamed(name) });
    expect(await more()).toMatchObject({ ok: false, code: 'too-early' });
    await wait('7 minutes');
    expect((await viewRequest(database.db, id))?.mayExtend).toBe(true);
    expect(await more('cleo')).toMatchObject({ ok: false, code: 'requester' });
    const before = (await again(id)).expiresAt.getTime();
    expect(await more()).toMatchObject({ ok: true });
    expect((await again(id)).expiresAt.getTime() - before).toBe(300_000);
    expect((await again(follower.id)).expiresAt.getTime()).toBeGreaterThan(follower.expiresAt.getTime());
    expect(await more()).toMatchObject({ ok: false, code: 'too-early' });
    await wait('5 minutes');
    expect((await again(id)).state).toBe('pending');
    expect(await more()).toMatchObject({ ok: true });
    await wait('4 minutes');
    expect(await more()).toMatchObject({ ok: false, code: 'extended-enough' });
    await wait('4 minutes 1 second');
    expect((await again(id)).state).toBe('expired');
    expect(await recordsOf(id)).toContain('extended');
  });

  it('is not extended when its client said how long it waits', async () => {
    const { id } = await submitted({ timeoutSeconds: 60 });
    await wait('50 seconds');
    expect(await extend(deps, { requestId: id, voter: voterNamed('ana') })).toMatchObject({
      code: 'extended-enough',
    });
  });

  it('one that takes over the card of another takes up its own ladder', async () => {
    const command = { kind: 'argv' as const, argv: ['echo', 'handed on'] };
    const { id } = await submitted({ command, timeoutSeconds: 60 });
    const follower = await submitted({ command });
    expect((await again(follower.id)).leaderId).toBe(id);
    await wait('61 seconds');
    expect((await again(id)).state).toBe('expired');
    expect((await again(follower.id)).leaderId).toBeNull();
    await wait('1 minute');
    expect((await takenOf(follower.id))[1]).toMatch(/^reviewers told/);
  });

  it('in whatever order things happen, and whatever is lost, nothing is opened after its closing or stays open', async () => {
    const random = (() => {
      let state = 42;
      return (below: number) => {
        state = (state * 1103515245 + 12345) & 0x7fffffff;
        return state % below;
      };
    })();
    for (let round = 0; round < 50; round += 1) {
      await advance(database, '3 minutes');
      pager.calls.length = 0;
      pager.answers = [
        async () => {
          const lost = random(3) === 0;
          return lost ? { ok: false, retry: true, afterSeconds: random(20), problem: 'no answer' } : WORKS;
        },
      ];
      const { id } = await submitted();
      await advance(database, '6 minutes 1 second');
      const moves = [
        () => sweep(deps),
        () => deliverPages(deps),
        () => approve(id),
        () => advance(database, '12 seconds'),
      ];
      for (let i = 0; i < 8; i += 1) await moves[random(moves.length)]?.();
      await approve(id);
      pager.answers = [WORKS];
      await wait('2 minutes');
      expect(pager.open(), `round ${round}`).toEqual([]);
      const does = pager.calls.map((call) => call.does);
      expect(does.lastIndexOf('trigger'), `round ${round}: ${does}`).toBeLessThanOrEqual(
        does.includes('resolve') ? does.indexOf('resolve') : does.length,
      );
    }
  });

  it('a storm is a few incidents, and then one that counts', async () => {
    const rows = [];
    for (let i = 0; i < 20; i += 1) rows.push(await submitted());
    await advance(database, '6 minutes 1 second');
    while ((await sweep(deps)) > 0);
    await deliverPages(deps);
    await wait('20 seconds');
    const triggers = pager.calls.filter(({ does }) => does === 'trigger');
    expect(new Set(triggers.map(({ page }) => page.key)).size).toBe(4);
    expect(triggers.at(-1)?.page).toMatchObject({ waiting: 17, summary: '17 requests wait in production' });
    expect(triggers.length).toBeLessThan(8);
    for (const { id } of rows.slice(0, 19)) await approve(id);
    await settle();
    expect(pager.open()).toHaveLength(1);
    await approve(rows.at(-1)?.id ?? '');
    await settle();
    expect(pager.open()).toEqual([]);
  });

  it('mails that wait for the same person go out as one', async () => {
    people.others.clear();
    for (let i = 0; i < 5; i += 1) await submitted();
    await advance(database, '4 minutes 1 second');
    while ((await sweep(deps)) > 0);
    await settle();
    expect(mailer.sent).toHaveLength(1);
    expect(mailer.sent[0]).toMatchObject({ to: 'backup@example.com', facts: { kind: 'storm', others: 4 } });
  });

  describe('by the clock of the environment', () => {
    const HOURS = parseOfficeHours('Mon-Fri 09:00-18:00') as OfficeHours;
    const atNight: Environment = {
      ...LADDER,
      officeHours: HOURS,
      escalation: {
        ...LADDER.escalation,
        pageAtOnce: { risk: 'HIGH', outsideOfficeHours: true, page: 'second' },
      },
    };
    /** Moves the database's clock to the next moment after now that is `at`, some weeks on. */
    const moveTo = async (at: string) => {
      await database.rows(sql`update clock.shift set by = clock.shift.by + (${at}::timestamptz - now())`);
      await settle();
      second.calls.length = 0;
      pager.calls.length = 0;
    };
    const dangerous = { command: { kind: 'argv' as const, argv: ['terraform', 'destroy', '-auto-approve'] } };
    afterEach(() => void deps.environments.set('production', LADDER));

    it('high risk at 23:00 on a Friday pages with the card; at 11:00 it does not', async () => {
      deps.environments.set('production', atNight);
      await moveTo('2031-03-07 11:00 Europe/Berlin');
      await submitted(dangerous);
      expect(second.calls).toEqual([]);
      await moveTo('2031-03-07 23:00 Europe/Berlin');
      const { id } = await submitted(dangerous);
      expect(second.calls.map(({ does }) => does)).toEqual(['trigger']);
      expect((await takenOf(id)).slice(0, 2)).toEqual(['card told ana, ben', 'page told second']);
    });

    it('in the night when clocks go forward, a ladder keeps its seconds, and the deadline too', async () => {
      deps.environments.set('production', atNight);
      // 01:56 in Berlin; four minutes later it is 03:00.
      await moveTo('2031-03-30 01:56 Europe/Berlin');
      const { id } = await submitted();
      await wait('3 minutes 50 seconds');
      expect((await takenOf(id))[2]).toBe('backups');
      await wait('11 seconds');
      expect((await takenOf(id))[2]).toMatch(/^backups told/);
      await wait('5 minutes 50 seconds');
      expect((await again(id)).state).toBe('pending');
      await wait('10 seconds');
      expect((await again(id)).state).toBe('expired');
    });

    it('in the night when clocks go back, too: the repeated hour is an hour', async () => {
      deps.environments.set('production', atNight);
      // The first 02:58 of that night: UTC is 00:58, and the second 02:00 comes two minutes later.
      await moveTo('2031-10-26 00:58 UTC');
      const { id } = await submitted();
      await wait('2 minutes 1 second');
      expect((await takenOf(id)).slice(1, 3)).toEqual(['reviewers told ana, ben', 'backups']);
      await wait('8 minutes');
      expect((await again(id)).state).toBe('expired');
    });
  });
});
