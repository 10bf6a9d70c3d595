import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { filledIn, initialValues, inputErrors } from '../../src/demo/local-slack/state-values.ts';
import type { Block, Person } from '../../src/demo/local-slack/workspace.ts';
import { codeOf, startWorkspace, webClient } from './workspace.ts';

const at = (time: string) => Date.parse(time);
const seconds = (time: string) => at(time) / 1000;
const NONE = { dnd_enabled: false, next_dnd_start_ts: 1, next_dnd_end_ts: 1 };
const many = Array.from({ length: 51 }, (_, i): Person => ({ id: `UP${i}`, name: `p${i}`, realName: 'P' }));
const from = (start: string, end: string) => ({
  dnd_enabled: true,
  next_dnd_start_ts: seconds(start),
  next_dnd_end_ts: seconds(end),
});

let slack: LocalSlack;
let nowMs = at('2026-11-21T12:00:00Z');
beforeAll(async () => {
  slack = await startWorkspace({
    now: () => nowMs,
    people: [
      {
        id: 'UANA',
        name: 'ana',
        realName: 'Ana',
        email: 'ana@example.com',
        tz: 'Europe/Berlin',
        dnd: { from: '22:00', to: '08:00' },
      },
      { id: 'UBEN', name: 'ben', realName: 'Ben', email: 'ben@example.com', tz: 'America/New_York' },
      { id: 'USTRANGE', name: 'sol', realName: 'Sol', email: 'sol@example.org', isStranger: true },
      { id: 'UNEW', name: 'new', realName: 'New', email: 'new@example.com', isEmailUnconfirmed: true },
      ...many,
    ],
  });
});
afterAll(() => slack.stop());
const client = () => webClient(slack);
const dnd = async (users: string) => (await client().dnd.teamInfo({ users })).users;

describe('presence', () => {
  it('active or away, as set', async () => {
    const presence = async () => (await client().users.getPresence({ user: 'UBEN' })).presence;
    expect(await presence()).toBe('active');
    slack.setPresence('UBEN', 'away');
    expect(await presence()).toBe('away');
    slack.setPresence('UBEN', 'active');
    expect(await presence()).toBe('active');
  });

  it('more is told of the app itself only', async () => {
    expect(await client().users.getPresence({})).toMatchObject({ presence: 'active', online: true });
    expect(await client().users.getPresence({ user: 'UBEN' })).not.toHaveProperty('online');
  });

  it('of nobody', async () =>
    expect(await codeOf(client().users.getPresence({ user: 'UNOBODY' }))).toBe('user_not_found'));
});

describe('do not disturb', () => {
  it('none, and the next that is scheduled', async () => {
    expect(await dnd('UBEN,UANA')).toEqual({
      UBEN: NONE,
      UANA: from('2026-11-21T21:00:00Z', '2026-11-22T07:00:00Z'),
    });
  });

  it('the scheduled one that lasts, over midnight', async () => {
    nowMs = at('2026-11-22T02:00:00Z');
    expect(await dnd('UANA')).toEqual({ UANA: from('2026-11-21T21:00:00Z', '2026-11-22T07:00:00Z') });
  });

  it('a pause by hand shows as one that lasts, without more', async () => {
    slack.setSnooze('UBEN', 30);
    expect(await dnd('UBEN')).toEqual({ UBEN: from('2026-11-22T02:00:00Z', '2026-11-22T02:30:00Z') });
    nowMs += 30 * 60_000;
    expect(await dnd('UBEN')).toEqual({ UBEN: NONE });
    slack.setSnooze('UANA', 60);
    slack.setSnooze('UANA', null);
    expect(await dnd('UANA')).toEqual({ UANA: from('2026-11-21T21:00:00Z', '2026-11-22T07:00:00Z') });
  });

  const ids = (count: number) =>
    many
      .slice(0, count)
      .map(({ id }) => id)
      .join(',');
  it.each([
    ['of nobody', '', 'no_users_provided'],
    ['of somebody unknown', 'UANA,UNOBODY', 'user_not_visible'],
    ['of a stranger', 'UANA,USTRANGE', 'user_not_visible'],
    ['of fifty people', ids(50), 'ok'],
    ['of fifty-one', ids(51), 'invalid_arguments'],
  ])('%s', async (_, users, code) => {
    expect(await codeOf(client().dnd.teamInfo({ users }))).toBe(code);
  });
});

describe('scopes the app was installed without', () => {
  it('refuses what needs them', async () => {
    slack.missingScopes.add('dnd:read');
    await expect(client().dnd.teamInfo({ users: 'UANA' })).rejects.toMatchObject({
      data: { error: 'missing_scope', needed: 'dnd:read' },
    });
    slack.missingScopes.clear();
    expect(await codeOf(client().dnd.teamInfo({ users: 'UANA' }))).toBe('ok');
  });

  it('tells no addresses without theirs', async () => {
    const email = async () => (await client().users.info({ user: 'UANA' })).user?.profile?.email;
    const listed = async () => (await client().users.list({ limit: 1 })).members?.[0]?.profile?.email;
    expect([await email(), await listed()]).toEqual(['ana@example.com', 'ana@example.com']);
    slack.missingScopes.add('users:read.email');
    expect([await email(), await listed()]).toEqual([undefined, undefined]);
    const lookedUp = client().users.lookupByEmail({ email: 'ana@example.com' });
    expect(await codeOf(lookedUp)).toBe('missing_scope');
    slack.missingScopes.clear();
  });
});

it('tells whether an address is confirmed, and the time zone', async () => {
  const user = async (id: string) => (await client().users.info({ user: id })).user;
  expect(await user('UANA')).toMatchObject({ is_email_confirmed: true, tz: 'Europe/Berlin' });
  expect(await user('UNEW')).toMatchObject({ is_email_confirmed: false });
});

describe('a time picker', () => {
  const element = { type: 'timepicker', action_id: 'from', initial_time: '22:00', timezone: 'Europe/Berlin' };
  const blocks = [{ type: 'input', block_id: 'from', element }] as unknown as Block[];
  const state = (selected_time: string | null) => ({
    from: { from: { type: 'timepicker', selected_time, timezone: 'Europe/Berlin' } },
  });

  it('sends the zone along', () => {
    const shown = initialValues(blocks);
    expect(shown).toEqual(state('22:00'));
    expect(filledIn(blocks, shown, { from: '07:30' })).toEqual(state('07:30'));
  });

  it('offers times of the day only', () =>
    expect(() => filledIn(blocks, {}, { from: '24:00' })).toThrow('24:00 is not a time of the day'));

  it('is empty without a time, whatever its zone', () =>
    expect(inputErrors(blocks, state(null))).toEqual({ from: 'Please complete this required field.' }));
});
