import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { appToken, codeOf, startWorkspace, webClient } from './workspace.ts';

let slack: LocalSlack;
let nowMs = Date.parse('2026-11-21T12:00:00Z');
beforeAll(async () => {
  slack = await startWorkspace({ now: () => nowMs });
});
afterAll(() => slack.stop());

const client = (): ReturnType<typeof webClient> => webClient(slack);
const post = (more: object = {}) => client().chat.postMessage({ channel: 'CPROD', text: 'hi', ...more });
const section = (text: string) => ({ type: 'section' as const, text: { type: 'mrkdwn' as const, text } });

describe('tokens', () => {
  const raw = async (method: string, headers: Record<string, string>): Promise<string> => {
    const response = await fetch(slack.apiUrl + method, { method: 'POST', headers });
    return ((await response.json()) as { error: string }).error;
  };

  it('no token', async () => expect(await raw('auth.test', {})).toBe('not_authed'));
  it('a wrong token', async () =>
    expect(await codeOf(webClient(slack, 'xoxb-no').auth.test())).toBe('invalid_auth'));
  it('the app token for the bot', async () =>
    expect(await codeOf(webClient(slack, appToken).auth.test())).toBe('not_allowed_token_type'));
  it('the bot token for a socket', async () =>
    expect(await codeOf(client().apps.connections.open({}))).toBe('not_allowed_token_type'));
  it('the right token', async () =>
    expect(await client().auth.test()).toMatchObject({ ok: true, user_id: 'UGATEHOUSE' }));
  it('an unknown method', async () =>
    expect(await codeOf(client().apiCall('chat.shout'))).toBe('unknown_method'));
  it('a method named like an object’s', async () =>
    expect(await codeOf(client().apiCall('constructor'))).toBe('unknown_method'));
});

describe('posting', () => {
  const refused = (name: string, code: string, call: () => Promise<unknown>): void =>
    it(`${name}: ${code}`, async () => expect(await codeOf(call())).toBe(code));

  refused('no such channel', 'channel_not_found', () => post({ channel: 'CNOWHERE' }));
  refused('a private channel without the app', 'channel_not_found', () => post({ channel: 'CSECRET' }));
  refused('a public channel without the app', 'not_in_channel', () => post({ channel: 'COTHER' }));
  refused('an archived channel', 'is_archived', () => post({ channel: 'COLD' }));
  refused('nothing to say', 'no_text', () => post({ text: '' }));
  refused('a long text', 'msg_too_long', () => post({ text: 'x'.repeat(40_001) }));
  refused('long blocks', 'msg_blocks_too_long', () =>
    post({ blocks: Array.from({ length: 5 }, () => section('x'.repeat(2700))) }),
  );
  refused('a thread under nothing', 'thread_not_found', () => post({ thread_ts: '1.000001' }));
  refused('metadata of another shape', 'invalid_metadata_format', () =>
    post({ metadata: { event_type: 'x' } }),
  );
  refused('an update of nothing', 'message_not_found', () =>
    client().chat.update({ channel: 'CPROD', ts: '1.000001', text: 'x' }),
  );
  refused('a deletion of nothing', 'message_not_found', () =>
    client().chat.delete({ channel: 'CPROD', ts: '1.000001' }),
  );
  refused('an update of somebody’s message', 'cant_update_message', () =>
    client().chat.update({ ...slack.say('UANA', 'CPROD', 'mine'), text: 'yours' }),
  );
  refused('an ephemeral to somebody outside', 'user_not_in_channel', () =>
    client().chat.postEphemeral({ channel: 'CPROD', user: 'UGUEST', text: 'x' }),
  );

  it('takes text at its limit', async () =>
    expect(await codeOf(post({ text: 'x'.repeat(40_000) }))).toBe('ok'));

  it('names what is wrong with blocks as Slack does', async () => {
    const problem = await post({ blocks: [section('x'.repeat(3001))] }).catch((thrown) => thrown);
    expect(problem.data).toMatchObject({
      error: 'invalid_blocks',
      errors: ['must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
    });
    expect(problem.data.response_metadata.messages).toEqual([
      '[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ]);
  });

  it('finds a channel by name and a person’s direct messages by the person', async () => {
    expect((await post({ channel: '#deploy-production' })).channel).toBe('CPROD');
    expect((await post({ channel: 'UBEN', text: 'psst' })).channel).toBe('DBEN');
    expect(slack.dm('UBEN').at(-1)?.text).toBe('psst');
  });

  it('gives every message a later timestamp under a standing clock', async () => {
    const [first, second] = [await post(), await post()];
    expect(Number(second.ts)).toBeGreaterThan(Number(first.ts));
  });

  it('keeps threads, history and metadata', async () => {
    const parent = await post({ metadata: { event_type: 'gate_request', event_payload: { id: 'r1' } } });
    const reply = await post({ thread_ts: parent.ts, text: 'one' });
    const nested = await post({ thread_ts: reply.ts, text: 'two' });
    expect(slack.thread('CPROD', parent.ts!).map(({ ts }) => ts)).toEqual([reply.ts, nested.ts]);
    const thread = await client().conversations.replies({ channel: 'CPROD', ts: parent.ts! });
    expect(thread.messages?.map(({ text }) => text)).toEqual(['hi', 'one', 'two']);
    const history = await client().conversations.history({ channel: 'CPROD', limit: 1 });
    expect(history.messages).toMatchObject([{ ts: parent.ts, reply_count: 2 }]);
    expect(slack.message('CPROD', parent.ts!)?.metadata).toMatchObject({ event_payload: { id: 'r1' } });
  });

  it('drops the blocks of a message updated with text alone, and marks it edited only then', async () => {
    const { ts } = await post({ blocks: [section('a')] });
    await client().chat.update({ channel: 'CPROD', ts: ts!, text: 'hi', blocks: [section('b')] });
    expect(slack.message('CPROD', ts!)).toMatchObject({ edited: false, blocks: [{ text: { text: 'b' } }] });
    await client().chat.update({ channel: 'CPROD', ts: ts!, text: 'plain' });
    expect(slack.message('CPROD', ts!)).toMatchObject({ edited: true, blocks: undefined });
  });

  it('leaves a tombstone where a deleted message had replies', async () => {
    const { ts } = await post();
    await post({ thread_ts: ts });
    await client().chat.delete({ channel: 'CPROD', ts: ts! });
    expect(slack.message('CPROD', ts!)).toBeUndefined();
    expect(slack.messages('CPROD').find((message) => message.ts === ts)?.text).toBe(
      'This message was deleted.',
    );
  });

  it('shows an ephemeral to one person, out of reach of chat.update', async () => {
    const { message_ts } = await client().chat.postEphemeral({
      channel: 'CPROD',
      user: 'UANA',
      text: 'psst',
    });
    expect(slack.ephemeralsFor('UANA').at(-1)?.text).toBe('psst');
    expect(slack.ephemeralsFor('UBEN')).toEqual([]);
    const update = client().chat.update({ channel: 'CPROD', ts: message_ts!, text: 'x' });
    expect(await codeOf(update)).toBe('message_not_found');
  });

  it('links to a message', async () => {
    const { ts } = await post();
    const { permalink } = await client().chat.getPermalink({ channel: 'CPROD', message_ts: ts! });
    expect(permalink).toBe(`${slack.url}/archives/CPROD/p${ts!.replace('.', '')}`);
    expect((await fetch(permalink!)).status).toBe(200);
  });

  it('uploads a file into a thread, as the SDK does it', async () => {
    const { ts } = await post();
    await client().filesUploadV2({
      channel_id: 'CPROD',
      thread_ts: ts!,
      filename: 'cmd.txt',
      content: 'x'.repeat(9000),
    });
    const [reply] = slack.thread('CPROD', ts!);
    expect(reply?.files?.[0]?.bytes.length).toBe(9000);
  });

  it('takes a reaction once', async () => {
    const { ts } = await post();
    const react = () => client().reactions.add({ channel: 'CPROD', timestamp: ts!, name: 'eyes' });
    expect([await codeOf(react()), await codeOf(react())]).toEqual(['ok', 'already_reacted']);
  });
});

describe('the rate of posts', () => {
  it('answers 429 with Retry-After above the limit of a channel', async () => {
    slack.postsPerSecond = 1;
    nowMs += 5000;
    expect(await codeOf(post())).toBe('ok');
    await expect(post()).rejects.toMatchObject({ code: 'slack_webapi_rate_limited_error', retryAfter: 1 });
    expect(await codeOf(post({ channel: 'CDBA' }))).toBe('ok');
    nowMs += 1000;
    expect(await codeOf(post())).toBe('ok');
    slack.postsPerSecond = null;
  });
});

describe('ordered misbehaviour', () => {
  it('refuses so many times, in one channel only', async () => {
    slack.fail({ method: 'chat.postMessage', error: 'internal_error', times: 2, channel: 'CPROD' });
    const codes = [post({ channel: 'CDBA' }), post(), post(), post()].map(codeOf);
    expect((await Promise.all(codes)).sort()).toEqual(['internal_error', 'internal_error', 'ok', 'ok']);
  });

  it('answers 429 and 500', async () => {
    slack.fail({ method: 'chat.update', retryAfter: 7 });
    slack.fail({ method: 'chat.update', status: 500 });
    const update = () => client().chat.update({ channel: 'CPROD', ts: '1', text: 'x' });
    await expect(update()).rejects.toMatchObject({ retryAfter: 7 });
    await expect(update()).rejects.toMatchObject({ code: 'slack_webapi_http_error', statusCode: 500 });
  });

  it('loses the answer after the effect', async () => {
    slack.fail({ method: 'chat.postMessage', when: 'after' });
    await expect(post({ text: 'did it arrive?' })).rejects.toMatchObject({
      code: 'slack_webapi_request_error',
    });
    expect(slack.messages('CPROD').at(-1)?.text).toBe('did it arrive?');
    expect(slack.callsOf('chat.postMessage').at(-1)?.answer).toBe('reset');
  });

  it('does nothing before the effect', async () => {
    slack.fail({ method: 'chat.postMessage' });
    await expect(post({ text: 'never' })).rejects.toMatchObject({ code: 'slack_webapi_request_error' });
    expect(slack.messages('CPROD').at(-1)?.text).not.toBe('never');
  });

  it('is slow', async () => {
    slack.fail({ method: 'auth.test', delayMs: 150 });
    const startedAt = performance.now();
    await client().auth.test();
    expect(performance.now() - startedAt).toBeGreaterThan(140);
  });

  it('is down, and up again', async () => {
    slack.down = true;
    await expect(client().auth.test()).rejects.toMatchObject({ code: 'slack_webapi_request_error' });
    slack.down = false;
    expect(await codeOf(client().auth.test())).toBe('ok');
  });
});

describe('who and where', () => {
  it('pages through members and channels', async () => {
    const first = await client().conversations.members({ channel: 'CPROD', limit: 3 });
    const rest = await client().conversations.members({
      channel: 'CPROD',
      limit: 3,
      cursor: first.response_metadata?.next_cursor,
    });
    expect([...first.members!, ...rest.members!]).toEqual(['UANA', 'UBEN', 'USTRANGE', 'UGATEHOUSE']);
    expect(rest.response_metadata?.next_cursor).toBe('');
    const cursor = client().conversations.members({ channel: 'CPROD', cursor: 'bm8=' });
    expect(await codeOf(cursor)).toBe('invalid_cursor');
  });

  it('lists the channels that the app may know of', async () => {
    const { channels } = await client().conversations.list({
      types: 'public_channel,private_channel',
      exclude_archived: true,
    });
    expect(channels?.map(({ id }) => id)).toEqual(['CPROD', 'CDBA', 'COTHER']);
    expect((await client().conversations.info({ channel: 'CDBA' })).channel).toMatchObject({
      is_private: true,
      is_member: true,
    });
  });

  it('tells guests, strangers and the deactivated apart', async () => {
    const info = async (user: string) => (await client().users.info({ user })).user!;
    expect(await info('UGUEST')).toMatchObject({ is_restricted: true, team_id: 'T0LOCAL' });
    const stranger = await info('USTRANGE');
    expect(stranger).toMatchObject({ is_stranger: true, team_id: 'T0PARTNER' });
    expect(stranger.profile?.email).toBeUndefined();
    expect(await codeOf(client().users.info({ user: 'UNOBODY' }))).toBe('user_not_found');
    const left = await startWorkspace({ eventRetryDelaysMs: [] });
    await left.deactivate('UBEN');
    expect((await webClient(left).users.info({ user: 'UBEN' })).user).toMatchObject({ deleted: true });
    expect(await codeOf(webClient(left).conversations.open({ users: 'UBEN' }))).toBe('user_disabled');
    await left.stop();
  });

  it('finds people by email and groups by id', async () => {
    expect((await client().users.lookupByEmail({ email: 'ANA@example.com' })).user?.id).toBe('UANA');
    expect(await codeOf(client().users.lookupByEmail({ email: 'sol@example.org' }))).toBe('users_not_found');
    expect((await client().usergroups.users.list({ usergroup: 'SDBA' })).users).toEqual(['UANA']);
    expect(await codeOf(client().usergroups.users.list({ usergroup: 'SNO' }))).toBe('no_such_subteam');
    expect((await client().usergroups.list({ include_users: true })).usergroups?.[0]).toMatchObject({
      handle: 'dba',
      users: ['UANA'],
    });
    expect((await client().users.getPresence({ user: 'UANA' })).presence).toBe('active');
    expect((await client().users.list({ limit: 2 })).members).toHaveLength(2);
    expect((await client().bots.info({ bot: 'B0GATEHOUSE' })).bot?.user_id).toBe('UGATEHOUSE');
    expect((await client().conversations.open({ users: 'UANA' })).channel?.id).toBe('DANA');
  });
});
