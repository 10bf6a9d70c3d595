import { WebClient } from '@slack/web-api';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/core/environment.ts';
import { freshReads, openDirectory } from '../../src/slack/directory.ts';
import type { Identity } from '../../src/slack/identity.ts';
import { type Clicker, voterOf } from '../../src/slack/people.ts';
import type { Workspace } from '../../src/slack/slack.ts';
import { PRODUCTION } from '../support/deps.ts';

const HOME: Identity = {
  teamId: 'T0',
  team: 'Home',
  enterpriseId: null,
  botUserId: 'UBOT',
  botId: 'B0',
  appId: null,
};
const GRID: Identity = { ...HOME, enterpriseId: 'E0' };
const CHANNEL: Environment = { ...PRODUCTION, channel: 'C0DEPLOYS' };
const NAMED: Environment = { ...PRODUCTION, reviewers: { users: ['UOTHER'], groups: ['S0DBA'] } };

type Call = (method: string, args: Record<string, unknown>) => object;
const ok: Call = (method, args) => {
  if (method === 'users.info')
    return {
      ok: true,
      user: { id: args.user, team_id: 'T0', real_name: 'Ana Ruiz', profile: { display_name: 'Ana' } },
    };
  if (method === 'conversations.members')
    return args.cursor
      ? { ok: true, members: ['U1'], response_metadata: { next_cursor: '' } }
      : { ok: true, members: ['U2'], response_metadata: { next_cursor: 'page2' } };
  if (method === 'usergroups.users.list') return { ok: true, users: ['U1'] };
  return { ok: false, error: 'unknown_method' };
};
/** users.info says this of the person. */
const person =
  (user: object): Call =>
  (method, args) =>
    method === 'users.info'
      ? { ok: true, user: { id: args.user, team_id: 'T0', real_name: 'Ana', ...user } }
      : ok(method, args);
const broken =
  (name: string, answer: object = { ok: false, error: 'internal_error' }): Call =>
  (method, args) =>
    method === name ? answer : ok(method, args);

function slackAnswering(call: Call, identity: Identity | null): { slack: Workspace; calls: string[] } {
  const calls: string[] = [];
  const client = new WebClient('xoxb-1', {
    retryConfig: { retries: 0 },
    fetch: async (url, init) => {
      const method = String(url).split('/').at(-1) ?? '';
      calls.push(method);
      const answer = call(method, Object.fromEntries(new URLSearchParams(String(init?.body ?? ''))));
      return Response.json(answer) as never;
    },
  });
  const whoAmI = async () => identity ?? Promise.reject(new Error('Slack is down'));
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  return { slack: { client, log, observe: () => {}, identity: whoAmI, ...openDirectory(client) }, calls };
}

const CLICKER: Clicker = { userId: 'U1', teamId: 'T0', enterpriseId: null, name: 'ana' };

describe('who clicked', () => {
  it.each<[string, Call, Identity | null, Environment, Partial<Clicker>, object]>([
    [
      'a member, found on the second page',
      ok,
      HOME,
      CHANNEL,
      {},
      { isReviewer: true, name: 'Ana', subject: 'slack:T0:U1' },
    ],
    ['no member', ok, HOME, CHANNEL, { userId: 'U9' }, { isReviewer: false }],
    ['a member of a named group', ok, HOME, NAMED, {}, { isReviewer: true }],
    ['a named person', ok, HOME, NAMED, { userId: 'UOTHER' }, { isReviewer: true }],
    ['neither named nor in a group', ok, HOME, NAMED, { userId: 'U9' }, { isReviewer: false }],
    ['a guest', person({ is_restricted: true }), HOME, CHANNEL, {}, { isGuest: true, isReviewer: null }],
    [
      'a single-channel guest',
      person({ is_ultra_restricted: true }),
      HOME,
      CHANNEL,
      {},
      { isGuest: true, isReviewer: null },
    ],
    [
      'a deactivated person',
      person({ deleted: true }),
      HOME,
      CHANNEL,
      {},
      { isDeactivated: true, isReviewer: null },
    ],
    ['a bot', person({ is_bot: true }), HOME, CHANNEL, {}, { isBot: true, isReviewer: null }],
    [
      'a stranger of a shared channel',
      person({ is_stranger: true }),
      HOME,
      CHANNEL,
      {},
      { isOutsider: true, isReviewer: null },
    ],
    [
      'somebody whose account is elsewhere',
      person({ team_id: 'T9' }),
      HOME,
      CHANNEL,
      {},
      { isOutsider: true, isReviewer: null },
    ],
    [
      'a click from another workspace',
      ok,
      HOME,
      CHANNEL,
      { teamId: 'T9' },
      { isOutsider: true, isReviewer: null },
    ],
    [
      'another workspace of our organisation',
      person({ team_id: 'T9', enterprise_user: { enterprise_id: 'E0' } }),
      GRID,
      CHANNEL,
      { teamId: 'T9', enterpriseId: 'E0' },
      { isOutsider: false, isReviewer: true, subject: 'slack:E0:U1' },
    ],
    [
      'an organisation that only the click names',
      person({ team_id: 'T9' }),
      GRID,
      CHANNEL,
      { teamId: 'T9', enterpriseId: 'E0' },
      { isOutsider: true },
    ],
    [
      'a person Slack does not know',
      broken('users.info', { ok: false, error: 'user_not_found' }),
      HOME,
      CHANNEL,
      {},
      { isReviewer: null },
    ],
    [
      'an answer about somebody else',
      broken('users.info', { ok: true, user: { id: 'U7', team_id: 'T0' } }),
      HOME,
      CHANNEL,
      {},
      { isReviewer: null },
    ],
    ['members Slack does not tell', broken('conversations.members'), HOME, CHANNEL, {}, { isReviewer: null }],
    [
      'groups on a plan without them',
      broken('usergroups.users.list', { ok: false, error: 'plan_upgrade_required' }),
      HOME,
      NAMED,
      {},
      { isReviewer: null },
    ],
    [
      'a channel by a name that nobody has',
      broken('conversations.list', { ok: true, channels: [] }),
      HOME,
      PRODUCTION,
      {},
      { isReviewer: null },
    ],
    ['anybody, before Slack said who we are', ok, null, CHANNEL, {}, { isReviewer: null }],
  ])('%s', async (_, call, identity, environment, over, expected) => {
    const { slack } = slackAnswering(call, identity);
    expect(await voterOf(slack, { ...CLICKER, ...over }, environment)).toMatchObject(expected);
  });

  it('finds a channel that is configured by name', async () => {
    const call: Call = (method, args) =>
      method === 'conversations.list'
        ? { ok: true, channels: [{ id: 'C0DEPLOYS', name: 'deploys', is_member: true }] }
        : ok(method, args);
    const { slack } = slackAnswering(call, HOME);
    expect(await voterOf(slack, CLICKER, PRODUCTION)).toMatchObject({ isReviewer: true });
  });

  it('is read again at each click', async () => {
    const { slack, calls } = slackAnswering(ok, HOME);
    await voterOf(slack, CLICKER, CHANNEL);
    await voterOf(slack, CLICKER, CHANNEL);
    expect(calls.filter((method) => method === 'users.info')).toHaveLength(2);
    expect(calls.filter((method) => method === 'conversations.members')).toHaveLength(4);
  });
});

describe('who may decide, in words', () => {
  const backups = { users: ['UBACK'], groups: ['S0OPS'], emails: ['back@example.com'] };
  const call: Call = (method, args) =>
    method === 'usergroups.list'
      ? { ok: true, usergroups: [{ id: 'S0OPS', handle: 'ops' }] }
      : ok(method, args);
  it.each<[string, Environment, string]>([
    ['the channel', CHANNEL, 'any full member of this channel'],
    ['named ones', NAMED, 'a user group or Ana'],
    [
      'the channel, and backups',
      { ...CHANNEL, backups },
      'any full member of this channel, or @ops, Ana or back@example.com',
    ],
    ['named ones, and backups', { ...NAMED, backups }, 'a user group, Ana, @ops, Ana or back@example.com'],
    [
      'backups that told nobody',
      { ...CHANNEL, backups: { users: [], groups: [], emails: [] } },
      'any full member of this channel',
    ],
  ])('%s', async (_, environment, words) => {
    expect(await slackAnswering(call, HOME).slack.decidersOf(environment)).toBe(words);
  });
});

it('reads shared by many clicks are never older than the click', async () => {
  let now = 0;
  const ends: (() => void)[] = [];
  const read = freshReads((_: string) => {
    const started = now;
    return new Promise<number>((resolve) => ends.push(() => resolve(started)));
  });
  const first = read('C');
  now = 1;
  const [second, third] = [read('C'), read('C')];
  ends[0]?.();
  expect(await first).toBe(0);
  await Promise.resolve();
  now = 2;
  ends[1]?.();
  expect([await second, await third]).toEqual([1, 1]);
  expect(ends).toHaveLength(2);
});
