import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { type FakePagerDuty, startFakePagerDuty } from '../../src/demo/pagers/fake-pagerduty.ts';
import type { FailPoint } from '../../src/gate/fail-point.ts';
import type { Database } from '../../src/store/database.ts';
import { type Balancer, startBalancer } from '../support/balancer.ts';
import { dumpOf, leaksOf } from '../support/canary.ts';
import { cardsIn, expectInvariants } from '../support/invariants.ts';
import { faultsOfLedger, type Ledger, stillOpen } from '../support/ledger.ts';
import { type Replicas, type ReplicasOptions, startReplicas } from '../support/replicas.ts';
import { sharedSecrets } from '../support/server-process.ts';
import { hasButton, type Place } from '../support/story.ts';
import { until } from '../support/until.ts';
import { inForm } from './form.ts';

/** Made at run time, so that no scanner takes it for a real one. Every client of these tests sends it along. */
export const CANARY = ['Qk7', 'canary', '2Vw9', 'Xr3t'].join('-');
/** What a test waits for at most, on a machine that does much else. */
const PATIENCE_MS = inForm(60_000, 150_000);
/** How long a person looks at a card that does not change, before another press. */
const LOOKS_FOR_MS = 3000;
const LOOK_AGAIN_MS = 20;
const ROUTING_KEY = 'r'.repeat(32);

const configOf = (pager: string) => `
url: http://gate.example.com
environments:
  production:
    channel: "#deploys"
    reviewers: channel
    expires_after: 10m
    escalation: [{ after: 6m, page: primary }]
  staging: { channel: "#staging", reviewers: channel }
  payments: { channel: "#payments", reviewers: { users: [UANA, UBEN] }, approvals: 2 }
on_call:
  primary: { kind: pagerduty, routing_key: "${ROUTING_KEY}", base_url: "${pager}" }
limits: { requests_per_second: 100000, burst: 100000, pending_per_token: 100000 }
`;

/** Servers that are killed, frozen and cut off; with all that watches them from outside. */
export interface FaultWorld extends Replicas {
  /** Where clients reach whichever server answers. */
  balancer: Balancer;
  pager: FakePagerDuty;
  ledger: Ledger;
  /** The next server to come by this point dies there. */
  arm(point: FailPoint): void;
  disarm(point: FailPoint): void;
  /** The one that is dead, once one is. */
  dead(): Promise<Replicas['a']>;
  /** Presses a button as a person would: again, at another server, when the first press got no answer. */
  press(person: string, place: Place, action: string): Promise<void>;
  /** Ana approves it as soon as she sees its card. A fault of that is found by `expectPromises`. */
  approve(requestId: string): void;
  /** One of the servers that live. */
  living(): Replicas['a'];
  /** Everything that must hold, whatever happened. */
  expectPromises(): Promise<void>;
  /** Aborted when the test is over: what it has begun ends with it. */
  readonly signal: AbortSignal;
  /** After each test: mends what is broken and ends what is open, so that a test that failed spoils no other. */
  recover(): Promise<void>;
}

export async function startFaultWorld(options: ReplicasOptions = {}): Promise<FaultWorld> {
  const pager = await startFakePagerDuty({ routingKeys: [ROUTING_KEY] });
  const fuses = mkdtempSync(path.join(tmpdir(), 'gatehouse-fuses-'));
  const replicas = await startReplicas('http', configOf(pager.url), {
    ...options,
    variables: { FAILPOINTS: fuses, ...options.variables },
  });
  const { slack, servers, database, publicKey } = replicas;
  const balancer = await startBalancer(servers.map(({ url }) => url));
  const ledger: Ledger = { accepted: new Set(), ran: [] };
  let turn = 0;
  let test = new AbortController();
  const living = () => {
    const left = servers.filter((server) => server.isRunning());
    const server = left[turn++ % left.length];
    if (!server) throw new Error('no server lives');
    return server;
  };
  const places = async () => ({
    database: await dumpOf(database),
    Slack: JSON.stringify([
      slack.calls,
      [...slack.channels.keys()].map((channel) => slack.messages(channel)),
    ]),
    logs: servers.map((server) => server.printed()).join('\n'),
    metrics: (
      await Promise.all(
        servers
          .filter((server) => server.isRunning())
          .map(async (server) => (await server.call('GET', '/metrics')).text()),
      )
    ).join('\n'),
    pagers: JSON.stringify(pager.calls),
  });
  const faults: string[] = [];
  const press: FaultWorld['press'] = async (person, place, action) => {
    const { signal } = test;
    // Nobody presses any more when the test is over.
    const isTaken = () => signal.aborted || !hasButton(slack, place, action);
    await until(
      `the press of ${person} to be taken`,
      async () => {
        if (isTaken()) return true;
        slack.requestUrl = living().slackUrl;
        const { status } = await slack.click(person, place, action);
        if (status !== 200) return false;
        // It is acknowledged before it counts: whoever sees nothing happen presses again.
        const late = performance.now() + LOOKS_FOR_MS;
        while (!isTaken() && performance.now() < late) await sleep(LOOK_AGAIN_MS);
        return isTaken();
      },
      PATIENCE_MS,
    );
  };
  const fell: string[] = [];
  const standUp = async (server: Replicas['a']) => {
    if (server.isRunning()) return server.thaw();
    if ((await server.ended()) === null)
      fell.push(`${server.url} has ended by itself:\n${server.printed().slice(-2000)}`);
    await server.start();
  };
  return {
    ...replicas,
    balancer,
    pager,
    ledger,
    get signal() {
      return test.signal;
    },
    recover: async () => {
      test.abort();
      test = new AbortController();
      for (const fuse of readdirSync(fuses)) rmSync(path.join(fuses, fuse), { force: true });
      slack.workAgain();
      Object.assign(slack, { down: false, postsPerSecond: null });
      await Promise.all(servers.map(standUp));
      for (const id of await openIn(database))
        await living().call('POST', `/api/v1/requests/${id}/withdraw`, { token: replicas.token, body: {} });
      for (const row of [ledger.ran, pager.incidents, faults]) row.length = 0;
      ledger.accepted.clear();
      expect(fell.splice(0)).toEqual([]);
    },
    arm: (point) => writeFileSync(path.join(fuses, point), ''),
    disarm: (point) => rmSync(path.join(fuses, point), { force: true }),
    dead: () => until('a server to die', () => servers.find((server) => !server.isRunning())),
    living,
    press,
    approve: (requestId) => {
      const { signal } = test;
      until('a card', () => signal.aborted || cardsIn(slack).get(requestId)?.[0], PATIENCE_MS)
        .then(async (card) => {
          if (card !== true) await press('UANA', { channel: card.channel, ts: card.ts }, 'approve');
        })
        .catch((error) => signal.aborted || faults.push(`${requestId}: could not be approved: ${error}`));
    },
    expectPromises: async () => {
      await expectInvariants(database, slack, publicKey);
      const keys = pager.incidents.map(({ key }) => key);
      expect([
        ...faults.splice(0),
        ...(await faultsOfLedger(database, publicKey, ledger)),
        ...(await stillOpen(database, ledger)),
        ...pager.incidents
          .filter(({ status }) => status !== 'resolved')
          .map(({ key }) => `${key}: still open`),
        ...keys.filter((key, i) => keys.indexOf(key) !== i).map((key) => `${key}: two incidents`),
        ...leaksOf(await places(), [CANARY]),
      ]).toEqual([]);
    },
    close: async () => {
      for (const server of servers) if (server.isRunning()) server.thaw();
      await balancer.close();
      await replicas.close();
      await pager.close();
      rmSync(fuses, { recursive: true, force: true });
    },
  };
}

const openIn = async (database: Database): Promise<string[]> =>
  (await database.rows<{ id: string }>(sql`select id from requests where state = 'pending'`)).map(
    ({ id }) => id,
  );

/** Lets `echo covered …` pass by a rule in staging. */
export async function coverEcho({ a }: Replicas): Promise<void> {
  const body = { rule: 'echo covered {slug}', environment: 'staging', project: '*' };
  const added = await a.call('POST', '/api/v1/rules', { token: ADMIN, body });
  if (added.status !== 201) throw new Error(`no rule: ${added.status} ${await added.text()}`);
}

const ADMIN = sharedSecrets().GATE_ADMIN_TOKEN ?? '';
