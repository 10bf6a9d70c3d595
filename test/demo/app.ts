import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { App, LogLevel, type Receiver, type ReceiverEvent } from '@slack/bolt';
import { Hono } from 'hono';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { appToken, botToken, signingSecret } from './workspace.ts';

const plain = (text: string) => ({ type: 'plain_text' as const, text });

/** A card with what a person can press: two buttons and a menu. */
export const cardBlocks = [
  { type: 'header' as const, text: plain(':lock: Approval needed') },
  {
    type: 'actions' as const,
    block_id: 'decide',
    elements: [
      {
        type: 'button' as const,
        action_id: 'approve',
        style: 'primary' as const,
        value: 'r1',
        text: plain('Approve'),
      },
      {
        type: 'button' as const,
        action_id: 'deny',
        style: 'danger' as const,
        value: 'r1',
        text: plain('Deny…'),
      },
      {
        type: 'overflow' as const,
        action_id: 'more',
        options: [
          { text: plain('Details'), value: 'details' },
          { text: plain('Mute'), value: 'mute' },
        ],
      },
    ],
  },
];

export const denyView = {
  type: 'modal' as const,
  callback_id: 'deny',
  title: plain('Deny'),
  submit: plain('Deny'),
  notify_on_close: true,
  blocks: [
    {
      type: 'input' as const,
      block_id: 'again',
      label: plain('May it be asked again?'),
      element: {
        type: 'radio_buttons' as const,
        action_id: 'choice',
        initial_option: { text: plain('Yes'), value: 'yes' },
        options: [
          { text: plain('Yes'), value: 'yes' },
          { text: plain('No'), value: 'no' },
        ],
      },
    },
    {
      type: 'input' as const,
      block_id: 'reason',
      label: plain('Why?'),
      element: { type: 'plain_text_input' as const, action_id: 'text', multiline: true, max_length: 300 },
    },
  ],
};

export type Seen = { bodies: Record<string, unknown>[] };

/** A Bolt app that does a little of everything, and remembers every payload. */
function register(app: App, seen: Seen): void {
  app.use(async ({ body, next }) => {
    seen.bodies.push(body as unknown as Record<string, unknown>);
    await next();
  });
  app.action('approve', async ({ ack, respond }) => {
    await ack();
    await respond({ replace_original: true, text: 'Approved' });
  });
  app.action('deny', async ({ ack, body, client }) => {
    await ack();
    await client.views.open({ trigger_id: (body as { trigger_id: string }).trigger_id, view: denyView });
  });
  app.action('more', async ({ ack }) => ack());
  app.action('silent', async () => {});
  app.view('deny', async ({ ack, view }) => {
    const reason = view.state.values.reason?.text?.value ?? '';
    if (reason === 'bad') await ack({ response_action: 'errors', errors: { reason: 'Say more' } });
    else if (reason === 'update')
      await ack({ response_action: 'update', view: { ...denyView, title: plain('Sure?') } });
    else if (reason === 'push')
      await ack({ response_action: 'push', view: { ...denyView, title: plain('More') } });
    else if (reason === 'clear') await ack({ response_action: 'clear' });
    else await ack();
  });
  app.view({ callback_id: 'deny', type: 'view_closed' }, async ({ ack }) => ack());
  app.command('/gate', async ({ ack, command, respond }) => {
    if (command.text === 'hang') return;
    await ack({ response_type: 'ephemeral', text: `You said: ${command.text}` });
    if (command.text === 'later') await respond('and later');
  });
  app.event('app_home_opened', async ({ event, client }) => {
    const blocks = [{ type: 'section' as const, text: plain('Nothing waits for you') }];
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
  });
  app.event('user_change', async () => {});
}

export type RunningApp = { seen: Seen; stop: () => Promise<void> };

/** The app over signed HTTP requests, or over Socket Mode. */
export async function runApp(slack: LocalSlack, over: 'http' | 'socket'): Promise<RunningApp> {
  const seen: Seen = { bodies: [] };
  const clientOptions = { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } };
  const common = { token: botToken, logLevel: LogLevel.ERROR, clientOptions, convoStore: false as const };
  if (over === 'socket') {
    const app = new App({ ...common, appToken, socketMode: true });
    register(app, seen);
    await app.start();
    return { seen, stop: async () => void (await app.stop()) };
  }
  const receiver = new SignedReceiver();
  const app = new App({ ...common, receiver });
  register(app, seen);
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const started = serve(
      { fetch: receiver.hono.fetch, port: 0, hostname: '127.0.0.1' },
      (at: AddressInfo) => {
        slack.requestUrl = `http://127.0.0.1:${at.port}/slack/events`;
        resolve(started);
      },
    );
  });
  return { seen, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** The least a receiver must do: check the signature and its age, and let Bolt acknowledge. */
class SignedReceiver implements Receiver {
  readonly hono = new Hono();
  private bolt: App | undefined;

  constructor() {
    this.hono.post('/slack/events', async (c) => {
      const raw = await c.req.text();
      const timestamp = c.req.header('x-slack-request-timestamp') ?? '';
      if (!isSigned(raw, timestamp, c.req.header('x-slack-signature') ?? ''))
        return c.text('bad signature', 401);
      return new Promise<Response>((resolve) => {
        const ack: ReceiverEvent['ack'] = async (answer) =>
          resolve(typeof answer === 'object' ? c.json(answer) : c.text((answer as string | undefined) ?? ''));
        void this.bolt?.processEvent({ body: bodyOf(raw, c.req.header('content-type') ?? ''), ack });
      });
    });
  }
  init(app: App): void {
    this.bolt = app;
  }
  async start(): Promise<void> {}
  async stop(): Promise<void> {}
}

function isSigned(raw: string, timestamp: string, signature: string): boolean {
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false;
  const wanted = Buffer.from(
    `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${raw}`).digest('hex')}`,
  );
  const got = Buffer.from(signature);
  return got.length === wanted.length && timingSafeEqual(got, wanted);
}

function bodyOf(raw: string, type: string): Record<string, unknown> {
  if (type.includes('json')) return JSON.parse(raw);
  const form = new URLSearchParams(raw);
  return form.has('payload') ? JSON.parse(form.get('payload')!) : Object.fromEntries(form);
}
