import { randomUUID } from 'node:crypto';
import type { RequestBody } from '../../src/api.ts';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { type Database, openPostgres } from '../../src/store/database.ts';
import { freshPostgres } from './databases.ts';
import { cardsIn } from './invariants.ts';
import { makeServer, type ServerProcess, sharedSecrets } from './server-process.ts';
import { openSlack, type Place, type Transport } from './story.ts';

/** Servers in processes of their own, two unless more are wished for, over one PostgreSQL and one Slack. */
export interface Replicas {
  slack: LocalSlack;
  a: ServerProcess;
  b: ServerProcess;
  /** All of them: `a` and `b` are the first two. */
  servers: ServerProcess[];
  database: Database;
  publicKey: string;
  token: string;
  /** Asks one of them to run something; resolves to the request as it was answered. */
  ask(at: ServerProcess, environment: string, ...argv: string[]): Promise<RequestBody>;
  read(at: ServerProcess, id: string): Promise<RequestBody>;
  cardOf(id: string): Promise<Place>;
  close(): Promise<void>;
}

export interface ReplicasOptions {
  /** How many servers. */
  count?: number;
  /** Another database than a fresh one of the suite's PostgreSQL. */
  databaseUrl?: string;
  variables?: Record<string, string>;
}

/** @param config another configuration than that of the tests */
export async function startReplicas(
  transport: Transport,
  config?: string,
  { count = 2, databaseUrl: given, variables = {} }: ReplicasOptions = {},
): Promise<Replicas> {
  // Slack gives an app three seconds; two busy cores may need more for two hundred presses at once.
  const [slack, { url: databaseUrl, drop }] = [
    await openSlack({ ackMs: 20_000 }),
    given === undefined ? await freshPostgres() : { url: given, drop: async () => {} },
  ];
  const options = { slack, transport, databaseUrl, variables: { ...sharedSecrets(), ...variables }, config };
  const servers: ServerProcess[] = [];
  for (let i = 0; i < count; i++) servers.push(await makeServer(options));
  const [a, b = a] = servers as [ServerProcess, ServerProcess?];
  // At once, as an orchestrator does, and on a database that nobody has used yet.
  await Promise.all(servers.map((server) => server.start()));
  const [token, publicKey, database] = [
    await a.token(),
    await a.publicKey(),
    await openPostgres(databaseUrl, { connections: 2 }),
  ];
  return {
    slack,
    a,
    b,
    servers,
    database,
    publicKey,
    token,
    ask: async (at, environment, ...argv) => {
      // Each of a run of its own: many of one run would share a card.
      const body = { environment, argv, context: { run_id: randomUUID() } };
      const answer = await at.call('POST', '/api/v1/requests', { token, body });
      if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as RequestBody;
    },
    read: async (at, id) =>
      (await (await at.call('GET', `/api/v1/requests/${id}`, { token })).json()) as RequestBody,
    cardOf: async (id) => {
      const what = `the card of ${id}`;
      const { channel, ts } = await slack.waitFor(() => cardsIn(slack).get(id)?.[0], {
        what,
        timeoutMs: 20_000,
      });
      return { channel, ts };
    },
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
      await database.close();
      await slack.stop();
      await drop();
    },
  };
}

/** Follows a request by server-sent events, from after version `seen` on. */
export async function followEvents(
  at: ServerProcess,
  { id, token, seen }: { id: string; token: string; seen?: number },
): Promise<{ next(): Promise<{ id: number; request: RequestBody }>; close(): void }> {
  const stop = new AbortController();
  const answer = await at.call('GET', `/api/v1/requests/${id}/events`, {
    token,
    signal: stop.signal,
    headers: seen === undefined ? {} : { 'last-event-id': String(seen) },
  });
  if (answer.status !== 200 || !answer.body) throw new Error(`no events: ${answer.status}`);
  const texts = answer.body.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  let text = '';
  return {
    next: async () => {
      for (;;) {
        const event = /^event: request\n([\s\S]*?)\n\n/m.exec(text);
        if (event) {
          text = text.slice(event.index + event[0].length);
          const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(event[0])?.[1] ?? '';
          return { id: Number(field('id')), request: JSON.parse(field('data')) as RequestBody };
        }
        const { value, done } = await texts.next();
        if (done) throw new Error(`the events ended: ${text}`);
        text += value;
      }
    },
    close: () => stop.abort(),
  };
}
