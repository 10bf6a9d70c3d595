import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { cardBlocks, denyView, type RunningApp, runApp } from './app.ts';
import { codeOf, startWorkspace, webClient } from './workspace.ts';

for (const over of ['http', 'socket'] as const)
  describe(`interactions over ${over}`, () => {
    let slack: LocalSlack;
    let app: RunningApp;
    beforeAll(async () => {
      slack = await startWorkspace({ ackMs: 400, eventRetryDelaysMs: [0, 10] });
      app = await runApp(slack, over);
    });
    afterAll(async () => {
      await app.stop();
      await slack.stop();
    });
    beforeEach(() => {
      app.seen.bodies.length = 0;
    });

    const card = async (channel = 'CPROD'): Promise<{ channel: string; ts: string }> => {
      const { ts } = await webClient(slack).chat.postMessage({
        channel,
        text: 'Approval needed',
        blocks: cardBlocks,
      });
      return { channel, ts: ts! };
    };
    const openDeny = async (): Promise<string> => {
      const before = slack.openViews('UBEN').at(-1)?.id;
      await slack.click('UBEN', await card(), 'deny');
      return slack.waitFor(() => {
        const view = slack.openViews('UBEN').at(-1);
        return view && view.id !== before && view.id;
      });
    };

    it('a press arrives in Slack’s shape, and its response_url replaces the card', async () => {
      const at = await card();
      const delivery = await slack.click('UANA', at, 'approve');
      expect(delivery.status).toBe(200);
      await slack.waitFor(() => slack.message(at.channel, at.ts)?.text === 'Approved');
      expect(app.seen.bodies[0]).toMatchObject({
        type: 'block_actions',
        user: { id: 'UANA', username: 'ana', name: 'ana', team_id: 'T0LOCAL' },
        team: { id: 'T0LOCAL', domain: 'local' },
        api_app_id: 'A0GATEHOUSE',
        is_enterprise_install: false,
        container: { type: 'message', message_ts: at.ts, channel_id: 'CPROD', is_ephemeral: false },
        channel: { id: 'CPROD', name: 'deploy-production' },
        message: { ts: at.ts, bot_id: 'B0GATEHOUSE', text: 'Approval needed' },
        actions: [
          { type: 'button', action_id: 'approve', block_id: 'decide', value: 'r1', style: 'primary' },
        ],
        trigger_id: expect.stringMatching(/^\d+\.\d+\.[0-9a-f]+$/),
        response_url: expect.stringContaining(`${slack.url}/response/`),
      });
    });

    it('a button that is gone cannot be pressed', async () => {
      const at = await card();
      await slack.click('UANA', at, 'approve');
      await slack.waitFor(() => !slack.message(at.channel, at.ts)?.blocks);
      await expect(slack.click('UANA', at, 'approve')).rejects.toThrow(
        'there is no "approve" to press; there is: nothing',
      );
    });

    it('nobody presses what they cannot see', async () => {
      const at = await card('CDBA');
      await expect(slack.click('UBEN', at, 'approve')).rejects.toThrow('ben is not in channel CDBA');
      await expect(slack.click('UNOBODY', at, 'approve')).rejects.toThrow('there is no person UNOBODY');
      await expect(slack.click('UGATEHOUSE', at, 'approve')).rejects.toThrow('gatehouse is a bot');
      const { message_ts } = await webClient(slack).chat.postEphemeral({
        channel: 'CPROD',
        user: 'UANA',
        text: 'x',
        blocks: cardBlocks,
      });
      const ephemeral = { channel: 'CPROD', ts: message_ts! };
      await expect(slack.click('UBEN', ephemeral, 'approve')).rejects.toThrow('ben cannot see the ephemeral');
      await slack.click('UANA', ephemeral, 'approve');
      expect(app.seen.bodies.at(-1)).toMatchObject({ container: { is_ephemeral: true } });
      expect(app.seen.bodies.at(-1)).not.toHaveProperty('message');
      await slack.waitFor(() => slack.ephemeralsFor('UANA').at(-1)?.text === 'Approved');
    });

    it('a stranger’s press carries the stranger’s team', async () => {
      await slack.click('USTRANGE', await card(), 'approve');
      expect(app.seen.bodies.at(-1)).toMatchObject({
        user: { team_id: 'T0PARTNER' },
        team: { id: 'T0LOCAL' },
      });
    });

    it('chooses from an overflow menu', async () => {
      const at = await card();
      await slack.select('UANA', at, 'more', 'mute');
      expect(app.seen.bodies.at(-1)).toMatchObject({
        actions: [{ type: 'overflow', selected_option: { value: 'mute' } }],
      });
      await expect(slack.select('UANA', at, 'more', 'explode')).rejects.toThrow('offers details, mute');
    });

    it('a modal: required fields, errors in place, then it closes', async () => {
      const viewId = await openDeny();
      await expect(slack.submit('UBEN', viewId)).rejects.toThrow(
        'reason: Please complete this required field.',
      );
      await expect(slack.submit('UBEN', viewId, { reason: 'x'.repeat(301) })).rejects.toThrow('at most 300');
      await expect(slack.submit('UBEN', viewId, { nothing: 'x' })).rejects.toThrow(
        'no field in block nothing',
      );
      await expect(slack.submit('UBEN', viewId, { reason: 'x', again: 'maybe' })).rejects.toThrow(
        'no option "maybe"',
      );
      await expect(slack.submit('UANA', viewId, { reason: 'x' })).rejects.toThrow('is not open for ana');
      expect((await slack.submit('UBEN', viewId, { reason: 'bad' })).errors).toEqual({ reason: 'Say more' });
      expect(slack.openViews('UBEN')).toHaveLength(1);
      await slack.submit('UBEN', viewId, { reason: { text: 'too <risky>' }, again: 'no' });
      expect(slack.openViews('UBEN')).toEqual([]);
      expect(app.seen.bodies.at(-1)).toMatchObject({
        type: 'view_submission',
        view: {
          callback_id: 'deny',
          root_view_id: viewId,
          state: {
            values: {
              reason: { text: { type: 'plain_text_input', value: 'too <risky>' } },
              again: { choice: { type: 'radio_buttons', selected_option: { value: 'no' } } },
            },
          },
        },
      });
    });

    it('views are updated, stacked and cleared by the answer', async () => {
      const viewId = await openDeny();
      await slack.submit('UBEN', viewId, { reason: 'update' });
      expect(slack.openViews('UBEN').map(({ id, title }) => [id, title])).toMatchObject([
        [viewId, { text: 'Sure?' }],
      ]);
      await slack.submit('UBEN', viewId, { reason: 'push' });
      const [below, top] = slack.openViews('UBEN');
      expect(top).toMatchObject({
        previous_view_id: below!.id,
        root_view_id: below!.id,
        title: { text: 'More' },
      });
      await slack.submit('UBEN', top!.id, { reason: 'clear' });
      expect(slack.openViews('UBEN')).toEqual([]);
    });

    it('tells the app of a closed modal', async () => {
      const viewId = await openDeny();
      await slack.closeView('UBEN', viewId);
      expect(app.seen.bodies.at(-1)).toMatchObject({
        type: 'view_closed',
        view: { id: viewId },
        is_cleared: false,
      });
      await expect(slack.submit('UBEN', viewId, { reason: 'x' })).rejects.toThrow('not open');
    });

    it('a slash command is answered at once and later', async () => {
      const { body } = await slack.slash('UANA', '/gate', 'later', 'CPROD');
      expect(body).toMatchObject({ text: 'You said: later' });
      await slack.waitFor(() => slack.ephemeralsFor('UANA').some(({ text }) => text === 'and later'));
      expect(app.seen.bodies.at(-1)).toMatchObject({
        command: '/gate',
        channel_name: 'deploy-production',
        is_enterprise_install: 'false',
      });
      await slack.slash('UANA', '/gate', 'tell @ben <b> in #dba', 'CPROD');
      expect(app.seen.bodies.at(-1)).toMatchObject({ text: 'tell <@UBEN|ben> &lt;b&gt; in <#CDBA|dba>' });
      await expect(slack.slash('UANA', '/other', '', 'CPROD')).rejects.toThrow(
        '/other is not a valid command',
      );
    });

    it('says so when the app does not acknowledge in time', async () => {
      expect(await slack.slash('UANA', '/gate', 'hang', 'CPROD')).toMatchObject({
        status: 0,
        problem: 'timeout',
      });
      expect(slack.ephemeralsFor('UANA').at(-1)?.text).toBe(
        '/gate failed with the error "operation_timeout"',
      );
    });

    it('opens the home tab', async () => {
      await slack.openHome('UANA');
      const home = await slack.waitFor(() => slack.home('UANA'));
      expect(slack.texts(home)).toBe('Nothing waits for you');
      expect(app.seen.bodies.at(-1)).toMatchObject({
        type: 'event_callback',
        event: { type: 'app_home_opened', user: 'UANA', tab: 'home' },
      });
    });

    it('a response_url works five times', async () => {
      const delivery = await slack.click('UANA', await card(), 'approve');
      await slack.waitFor(() => slack.callsOf('response_url').length > 0);
      const respond = async (): Promise<string> => {
        const response = await fetch(String(delivery.payload.response_url), {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ text: 'again', response_type: 'in_channel' }),
        });
        return `${response.status} ${((await response.json()) as { error?: string }).error ?? 'ok'}`;
      };
      const answers = [];
      for (let use = 0; use < 6; use++) answers.push(await respond());
      expect(answers.filter((answer) => answer === '200 ok').length).toBeLessThanOrEqual(5);
      expect(answers.at(-1)).toBe('404 used_url');
    });
  });

describe('triggers', () => {
  let slack: LocalSlack;
  let nowMs = Date.now();
  beforeAll(async () => {
    slack = await startWorkspace({ now: () => nowMs });
  });
  afterAll(() => slack.stop());

  const trigger = async (): Promise<string> => {
    const { ts } = await webClient(slack).chat.postMessage({
      channel: 'CPROD',
      text: 'x',
      blocks: cardBlocks,
    });
    return String((await slack.click('UANA', { channel: 'CPROD', ts: ts! }, 'deny')).payload.trigger_id);
  };
  const open = (trigger_id: string, more: object = {}): Promise<string> =>
    codeOf(webClient(slack).views.open({ trigger_id, view: { ...denyView, ...more } }));

  it('are good once', async () => {
    const id = await trigger();
    expect([await open(id), await open(id)]).toEqual(['ok', 'exchanged_trigger_id']);
  });
  it('are good for three seconds', async () => {
    const id = await trigger();
    nowMs += 3001;
    expect(await open(id)).toBe('expired_trigger_id');
  });
  it('cannot be made up', async () => expect(await open('1.2.3')).toBe('invalid_trigger_id'));
  it('are not used up by a bad view', async () => {
    const id = await trigger();
    expect(await open(id, { title: { type: 'plain_text', text: 'x'.repeat(25) } })).toBe('invalid_arguments');
    expect(await open(id)).toBe('ok');
  });
  it('views have a size, a hash, a depth and unique external ids', async () => {
    const client = webClient(slack);
    expect(await open(await trigger(), { private_metadata: 'x'.repeat(250_001) })).toBe('view_too_large');
    expect(await open(await trigger(), { external_id: 'one' })).toBe('ok');
    const [view] = slack.openViews('UANA');
    const update = (more: object) =>
      codeOf(client.views.update({ view_id: view!.id, view: denyView, ...more }));
    expect(await update({ hash: 'old' })).toBe('hash_conflict');
    expect(await update({ view_id: 'VNO' })).toBe('not_found');
    expect(await update({ hash: view!.hash })).toBe('ok');
    const push = async () => codeOf(client.views.push({ trigger_id: await trigger(), view: denyView }));
    expect([await push(), await push(), await push()]).toEqual(['ok', 'ok', 'push_limit_reached']);
  });
  it('a home tab is published under its hash', async () => {
    const client = webClient(slack);
    const home = { type: 'home' as const, blocks: [] };
    const { view } = await client.views.publish({ user_id: 'UANA', view: home });
    expect(await codeOf(client.views.publish({ user_id: 'UANA', view: home, hash: 'old' }))).toBe(
      'hash_conflict',
    );
    expect(await codeOf(client.views.publish({ user_id: 'UANA', view: home, hash: view!.hash! }))).toBe('ok');
  });
  it('a response_url ends after thirty minutes', async () => {
    const { ts } = await webClient(slack).chat.postMessage({
      channel: 'CPROD',
      text: 'x',
      blocks: cardBlocks,
    });
    const { payload } = await slack.click('UANA', { channel: 'CPROD', ts: ts! }, 'deny');
    nowMs += 30 * 60_000 + 1;
    const response = await fetch(String(payload.response_url), { method: 'POST', body: '{"text":"x"}' });
    expect([response.status, await response.json()]).toEqual([404, { ok: false, error: 'expired_url' }]);
  });
});

describe('forgery, replay and retries over http', () => {
  let slack: LocalSlack;
  let app: RunningApp;
  beforeAll(async () => {
    slack = await startWorkspace({ ackMs: 300, eventRetryDelaysMs: [0, 10, 10] });
    app = await runApp(slack, 'http');
  });
  afterAll(async () => {
    await app.stop();
    await slack.stop();
  });

  const now = Math.floor(Date.now() / 1000);
  const forgeries = {
    'another secret': { secret: 'guessed' },
    'no signature': { signature: '' },
    'a signature of another length': { signature: `v0=${'a'.repeat(63)}` },
    'an old timestamp': { timestamp: now - 400 },
    'a timestamp from the future': { timestamp: now + 400 },
    'a body changed after signing': { body: 'payload=%7B%7D' },
  };
  for (const [name, bending] of Object.entries(forgeries))
    it(`${name} is refused by the receiver`, async () => {
      const { ts } = await webClient(slack).chat.postMessage({
        channel: 'CPROD',
        text: 'x',
        blocks: cardBlocks,
      });
      app.seen.bodies.length = 0;
      const delivery = await slack.click('UANA', { channel: 'CPROD', ts: ts! }, 'approve', bending);
      expect(delivery.status).toBe(401);
      expect(app.seen.bodies).toEqual([]);
    });

  it('the same bytes can be sent again', async () => {
    const { ts } = await webClient(slack).chat.postMessage({
      channel: 'CPROD',
      text: 'x',
      blocks: cardBlocks,
    });
    app.seen.bodies.length = 0;
    const first = await slack.click('UANA', { channel: 'CPROD', ts: ts! }, 'approve');
    const second = await slack.redeliver(first);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(app.seen.bodies[0]).toEqual(app.seen.bodies[1]);
  });

  it('a retry carries its number and reason', async () => {
    const tries: (string | undefined)[][] = [];
    const deaf = createServer((request, response) => {
      tries.push([request.headers['x-slack-retry-num'], request.headers['x-slack-retry-reason']].map(String));
      response.statusCode = tries.length < 3 ? 500 : 200;
      response.end();
    });
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    const address = slack.requestUrl;
    slack.requestUrl = `http://127.0.0.1:${(deaf.address() as AddressInfo).port}/`;
    expect(await slack.event({ type: 'team_join' })).toHaveLength(3);
    slack.requestUrl = address;
    deaf.close();
    expect(tries).toEqual([
      ['undefined', 'undefined'],
      ['1', 'http_error'],
      ['2', 'http_error'],
    ]);
  });

  it('an event that is not acknowledged is sent again, with its number; a press never is', async () => {
    const address = slack.requestUrl;
    slack.requestUrl = `${slack.url}/nowhere`;
    expect((await slack.event({ type: 'user_change', user: {} })).map(({ status }) => status)).toEqual([
      404, 404, 404, 404,
    ]);
    slack.requestUrl = address;
    expect(await slack.deactivate('UBEN')).toMatchObject([{ status: 200 }]);
    expect(app.seen.bodies.at(-1)).toMatchObject({
      event: { type: 'user_change', user: { id: 'UBEN', deleted: true } },
    });
    await expect(slack.slash('UBEN', '/gate', '', 'CPROD')).rejects.toThrow('ben is deactivated');
  });
});

describe('sockets', () => {
  it('each envelope goes to one connection, and a disconnect brings the app back', async () => {
    const slack = await startWorkspace({ ackMs: 1000 });
    const apps = [await runApp(slack, 'socket'), await runApp(slack, 'socket')];
    await slack.waitFor(() => slack.socketMode.connections() === 2);
    for (let press = 0; press < 4; press++) await slack.slash('UANA', '/gate', `n${press}`, 'CPROD');
    expect(apps.map(({ seen }) => seen.bodies.length)).toEqual([2, 2]);
    slack.socketMode.disconnect();
    await slack.waitFor(() => slack.socketMode.connections() === 0, { timeoutMs: 3000 });
    await slack.waitFor(() => slack.socketMode.connections() === 2, { timeoutMs: 15_000 });
    expect((await slack.slash('UANA', '/gate', 'back', 'CPROD')).status).toBe(200);
    for (const app of apps) await app.stop();
    await slack.stop();
  });

  it('without a connection nothing is delivered', async () => {
    const slack = await startWorkspace();
    expect(await slack.slash('UANA', '/gate', '', 'CPROD')).toMatchObject({
      status: 0,
      problem: 'no connection',
    });
    expect(slack.ephemeralsFor('UANA').at(-1)?.text).toBe('/gate failed with the error "dispatch_failed"');
    await slack.stop();
  });
});
