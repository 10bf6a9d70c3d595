import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/core/environment.ts';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import type { Person } from '../../src/demo/local-slack/workspace.ts';
import type { GateEvent } from '../../src/gate/deps.ts';
import type { People, Someone } from '../../src/gate/people.ts';
import { knownPeople } from '../../src/slack/known-people.ts';
import { openSlack } from '../../src/slack/open.ts';
import { PRODUCTION } from '../support/deps.ts';
import { localSlack } from './surface.ts';

const crowd = Array.from(
  { length: 200 },
  (_, i): Person => ({ id: `UC${i}`, name: `c${i}`, realName: `Crowd ${i}` }),
);
const people: Person[] = [
  { id: 'UANA', name: 'ana', realName: 'Ana', email: 'ana@example.com', tz: 'Europe/Berlin' },
  { id: 'UBEN', name: 'ben', realName: 'Ben', email: 'ben@example.com', tz: 'Asia/Tokyo' },
  { id: 'UBACK', name: 'back', realName: 'Back', email: 'Back@Example.com' },
  { id: 'UKELVIN', name: 'kelvin', realName: 'Kelvin', email: 'bac\u212a@example.com' },
  { id: 'UNEW', name: 'new', realName: 'New', email: 'new@example.com', isEmailUnconfirmed: true },
  { id: 'UGUEST', name: 'gus', realName: 'Gus', email: 'gus@example.com', isGuest: true },
  { id: 'USTRANGE', name: 'stan', realName: 'Stan', email: 'stan@example.org', isStranger: true },
  { id: 'ULEFT', name: 'lea', realName: 'Lea', email: 'lea@example.com', deleted: true },
  { id: 'UBOT', name: 'bot', realName: 'Bot', isBot: true },
  ...crowd,
];
const CHANNEL: Environment = { ...PRODUCTION, channel: 'C0TEAM' };
const named = (over: Partial<Environment>): Environment => ({
  ...CHANNEL,
  channel: 'C0EMPTY',
  reviewers: { users: ['UANA'], groups: [] },
  ...over,
});
const backups = (over: Partial<NonNullable<Environment['backups']>>) =>
  named({ backups: { users: [], groups: [], emails: [], ...over } });
const list = (over: object) => ({ users: [], groups: [], emails: [], ...over });
const someone = (userId: string, over: Partial<Someone> = {}): Someone => ({
  userId,
  teamId: 'T0LOCAL',
  enterpriseId: null,
  name: userId,
  ...over,
});

let slack: LocalSlack;
let known: People;
let events: GateEvent[];
/** Knows nothing yet, and gives Slack this much time. */
const fresh = (budgetMs?: number): People => {
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const observe = (event: GateEvent) => events.push(event);
  const opened = openSlack({ botToken: 'xoxb-1', appToken: 'xapp-1', apiUrl: slack.apiUrl, log, observe });
  return knownPeople(opened.workspace, budgetMs);
};
const callsOf = (method: string) => slack.callsOf(method).length;

beforeAll(async () => {
  const team = ['UANA', 'UBEN', 'UGUEST', 'USTRANGE', 'ULEFT', 'UBOT', 'UGATEHOUSE'];
  slack = await localSlack({
    people,
    channels: [
      { id: 'C0TEAM', name: 'team', members: team },
      { id: 'C0EMPTY', name: 'empty', members: ['UGATEHOUSE'] },
      { id: 'C0CROWD', name: 'crowd', members: ['UGATEHOUSE', ...crowd.map(({ id }) => id)] },
    ],
    userGroups: [{ id: 'S0OPS', handle: 'ops', users: ['UBACK', 'UGUEST', 'USTRANGE'] }],
  });
});
afterAll(() => slack.stop());
beforeEach(() => {
  slack.down = false;
  slack.missingScopes.clear();
  slack.setPresence('UBEN', 'active');
  slack.setSnooze('UANA', null);
  events = [];
  slack.calls.length = 0;
  known = fresh();
});

describe('who may decide', () => {
  const byId = backups({ users: ['UBACK', 'UGUEST', 'USTRANGE', 'ULEFT', 'UBOT'] });
  const byGroup = backups({ groups: ['S0OPS'] });
  const byEmail = (...emails: string[]) => backups({ emails });

  it.each<[string, string, Environment, object]>([
    ['a reviewer', 'UANA', named({}), { isReviewer: true }],
    ['a member of the channel', 'UBEN', CHANNEL, { isReviewer: true }],
    ['nobody else', 'UBACK', named({}), { isReviewer: false }],
    ['a backup by id', 'UBACK', byId, { isReviewer: true, subject: 'slack:T0LOCAL:UBACK' }],
    ['a backup in a group', 'UBACK', byGroup, { isReviewer: true }],
    ['a backup by address, however written', 'UBACK', byEmail('bACK@eXAMPLE.COM'), { isReviewer: true }],
    ['a reviewer beside backups', 'UANA', byEmail('back@example.com'), { isReviewer: true }],
    ['somebody who is no backup', 'UBEN', byId, { isReviewer: false }],
    ['another address', 'UBEN', byEmail('back@example.com'), { isReviewer: false }],
    ['an address that only looks like it', 'UKELVIN', byEmail('back@example.com'), { isReviewer: false }],
    ['an address that is not confirmed', 'UNEW', byEmail('new@example.com'), { isReviewer: false }],
    ['a person without an address', 'UC1', byEmail(''), { isReviewer: false }],
    ['a guest as a backup', 'UGUEST', byId, { isReviewer: null, isGuest: true }],
    ['a guest in a backup group', 'UGUEST', byGroup, { isReviewer: null, isGuest: true }],
    ['a guest by address', 'UGUEST', byEmail('gus@example.com'), { isReviewer: null, isGuest: true }],
    ['an outsider as a backup', 'USTRANGE', byId, { isReviewer: null, isOutsider: true }],
    ['an outsider in a backup group', 'USTRANGE', byGroup, { isReviewer: null, isOutsider: true }],
    ['somebody who left, as a backup', 'ULEFT', byId, { isReviewer: null, isDeactivated: true }],
    ['a bot as a backup', 'UBOT', byId, { isReviewer: null, isBot: true }],
  ])('%s', async (_, userId, environment, expected) => {
    expect(await known.voter(someone(userId), environment)).toMatchObject(expected);
  });

  it('somebody signed in from another workspace is an outsider', async () => {
    const voter = await known.voter(someone('UANA', { teamId: 'T9' }), CHANNEL);
    expect(voter).toMatchObject({ isOutsider: true, isReviewer: null });
  });

  it('a backup whose group Slack does not tell is not known', async () => {
    slack.fail({ method: 'usergroups.users.list', error: 'internal_error' });
    expect(await known.voter(someone('UBACK'), byGroup)).toMatchObject({ isReviewer: null });
  });

  it('a named backup decides also while another list is not told', async () => {
    slack.fail({ method: 'conversations.members', error: 'internal_error' });
    const environment = { ...byId, reviewers: 'channel' as const };
    expect(await known.voter(someone('UBACK'), environment)).toMatchObject({ isReviewer: true });
  });

  it('without the scope for addresses, no address makes a backup', async () => {
    slack.missingScopes.add('users:read.email');
    expect(await known.voter(someone('UBACK'), byEmail('back@example.com'))).toMatchObject({
      isReviewer: false,
    });
  });

  it('is asked at each vote', async () => {
    slack.invite('C0TEAM', 'UBACK');
    expect(await known.voter(someone('UBACK'), CHANNEL)).toMatchObject({ isReviewer: true });
    slack.kick('C0TEAM', 'UBACK');
    expect(await known.voter(someone('UBACK'), CHANNEL)).toMatchObject({ isReviewer: false });
  });

  it('while Slack is down: nobody, and nothing breaks', async () => {
    slack.down = true;
    expect(await known.voter(someone('UANA'), CHANNEL)).toMatchObject({ isReviewer: null });
    expect(events).toMatchObject([{ kind: 'fault' }]);
  });
});

describe('who may see', () => {
  const emergency = { reviewers: { users: ['UBACK', 'UGUEST'], groups: [] }, alone: true, page: null };
  it.each<[string, string, Environment, boolean]>([
    ['a member of the channel who decides nothing', 'UBEN', named({ channel: 'C0TEAM' }), true],
    ['a reviewer outside the channel', 'UANA', named({}), true],
    ['a backup', 'UBACK', backups({ emails: ['back@example.com'] }), true],
    ['somebody on the emergency list', 'UBACK', named({ emergency }), true],
    ['nobody else', 'UBEN', named({}), false],
    ['a guest of the channel', 'UGUEST', CHANNEL, false],
    ['a guest on the emergency list', 'UGUEST', named({ emergency }), false],
    ['an outsider in the channel', 'USTRANGE', CHANNEL, false],
    ['somebody who left', 'ULEFT', CHANNEL, false],
    ['anybody, where there is no channel', 'UANA', { ...CHANNEL, channel: '#nowhere' }, false],
    ['a person nobody knows', 'UNOBODY', CHANNEL, false],
  ])('%s', async (_, userId, environment, expected) => {
    expect(await known.maySee(someone(userId), environment)).toBe(expected);
  });

  it('not knowing is no', async () => {
    slack.fail({ method: 'conversations.members', error: 'internal_error' });
    expect(await known.maySee(someone('UBEN'), CHANNEL)).toBe(false);
    slack.down = true;
    expect(await known.maySee(someone('UANA'), CHANNEL)).toBe(false);
  });
});

describe('an audience', () => {
  it('the reviewers, with what Slack says of each; bots are left out', async () => {
    slack.setPresence('UBEN', 'away');
    slack.setSnooze('UANA', 30);
    const gone = { isActive: null, isSnoozed: null, isGone: true };
    expect(await known.audience(CHANNEL, 'reviewers')).toEqual([
      {
        userId: 'UANA',
        name: 'Ana',
        email: 'ana@example.com',
        timeZone: 'Europe/Berlin',
        isActive: true,
        isSnoozed: true,
        isGone: false,
      },
      {
        userId: 'UBEN',
        name: 'Ben',
        email: 'ben@example.com',
        timeZone: 'Asia/Tokyo',
        isActive: false,
        isSnoozed: false,
        isGone: false,
      },
      expect.objectContaining({ userId: 'UGUEST', ...gone }),
      expect.objectContaining({ userId: 'USTRANGE', email: null, ...gone }),
      expect.objectContaining({ userId: 'ULEFT', ...gone }),
    ]);
  });

  it('people and groups, each person once; addresses are not people', async () => {
    const audience = list({ users: ['UBACK', 'UNOBODY'], groups: ['S0OPS'], emails: ['x@example.com'] });
    const found = await known.audience(CHANNEL, audience);
    expect(found?.map(({ userId, isGone }) => [userId, isGone])).toEqual([
      ['UBACK', false],
      ['UNOBODY', true],
      ['UGUEST', true],
      ['USTRANGE', true],
    ]);
  });

  it('nobody is a list without people', async () => {
    expect(await known.audience(CHANNEL, list({ emails: ['x@example.com'] }))).toEqual([]);
    expect(await known.audience({ ...CHANNEL, channel: 'C0EMPTY' }, 'reviewers')).toEqual([]);
  });

  it.each<[string, Environment, () => void]>([
    ['the members', CHANNEL, () => slack.fail({ method: 'conversations.members', error: 'internal_error' })],
    ['who we are', CHANNEL, () => slack.fail({ method: 'auth.test', status: 500 })],
    ['such a channel', { ...CHANNEL, channel: '#nowhere' }, () => {}],
    ['such a group', named({ reviewers: { users: ['UANA'], groups: ['S0GONE'] } }), () => {}],
  ])('null when Slack does not tell %s', async (_, environment, break_) => {
    break_();
    expect(await known.audience(environment, 'reviewers')).toBeNull();
    expect(events).toMatchObject([{ kind: 'fault', where: 'reading who is in an audience' }]);
  });

  it('null while Slack is down', async () => {
    slack.down = true;
    expect(await known.audience(CHANNEL, 'reviewers')).toBeNull();
  });

  it('without the scope, do not disturb is not known, and asked for once', async () => {
    slack.missingScopes.add('dnd:read');
    for (let i = 0; i < 2; i++) {
      const found = await known.audience(CHANNEL, list({ users: [['UANA', 'UBEN'][i]] }));
      expect(found).toMatchObject([{ isActive: true, isSnoozed: null }]);
    }
    expect(callsOf('dnd.teamInfo')).toBe(1);
    expect(events).toEqual([]);
  });

  it('what fails for one person is unknown of that one', async () => {
    slack.fail({ method: 'users.info', error: 'internal_error' });
    slack.fail({ method: 'users.getPresence', retryAfter: 30 });
    const found = await known.audience(CHANNEL, list({ users: ['UANA', 'UBEN', 'UBACK'] }));
    expect(found?.filter(({ name, userId }) => name === userId)).toMatchObject([
      { isActive: null, isGone: false },
    ]);
    expect(found?.map(({ isActive }) => isActive).sort()).toEqual([null, null, true]);
    // Failures are not kept.
    const again = await known.audience(CHANNEL, list({ users: ['UANA', 'UBEN', 'UBACK'] }));
    expect(again?.map(({ name, isActive }) => [name, isActive])).toEqual([
      ['Ana', true],
      ['Ben', true],
      ['Back', true],
    ]);
  });
});

describe('what it costs', () => {
  const CROWD = { ...CHANNEL, channel: 'C0CROWD' };

  it('two hundred people: all of them, a hundred looked up, twenty asked for presence', async () => {
    const found = await known.audience(CROWD, 'reviewers');
    expect(found).toHaveLength(200);
    expect(found?.filter(({ name }) => name.startsWith('Crowd'))).toHaveLength(100);
    expect(found?.filter(({ isActive }) => isActive)).toHaveLength(20);
    expect(found?.filter(({ isSnoozed }) => isSnoozed === false)).toHaveLength(100);
    expect(found?.at(-1)).toMatchObject({ userId: 'UC199', name: 'UC199', isActive: null, isGone: false });
    const calls = () => ['users.info', 'users.getPresence', 'dnd.teamInfo'].map(callsOf);
    expect(calls()).toEqual([100, 20, 2]);
    await known.audience(CROWD, 'reviewers');
    expect(calls()).toEqual([100, 20, 2]);
  });

  it('many at once share their reads', async () => {
    const all = Array.from({ length: 50 }, () => known.audience(CHANNEL, 'reviewers'));
    for (const found of await Promise.all(all)) expect(found).toHaveLength(5);
    expect(callsOf('users.info')).toBe(6);
    expect(callsOf('users.getPresence')).toBe(2);
    expect(callsOf('dnd.teamInfo')).toBe(1);
    expect(callsOf('conversations.members')).toBeLessThanOrEqual(2);
  });

  it.each<[string, string, number, object | null]>([
    ['presence', 'users.getPresence', 2, { name: 'Ana', isActive: null, isSnoozed: false }],
    ['do not disturb', 'dnd.teamInfo', 1, { name: 'Ana', isActive: true, isSnoozed: null }],
    [
      'who they are',
      'users.info',
      6,
      { name: 'UANA', email: null, isActive: null, isSnoozed: null, isGone: false },
    ],
    ['the members', 'conversations.members', 1, null],
  ])('in time, when Slack is slow about %s', async (_, method, times, expected) => {
    known = fresh(400);
    slack.fail({ method, delayMs: 2000, times });
    const began = performance.now();
    const found = await known.audience(CHANNEL, 'reviewers');
    expect(performance.now() - began).toBeLessThan(1200);
    expect(found?.[0] ?? null).toEqual(expected && expect.objectContaining(expected));
  });
});
