import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import {
  type LocalSlack,
  type LocalSlackOptions,
  startLocalSlack,
} from '../../src/demo/local-slack/local-slack.ts';
import type { Message, View } from '../../src/demo/local-slack/workspace.ts';
import type { Deps, GateEvent } from '../../src/gate/deps.ts';
import type { Ask } from '../../src/gate/submit.ts';
import { openSlack } from '../../src/slack/open.ts';
import { type RunningSlack, startSlack } from '../../src/slack/start.ts';
import type { Database } from '../../src/store/database.ts';
import type { RequestRow } from '../../src/store/requests.ts';
import { callerOf, depsOver, PRODUCTION } from '../support/deps.ts';
import { mustSubmit } from '../support/verbs.ts';

export const DEPLOYS = 'C0DEPLOYS';
const SIGNING_SECRET = 'shhh';
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

const PEOPLE: LocalSlackOptions['people'] = [
  { id: 'UANA', name: 'ana', realName: 'Ana' },
  { id: 'UBEN', name: 'ben', realName: 'Ben' },
  { id: 'UCLEO', name: 'cleo', realName: 'Cleo' },
  { id: 'UDORA', name: 'dora', realName: 'Dora' },
  { id: 'UGUEST', name: 'gus', realName: 'Gus', isGuest: true },
  { id: 'USTRANGE', name: 'stan', realName: 'Stan', isStranger: true },
];

/** The Slack surface over a real database and a local Slack, as a test drives it. */
export interface Surface {
  slack: LocalSlack;
  deps: Deps & { events: GateEvent[] };
  running: RunningSlack;
  ask(over?: Partial<Ask> & { owner?: string }): Promise<RequestRow>;
  /** The card of a request, as soon as it reads so. */
  card(reads: string | RegExp, channel?: string): Promise<Message>;
  cards(channel?: string): Message[];
  read(message: Message): string;
  /** The modal this person has open, as soon as it reads so. */
  modal(person: string, reads?: string | RegExp): Promise<View>;
  /** What only this person was told, the latest as soon as it reads so. */
  toldPrivately(person: string, reads: string | RegExp): Promise<string>;
  stop(): Promise<void>;
}

export async function startSurface(
  database: Database,
  options: { mode?: 'http' | 'socket'; over?: Partial<Deps>; slack?: LocalSlack } = {},
): Promise<Surface> {
  const slack = options.slack ?? (await localSlack());
  const tokens =
    options.mode === 'socket' ? { appToken: 'xapp-1-A0GATEHOUSE-1' } : { signingSecret: SIGNING_SECRET };
  const opened = openSlack({
    botToken: 'xoxb-1',
    apiUrl: slack.apiUrl,
    log: quiet,
    observe: (event) => deps.observe(event),
    ...tokens,
  });
  const deps = await depsOver(database, {
    people: opened.people,
    environments: new Map([
      ['production', { ...PRODUCTION, channel: DEPLOYS }],
      [
        'staging',
        { ...PRODUCTION, name: 'staging', color: 'yellow', production: false, channel: '#staging' },
      ],
      [
        'payments',
        {
          ...PRODUCTION,
          name: 'payments',
          channel: DEPLOYS,
          approvals: 2,
          reviewers: { users: ['UANA', 'UBEN'], groups: ['S0DBA'] },
        },
      ],
    ]),
    ...options.over,
  });
  const running = await startSlack(deps, opened);
  const server = running.router ? await serve(running.router) : null;
  if (server) slack.requestUrl = `${server.url}/slack/events`;
  else await slack.waitFor(() => slack.socketMode.connections() > 0, { what: 'a socket' });

  const cards = (channel = DEPLOYS) => slack.messages(channel).filter((m) => m.byApp && !m.thread_ts);
  const read = (message: Message) => slack.texts(message);
  return {
    slack,
    deps,
    running,
    cards,
    read,
    ask: async ({ owner, ...over } = {}) => {
      return mustSubmit(deps, await callerOf(deps, { owner }), over);
    },
    card: (reads, channel) =>
      slack.waitFor(() => cards(channel).find((m) => new RegExp(reads).test(read(m))), {
        what: `a card with ${reads}`,
      }),
    modal: (person, reads = '') =>
      slack.waitFor(() => slack.openViews(person).find((view) => new RegExp(reads).test(slack.texts(view))), {
        what: `a modal with ${reads}`,
      }),
    toldPrivately: (person, reads) =>
      slack.waitFor(
        () =>
          slack
            .ephemeralsFor(person)
            .map(read)
            .find((words) => new RegExp(reads).test(words)),
        { what: `${person} to be told ${reads}` },
      ),
    stop: async () => {
      await running.stop();
      await server?.close();
      await deps.changes.close();
      if (!options.slack) await slack.stop();
    },
  };
}

export const localSlack = (over: Partial<LocalSlackOptions> = {}): Promise<LocalSlack> =>
  startLocalSlack({
    signingSecret: SIGNING_SECRET,
    botToken: 'xoxb-1',
    appToken: 'xapp-1-A0GATEHOUSE-1',
    people: PEOPLE,
    channels: [
      {
        id: DEPLOYS,
        name: 'deploys',
        members: ['UGATEHOUSE', 'UANA', 'UBEN', 'UCLEO', 'UGUEST', 'USTRANGE'],
      },
      { id: 'C0STAGING', name: 'staging', members: ['UGATEHOUSE', 'UANA', 'UDORA'] },
      { id: 'C0ELSEWHERE', name: 'elsewhere', members: ['UANA', 'UDORA', 'UGUEST'] },
    ],
    userGroups: [{ id: 'S0DBA', handle: 'dba', users: ['UCLEO'] }],
    ...over,
  });

async function serve(router: Hono): Promise<{ url: string; close(): Promise<void> }> {
  const app = new Hono().route('/', router);
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
