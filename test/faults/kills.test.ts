import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RequestBody } from '../../src/api.ts';
import type { FailPoint } from '../../src/gate/fail-point.ts';
import { advance } from '../support/clock.ts';
import { cardsIn } from '../support/invariants.ts';
import { until } from '../support/until.ts';
import { runClient } from './client.ts';
import { inForm, isLong, largest, measured } from './form.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

vi.setConfig({ testTimeout: inForm(60_000, 900_000), hookTimeout: 120_000 });

/** How the life of the request goes on after somebody died at the point. */
type Life = 'approved' | 'expired' | 'paged';

interface Kill {
  point: FailPoint;
  case: string;
  promise: string;
  life?: Life;
  /** The dead one holds a row until its lease ends. */
  leaves?: 'lease';
  /** A story shows it, or the same path as another: once in a while is enough. */
  longOnly?: true;
}

const KILLS: Kill[] = [
  {
    point: 'submit-before-store',
    case: 'K1',
    promise: 'asked again with its key it is one request',
    longOnly: true,
  },
  {
    point: 'submit-before-commit',
    case: 'K1 K8',
    promise: 'nothing half-written; asked again it is one request',
  },
  { point: 'submit-before-answer', case: 'K2', promise: 'asked again it is the same request, with one card' },
  {
    point: 'slack-before-post',
    case: 'K3',
    promise: 'another server posts the card, once',
    leaves: 'lease',
    longOnly: true,
  },
  {
    point: 'slack-after-post',
    case: 'K3',
    promise: 'another server finds the card, and posts no second',
    leaves: 'lease',
    longOnly: true,
  },
  {
    point: 'slack-before-update',
    case: 'K3',
    promise: 'another server shows the end on the card',
    leaves: 'lease',
    longOnly: true,
  },
  {
    point: 'slack-after-update',
    case: 'K3',
    promise: 'the card shows the end',
    leaves: 'lease',
    longOnly: true,
  },
  { point: 'vote-before-count', case: 'K4', promise: 'the click counts when it is repeated', longOnly: true },
  {
    point: 'vote-before-commit',
    case: 'K4 K8',
    promise: 'no vote without its decision; the second click counts',
  },
  { point: 'end-before-record', case: 'K8', promise: 'no decision without its record; the chain has no gap' },
  { point: 'vote-after-commit', case: 'K5', promise: 'the client learns the decision from another server' },
  { point: 'start-before-commit', case: 'K5', promise: 'the approval is used once', longOnly: true },
  { point: 'start-after-commit', case: 'K5', promise: 'the same start asked again is the same start' },
  { point: 'report-before-commit', case: 'K5', promise: 'the outcome is reported once', longOnly: true },
  { point: 'report-after-commit', case: 'K5', promise: 'the outcome is reported once', longOnly: true },
  {
    point: 'expire-before-commit',
    case: 'K6 K8',
    promise: 'another server ends it once, at most 5 s late',
    life: 'expired',
  },
  {
    point: 'step-before-commit',
    case: 'K6',
    promise: 'another server takes the step, once',
    life: 'paged',
    leaves: 'lease',
    longOnly: true,
  },
  {
    point: 'page-before-send',
    case: 'K7',
    promise: 'one incident, closed in the end',
    life: 'paged',
    leaves: 'lease',
    longOnly: true,
  },
  {
    point: 'page-after-send',
    case: 'K7',
    promise: 'one incident under one key, closed in the end',
    life: 'paged',
    leaves: 'lease',
    longOnly: true,
  },
];

const RUNS = inForm(1, 20);

describe('a server is killed at each step of the life of a request; two others live on', () => {
  let world: FaultWorld;
  /** Those that were killed start again while the others work. */
  let starting: Promise<void> = Promise.resolve();
  beforeAll(async () => {
    world = await startFaultWorld({ count: inForm(2, 3) });
  });
  afterEach(async () => {
    await starting.catch(() => {});
    starting = Promise.resolve();
    await world.recover();
  });
  afterAll(async () => {
    await world.close();
  });

  /** Waits until somebody has died, and has it started again. */
  async function buryTheDead(): Promise<void> {
    const dead = await world.dead();
    await starting;
    starting = dead.start();
    if (!isLong) await starting;
  }

  async function live({ point, life = 'approved', leaves }: Kill, label: string): Promise<number> {
    await starting;
    world.arm(point);
    let asked: (request: RequestBody) => void = () => {};
    const taken = new Promise<RequestBody>((resolve) => {
      asked = resolve;
    });
    const died = buryTheDead();
    const outcome = runClient(world, 'production', ['echo', label], {
      withoutHeartbeat: true,
      onAsked: (request) => asked(request),
    });
    const wayOn = leaves && died.then(() => advance(world.database, '31 seconds'));
    const { id } = await taken;
    const card = await Promise.all([world.cardOf(id), isBefore(point, 'post') && wayOn]).then(
      ([place]) => place,
    );
    if (life === 'paged') {
      await advance(world.database, '6 minutes');
      await until('an incident', () => world.pager.incidents.length > 0);
      await wayOn;
    }
    if (life === 'expired') await advance(world.database, '10 minutes');
    else await world.press('UANA', card, 'approve');
    const { request, hasRun, decidedMs } = await outcome;
    expect({ state: request.state, hasRun }).toEqual(
      life === 'expired' ? { state: 'expired', hasRun: false } : { state: 'approved', hasRun: true },
    );
    await died;
    await wayOn;
    return decidedMs;
  }

  it.each(isLong ? KILLS : KILLS.filter(({ longOnly }) => !longOnly))(
    `at $point, ${RUNS} times`,
    async (kill) => {
      const times: number[] = [];
      for (let run = 0; run < RUNS; run++) {
        const label = `${kill.point}-${run}`;
        times.push(await live(kill, label));
        expect(await requestsFor(label)).toBe(1);
        await world.expectPromises();
        world.pager.incidents.length = 0;
      }
      const twice = [...cardsIn(world.slack).values()].filter((cards) => cards.length > 1).length;
      expect(twice).toBe(0);
      measured({
        case: kill.case,
        promise: `kill -9 at ${kill.point}: ${kill.promise}`,
        runs: RUNS,
        figures: { 'longest life of a request, ms': largest(times), 'second cards': twice },
      });
    },
  );

  const requestsFor = async (label: string): Promise<number> =>
    (await world.database.rows(sql`select id from requests where command::text like ${`%"${label}"%`}`))
      .length;
});

const isBefore = (point: FailPoint, step: string): boolean => point.endsWith(step);
