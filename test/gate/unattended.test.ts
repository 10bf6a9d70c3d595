import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/core/environment.ts';
import type { Person } from '../../src/core/people.ts';
import type { WhenNobodyIsThere } from '../../src/core/request.ts';
import { deliverPages } from '../../src/gate/deliver-pages.ts';
import { submit } from '../../src/gate/submit.ts';
import { sweep } from '../../src/gate/sweep.ts';
import { createToken } from '../../src/gate/tokens.ts';
import type { Database } from '../../src/store/database.ts';
import { findRequest, type RequestRow, viewRequest } from '../../src/store/requests.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { askFor, depsOver, PRODUCTION, type TestDeps } from '../support/deps.ts';
import { type StubPager, stubPager } from '../support/on-call.ts';
import { personNamed, stubPeople } from '../support/people.ts';
import { mustSubmit } from '../support/verbs.ts';

const step = { tell: null, page: null, risk: null, officeHours: null };
const PAGED: Environment = {
  ...PRODUCTION,
  escalation: {
    steps: [
      { ...step, afterSeconds: 120, tell: 'reviewers' },
      { ...step, afterSeconds: 240, page: 'primary' },
    ],
    pageAtOnce: null,
  },
};
const without = (over: Partial<Environment>): Environment => ({ ...PAGED, ...over });
const BACKUPS = { ...step, afterSeconds: 240, tell: { users: ['UCARO'], groups: [], emails: [] } };

const active = personNamed('ana');
const away = personNamed('ben', { isActive: false });
const asleep = personNamed('sue', { isSnoozed: true });
const gone = personNamed('rolf', { isGone: true });
/** Slack shows nothing of them, not even where they are. */
const unknown = personNamed('kim', { isActive: null, isSnoozed: null, timeZone: null });
const requester = personNamed('cleo');

describe.each(DATABASE_KINDS)('a client that nobody attends, %s', (kind) => {
  let database: Database;
  let deps: TestDeps;
  let pager: StubPager;
  beforeAll(async () => {
    database = await freshDatabase(kind);
    deps = await depsOver(database);
  });
  afterAll(() => deps.close());
  beforeEach(async () => {
    await advance(database, '1 hour');
    await settle();
    pager = stubPager('primary');
    deps.onCall = new Map([['primary', pager]]);
    deps.environments.set('production', PAGED);
    deps.events.length = 0;
  });
  const settle = async () => {
    while ((await sweep(deps)) + (await deliverPages(deps)) > 0);
  };

  let asks = 0;
  const asked = async (
    whenNobodyIsThere: WhenNobodyIsThere | undefined,
    reviewers: Person[] | null,
    over = {},
  ): Promise<RequestRow> => {
    deps.people = stubPeople(reviewers, [personNamed('caro')]);
    const { row } = await createToken(deps, 'test', {
      name: 'nightly',
      role: 'client',
      kind: 'agent',
      project: 'shop',
      environments: null,
      owner: 'UCLEO',
      expiresInDays: null,
      ...(whenNobodyIsThere && { whenNobodyIsThere }),
    });
    asks += 1;
    const command = { kind: 'argv' as const, argv: ['echo', `nightly ${asks}`] };
    const { id } = await mustSubmit(deps, row, { command, ...over });
    await settle();
    return (await findRequest(database.db, id)) as RequestRow;
  };
  const taken = async (id: string) =>
    ((await viewRequest(database.db, id))?.ladder.rungs ?? [])
      .filter(({ takenAt }) => takenAt !== null)
      .map(({ kind: is, taken: how }) => `${is}${how?.early ? ` ${how.early}` : ''}`);

  it.each<[WhenNobodyIsThere | undefined, string, string, Person[] | null]>([
    [undefined, 'is away', 'waits', [away]],
    ['wait', 'is away', 'waits', [away]],
    ['deny', 'is active', 'waits', [active, away]],
    ['deny', 'is not shown by Slack', 'waits', [unknown, away]],
    ['deny', 'is anybody: Slack does not answer', 'waits', null],
    ['deny', 'is away', 'denied', [away]],
    ['deny', 'sleeps', 'denied', [asleep, away]],
    ['deny', 'has left', 'denied', [gone]],
    ['deny', 'asked for it', 'denied', [requester]],
    ['page', 'is active', 'waits', [active]],
    ['page', 'is not shown by Slack', 'waits', [unknown]],
    ['page', 'is anybody: Slack does not answer', 'waits', null],
    ['page', 'is away', 'pages', [away]],
    ['page', 'asked for it', 'pages', [requester]],
  ])('%s, and the only reviewer %s: it %s', async (does, _, becomes, reviewers) => {
    const row = await asked(does, reviewers);
    expect(row.state).toBe(becomes === 'denied' ? 'denied' : 'pending');
    expect(pager.calls.map((call) => call.does)).toEqual(becomes === 'pages' ? ['trigger'] : []);
    if (becomes !== 'denied') return;
    expect(row.decision).toMatchObject({
      by: 'nobody-there',
      reason: expect.stringContaining('Ask again in office hours'),
      people: [],
    });
    expect(row.reach?.reviewers).toMatchObject({ reachable: 0, unknown: 0 });
    expect(deps.events).toContainEqual(
      expect.objectContaining({ kind: 'decided', requestId: row.id, state: 'denied', by: 'nobody-there' }),
    );
    await advance(database, '10 minutes');
    await settle();
    expect(pager.calls).toEqual([]);
  });

  it('pages by the step that is planned, once, and says why it came early', async () => {
    const { id } = await asked('page', [away]);
    expect(await taken(id)).toEqual(['card', 'page before its time: no reviewer is there']);
    await advance(database, '5 minutes');
    await settle();
    expect(pager.calls.map((call) => call.does)).toEqual(['trigger']);
    await advance(database, '6 minutes');
    await settle();
    expect(pager.open()).toEqual([]);
  });

  it.each([
    [
      'whom it pages at once otherwise',
      { pageAtOnce: { risk: null, outsideOfficeHours: true, page: 'primary' } },
      null,
    ],
    [
      'whom it pages in an emergency',
      { pageAtOnce: null },
      { reviewers: { users: ['UB'], groups: [] }, alone: true, page: 'primary' },
    ],
  ])('without a step that pages, it is %s', async (_, { pageAtOnce }, emergency) => {
    const steps = [{ ...step, afterSeconds: 120, tell: 'reviewers' as const }];
    deps.environments.set('production', without({ escalation: { steps, pageAtOnce }, emergency }));
    await asked('page', [away]);
    expect(pager.calls.map((call) => call.does)).toEqual(['trigger']);
  });

  it('with nobody to page, whoever comes next is told at once', async () => {
    deps.environments.set('production', without({ escalation: { steps: [BACKUPS], pageAtOnce: null } }));
    const { id } = await asked('page', [away]);
    expect(await taken(id)).toEqual(['card', 'tell before its time: no reviewer is there']);
  });

  it('what a rule or a policy decides asks nobody, whoever is there', async () => {
    deps.policies = [{ name: 'fine', match: { commands: ['echo fine'] }, effect: { kind: 'allow' } }];
    const command = { kind: 'argv' as const, argv: ['echo', 'fine'] };
    expect(await asked('deny', [away], { command })).toMatchObject({ state: 'approved' });
    deps.policies = [];
  });

  it('an emergency is never denied for that: its list is called', async () => {
    const emergency = { reviewers: { users: ['UBOSS'], groups: [] }, alone: true, page: 'primary' };
    deps.environments.set('production', without({ emergency }));
    const row = await asked('deny', [away], { emergency: true, reason: 'down' });
    expect(row.state).toBe('pending');
    expect(pager.calls.map((call) => call.does)).toEqual(['trigger']);
  });

  it('those that ask the same are denied one by one, none is left waiting', async () => {
    deps.people = stubPeople(null);
    const { row } = await createToken(deps, 'test', {
      name: 'nightly',
      role: 'client',
      kind: 'ci',
      project: 'shop',
      environments: null,
      owner: null,
      expiresInDays: null,
      whenNobodyIsThere: 'deny',
    });
    const command = { kind: 'argv' as const, argv: ['echo', 'the same'] };
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      const result = await submit(deps, row, askFor({ command }));
      if (result.ok) ids.push(result.request.id);
    }
    deps.people = stubPeople([away]);
    await settle();
    const rows = await Promise.all(ids.map((id) => findRequest(database.db, id)));
    expect(rows.map((each) => [each?.state, each?.decision?.by])).toEqual(
      Array(3).fill(['denied', 'nobody-there']),
    );
  });
});
