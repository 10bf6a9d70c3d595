import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import type { Message, View } from '../../src/demo/local-slack/workspace.ts';
import { workAtNight } from '../../src/gate/night/night.ts';
import type { Database } from '../../src/store/database.ts';
import { advance } from './clock.ts';
import { type DatabaseKind, freshDatabase } from './databases.ts';
import { startTestGate, type TestGate } from './gate.ts';
import { type Ended, startGate } from './gate-process.ts';
import { cardsIn } from './invariants.ts';
import { openSlack, slackVariables } from './story.ts';
import { until } from './until.ts';

const DEPLOYS = 'C0PROD';
const CONFIG = `
url: http://gate.example.com
environments:
  production: { channel: "#deploys", reviewers: channel }
`;

export type Who = 'cleo' | 'ci';
export interface Asked {
  id: string;
  state: string;
  decision: { by: string } | null;
  /** What the terminal says of the runbook, before anybody is asked. */
  notes: string[];
}
interface Place {
  channel: string;
  ts: string;
}
interface Seen {
  says: string;
  place: Place;
}

/** The whole gate with its Slack over one database, and what people do with it in a month. */
export interface Month {
  slack: LocalSlack;
  database: Database;
  gate(): TestGate;

  /** Goes on to nine o'clock of a later day; the last night before it is done by then. */
  morning(days?: number): Promise<void>;
  /** How many nights are done, and how many records say so. */
  nights(): Promise<{ done: number; recorded: number }>;

  /** Cleo, who is in Slack, or the pipeline asks for a command in production. */
  asks(who: Who, command: string): Promise<Asked>;
  /** One after the other they are asked for, approved by somebody on their cards, and end well. */
  areApproved(by: string, who: Who, ...commands: string[]): Promise<void>;
  /** On its card, after 40 seconds. */
  approves(person: string, asked: Asked): Promise<void>;
  /** On its card, with a reason. */
  denies(person: string, asked: Asked, reason: string): Promise<void>;
  cardSays(asked: Asked, words: RegExp): Promise<string>;
  /** The latest message in the channel that reads so. */
  inChannel(words: RegExp): Promise<Seen>;

  /** `/gate rules` in the channel, as this person reads it. */
  listOf(person: string): Promise<Seen>;
  /** Opens the suggestion whose lines in the list have these words. */
  opens(person: string, words: string): Promise<View>;
  /** Opens and accepts it: what the modal says then. `values`: what else they fill in. */
  accepts(person: string, words: string, values?: Record<string, unknown>): Promise<string>;
  modal(person: string, words: RegExp): Promise<View>;
  read(shown: Message | View): string;
  /** Closes whatever this person has open. */
  closes(person: string): Promise<void>;

  /** An administrator changes how the gate learns, and starts the server anew. */
  restartedWith(learning: string): Promise<void>;
  /** What an administrator is answered by the API. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
  admin(target: string): Promise<any>;
  /** Runs `gate` in a terminal of its own, with the token of an administrator or Cleo's. */
  terminal(as: 'admin' | 'cleo', args: string[], more?: NodeJS.ProcessEnv): Promise<Ended>;
  close(): Promise<void>;
}

export async function startMonth(kind: DatabaseKind): Promise<Month> {
  const slack = await openSlack();
  const database = await freshDatabase(kind);
  const dataDirectory = mkdtempSync(path.join(tmpdir(), 'gatehouse-month-'));
  const start = async (learning: string): Promise<TestGate> => {
    const started = await startTestGate(
      // The server is started anew over it.
      { ...database, close: async () => {} },
      { config: `${CONFIG}learning: ${learning}\n`, variables: slackVariables(slack, 'http'), dataDirectory },
    );
    slack.requestUrl = `${started.address}/slack/events`;
    return started;
  };
  // The month begins in the morning, whenever it is played.
  await database.rows(
    sql`update clock.shift set by = date_trunc('day', pg_catalog.now(), 'UTC') + interval '33 hours' - pg_catalog.now()`,
  );
  let gate = await start('{}');
  const tokens = {
    ci: await gate.token(),
    cleo: await gate.token({ name: 'cleo', owner: 'UCLEO', kind: 'human' }),
  };

  const wait = <T>(what: string, find: () => T | undefined | false) =>
    slack.waitFor(find, { what, timeoutMs: 20_000 }) as Promise<NonNullable<T>>;
  const read = (shown: Message | View) => slack.texts(shown);
  const placeOf = async (id: string): Promise<Place> => {
    const { ts } = await wait(`the card of ${id}`, () => {
      const [card] = cardsIn(slack).get(id) ?? [];
      return card && slack.buttons(card).some(({ actionId }) => actionId === 'approve') && card;
    });
    return { channel: DEPLOYS, ts };
  };
  const admin: Month['admin'] = async (target) =>
    (await gate.call('GET', target, { token: gate.adminToken.token })).body;
  const call = async (who: Who, method: string, target: string, body?: unknown) =>
    (await gate.call(method, `/api/v1/requests${target}`, { token: tokens[who], body })).body;
  const asks = (who: Who, command: string): Promise<Asked> =>
    call(who, 'POST', '', { environment: 'production', command });
  /** It is also answered when something else about it changes. */
  const ended = (id: string): Promise<Asked> =>
    until(`${id} to end`, async () => {
      const seen = (await admin(`/api/v1/requests/${id}?wait=5`)) as Asked;
      return seen.state !== 'pending' && seen;
    });
  const modal = (person: string, words: RegExp) =>
    wait(`a modal of ${person} with ${words}`, () =>
      slack.openViews(person).findLast((view) => words.test(read(view))),
    );
  const closes = async (person: string) => {
    for (const { id } of slack.openViews(person)) await slack.closeView(person, id);
  };
  const listOf: Month['listOf'] = async (person) => {
    const before = slack.ephemeralsFor(person).length;
    await slack.slash(person, '/gate', 'rules', DEPLOYS);
    const list = await wait('the list', () => slack.ephemeralsFor(person)[before]);
    return { says: read(list), place: { channel: DEPLOYS, ts: list.ts } };
  };

  const opens: Month['opens'] = async (person, words) => {
    const { says, place } = await listOf(person);
    const list = slack.ephemeralsFor(person).find(({ ts }) => ts === place.ts);
    const lines = (list?.blocks ?? []) as unknown as ListLine[];
    const line = lines.find(({ text }) => text?.text?.includes(words));
    if (!line) throw new Error(`nothing in the list reads ${words}: ${says}`);
    await slack.click(person, place, line.accessory.action_id, { value: line.accessory.value });
    return modal(person, /What would pass|Would leave/);
  };
  const approves: Month['approves'] = async (person, { id }) => {
    const place = await placeOf(id);
    await advance(database, '40 seconds');
    await slack.click(person, place, 'approve');
    const { state } = await ended(id);
    if (state !== 'approved') throw new Error(`what ${person} approved is ${state}`);
  };

  return {
    slack,
    database,
    gate: () => gate,
    opens,
    approves,
    read,
    asks,
    modal,
    closes,
    listOf,
    morning: async (days = 1) => {
      const { done } = await nightsOf(database);
      await advance(database, `${days} days`);
      await until('the night to be done', async () => {
        await workAtNight(gate.deps);
        return (await nightsOf(database)).done > done;
      });
    },
    nights: () => nightsOf(database),
    areApproved: async (by, who, ...commands) => {
      for (const command of commands) {
        const asked = await asks(who, command);
        await approves(by, asked);
        await call(who, 'POST', `/${asked.id}/start`, { start_id: `start-of-${asked.id}` });
        await call(who, 'POST', `/${asked.id}/outcome`, { exit_code: 0, duration_ms: 1000 });
      }
    },
    denies: async (person, { id }, reason) => {
      await slack.click(person, await placeOf(id), 'deny');
      const why = await modal(person, /why|reason/i);
      await slack.submit(person, why.id, { words: reason });
      await ended(id);
      await closes(person);
    },
    cardSays: ({ id }, words) =>
      wait(`a card with ${words}`, () => {
        const [card] = cardsIn(slack).get(id) ?? [];
        return card && words.test(read(card)) && read(card);
      }),
    inChannel: async (words) => {
      const found = await wait(`${words} in the channel`, () =>
        slack.messages(DEPLOYS).findLast((message) => words.test(read(message))),
      );
      return { says: read(found), place: { channel: DEPLOYS, ts: found.ts } };
    },
    accepts: async (person, words, values = {}) => {
      const { id } = await opens(person, words);
      await slack.submit(person, id, values);
      const says = read(await modal(person, /accepted new rules|(already|denied)/));
      await closes(person);
      return says;
    },
    restartedWith: async (learning) => {
      await gate.close();
      gate = await start(learning);
    },
    admin,
    terminal: (as, args, more = {}) => {
      const token = as === 'admin' ? gate.adminToken.token : tokens.cleo;
      const env = { GATE_URL: gate.address, GATE_TOKEN: token, GATE_PUBLIC_KEY: gate.publicKey, ...more };
      return startGate(args, { env }).ended;
    },
    close: async () => {
      await gate.close();
      await database.close();
      await slack.stop();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

interface ListLine {
  text?: { text?: string };
  accessory: { action_id: string; value: string };
}

async function nightsOf(database: Database): Promise<{ done: number; recorded: number }> {
  const [found] = await database.rows<{ done: number; recorded: number }>(sql`select
    (select count(*)::int from nights where finished_at is not null and problem is null) as done,
    (select count(*)::int from records where type = 'night') as recorded`);
  return found ?? { done: 0, recorded: 0 };
}
