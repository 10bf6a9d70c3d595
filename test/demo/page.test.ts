import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { cardBlocks } from './app.ts';
import { startWorkspace, webClient } from './workspace.ts';

let slack: LocalSlack;
beforeAll(async () => {
  slack = await startWorkspace({ ackMs: 200 });
});
afterAll(() => slack.stop());

const act = async (body: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${slack.url}/ui/act`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** The first screen that the page would get. */
async function screen(as: string): Promise<string> {
  const stop = new AbortController();
  const response = await fetch(`${slack.url}/ui/events?as=${as}`, { signal: stop.signal });
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes('\n\n')) break;
  }
  stop.abort();
  return text;
}

describe('the page', () => {
  it('is served with a strict policy, and nothing beside its own files', async () => {
    const response = await fetch(slack.url);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await response.text()).toContain('a stand-in on this machine; nothing leaves it');
    const statuses = ['app.js', 'frame.css', 'icon.svg', '..%2Fpage.ts', 'mrkdwn.d.ts', 'none.js'].map(
      async (name) => (await fetch(`${slack.url}/page/${name}`)).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 200, 200, 404, 404, 404]);
  });

  it('takes nothing from other sites', async () => {
    const say = { do: 'say', as: 'UANA', channel: 'CPROD', text: 'hi' };
    expect((await act(say, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await act(say, { 'content-type': 'text/plain' })).status).toBe(403);
    expect((await act(say, { origin: slack.url })).status).toBe(200);
    expect(slack.messages('CPROD').map(({ text }) => text)).toEqual(['hi']);
  });

  it('shows each person only what is theirs', async () => {
    const client = webClient(slack);
    await client.chat.postMessage({ channel: 'CDBA', text: 'for dbas' });
    await client.chat.postMessage({ channel: 'UANA', text: 'for ana' });
    await client.chat.postEphemeral({ channel: 'CPROD', user: 'UANA', text: 'whispered to ana' });
    const [ana, ben] = [await screen('UANA'), await screen('UBEN')];
    for (const text of ['for dbas', 'for ana', 'whispered to ana']) {
      expect(ana).toContain(text);
      expect(ben).not.toContain(text);
    }
  });

  it('says what is wrong with a press, a form or a command', async () => {
    const { ts } = await webClient(slack).chat.postMessage({
      channel: 'CPROD',
      text: 'x',
      blocks: cardBlocks,
    });
    const target = { channel: 'CPROD', ts };
    const answer = async (body: object): Promise<unknown> => (await act(body)).json();
    expect(await answer({ do: 'click', as: 'UANA', target, actionId: 'approve' })).toEqual({
      notice: 'Gatehouse is not responding.',
    });
    expect(await answer({ do: 'slash', as: 'UANA', command: '/giphy', text: '', channel: 'CPROD' })).toEqual({
      notice: '/giphy is not a valid command',
    });
    expect(await answer({ do: 'dance', as: 'UANA' })).toEqual({ notice: 'That is not possible here.' });
  });

  it('counts what is unread until it is read', async () => {
    await webClient(slack).chat.postMessage({ channel: 'CPROD', text: '<@UBEN> please' });
    const badge = async (): Promise<number> => {
      const data = JSON.parse((await screen('UBEN')).split('data: ')[1]!.split('\n')[0]!);
      return data.channels.find((one: { id: string }) => one.id === 'CPROD').badge;
    };
    expect(await badge()).toBe(1);
    await act({ do: 'read', as: 'UBEN', channel: 'CPROD', ts: slack.messages('CPROD').at(-1)!.ts });
    expect(await badge()).toBe(0);
  });
});

it('waiting ends with what was waited for', async () => {
  await expect(slack.waitFor(() => false, { timeoutMs: 20, what: 'a miracle' })).rejects.toThrow(
    'waited 20 ms in vain for a miracle',
  );
});
