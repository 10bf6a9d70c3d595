import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Envelope } from '../../src/core/proof/envelope.ts';
import type { Caller } from '../../src/gate/authenticate.ts';
import { explainRequests } from '../../src/gate/explain-request.ts';
import { sweep } from '../../src/gate/sweep.ts';
import { vote } from '../../src/gate/vote.ts';
import { withdraw } from '../../src/gate/withdraw.ts';
import type { Database } from '../../src/store/database.ts';
import { findRequest, type RequestRow } from '../../src/store/requests.ts';
import { type ModelWorld, modelWorld } from '../model/world.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { callerOf, depsOver, type TestDeps, voterNamed } from '../support/deps.ts';
import { until } from '../support/until.ts';
import { mustSubmit, recordTypes } from '../support/verbs.ts';

const shell = (text: string) => ({ command: { kind: 'shell' as const, text } });

describe.each(DATABASE_KINDS)('explaining a request, %s', (kind) => {
  let database: Database;
  let world: ModelWorld;
  let deps: TestDeps;
  let caller: Caller;
  let count = 0;
  beforeAll(async () => {
    database = await freshDatabase(kind);
    deps = await depsOver(database);
    caller = await callerOf(deps);
  });
  afterAll(() => deps.close());
  beforeEach(async () => {
    world = await modelWorld();
    deps.model = world.model;
    deps.events.length = 0;
  });
  afterEach(async () => {
    await world.close();
    await database.rows(sql`update timers set done_at = now() where done_at is null`);
  });

  /** Another one each time: who asks the same shares a card. */
  const unusual = () => mustSubmit(deps, caller, shell(`kubectl delete namespace shop-${++count}`));
  const again = async ({ id }: RequestRow) => (await findRequest(database.db, id)) as RequestRow;
  const approve = ({ id }: RequestRow) =>
    vote(deps, { requestId: id, voter: voterNamed('ana'), verdict: 'approve', reason: null, method: 'card' });
  const expectNoText = async (row: RequestRow) => {
    expect((await again(row)).modelWords).toBeNull();
    expect(await recordTypes(database, row.id)).not.toContain('explained');
  };

  it('writes the text beside it, with prompt and model in the record, and nothing else', async () => {
    const row = await unusual();
    expect(await explainRequests(deps)).toBe(1);
    const words = {
      text: `Runs kubectl with 3 further words.`,
      prompt: 'explain-command@1',
      model: 'small-1',
    };
    const { modelWords, version, ...after } = await again(row);
    const { modelWords: _, version: was, ...before } = row;
    expect(modelWords).toEqual(words);
    expect(version).toBe(was + 1);
    expect(after).toEqual(before);
    const [record] = await database.rows<{ type: string; envelope: Envelope }>(
      sql`select type, envelope from records where request_id = ${row.id} order by seq desc limit 1`,
    );
    expect(record?.type).toBe('explained');
    const payload = JSON.parse(Buffer.from(record?.envelope.payload ?? '', 'base64').toString());
    expect(payload.predicate).toMatchObject({ event: 'explained', explanation: words });
    const [card] = await database.rows<{ wanted: number }>(
      sql`select wanted_version as wanted from cards where request_id = ${row.id}`,
    );
    expect(card?.wanted).toBe(version);
  });

  it('asks about a request once, however many look and however often', async () => {
    world.fake.behaviour = 'held';
    await unusual();
    const looks = [1, 2, 3].map(() => explainRequests(deps));
    await until('the question', () => world.fake.waiting() === 1);
    world.fake.release();
    const taken = await Promise.all(looks);
    expect(taken.toSorted()).toEqual([0, 0, 1]);
    expect(await explainRequests(deps)).toBe(0);
    expect(world.fake.calls).toHaveLength(1);
  });

  it.each(['garbage', 'injected', 'refusal', { status: 500 }] as const)(
    'leaves it without a text after %j, and does not ask again',
    async (behaviour) => {
      world.fake.behaviour = behaviour;
      const row = await unusual();
      await explainRequests(deps);
      expect(await again(row)).toEqual(row);
      await expectNoText(row);
      expect(await explainRequests(deps)).toBe(0);
      expect(world.fake.calls).toHaveLength(1);
    },
  );

  it('waits as long as the model rests', async () => {
    const row = await unusual();
    world.fake.behaviour = { status: 500 };
    deps.model = { ...world.model, isResting: () => true };
    expect(await explainRequests(deps)).toBe(0);
    deps.model = world.model;
    world.fake.behaviour = 'sensible';
    expect(await explainRequests(deps)).toBe(1);
    expect((await again(row)).modelWords).not.toBeNull();
  });

  it.each([
    ['approved', (row: RequestRow) => approve(row)],
    ['withdrawn', (row: RequestRow) => withdraw(deps, row.id, null)],
    [
      'expired',
      async () => {
        await advance(database, '11 minutes');
        await sweep(deps);
      },
    ],
  ] as const)('does not ask once it is %s', async (state, end) => {
    const row = await unusual();
    await end(row);
    expect((await again(row)).state).toBe(state);
    expect(await explainRequests(deps)).toBe(0);
    expect(world.fake.calls).toEqual([]);
  });

  it('throws the text away when it was decided meanwhile', async () => {
    world.fake.behaviour = 'held';
    const row = await unusual();
    const explaining = explainRequests(deps);
    await until('the question', () => world.fake.waiting() === 1);
    expect((await approve(row)).request?.state).toBe('approved');
    world.fake.release();
    await explaining;
    expect(world.asked).toMatchObject([{ result: 'answered' }]);
    await expectNoText(row);
  });

  it('throws the text away when the deadline passed meanwhile, before anybody noticed', async () => {
    world.fake.behaviour = 'held';
    const row = await unusual();
    const explaining = explainRequests(deps);
    await until('the question', () => world.fake.waiting() === 1);
    await advance(database, '11 minutes');
    world.fake.release();
    await explaining;
    expect((await again(row)).state).toBe('pending');
    await expectNoText(row);
  });

  it('asks nothing about what is not unusual, needs nobody, or is in words', async () => {
    // Somebody who has asked here before, for something that was approved here before.
    await advance(database, '1 day');
    await approve(await mustSubmit(deps, caller, shell('echo plain')));
    await database.rows(sql`update timers set done_at = now() where done_at is null`);
    world.fake.calls.length = 0;
    await mustSubmit(deps, caller, shell('echo plain again'));
    await mustSubmit(deps, caller, { command: { kind: 'action', text: 'drop the production database' } });
    await mustSubmit({ ...deps, canAsk: false }, caller, shell('rm -rf /'));
    expect(await explainRequests(deps)).toBe(0);
    expect(world.fake.calls).toEqual([]);
  });

  it('asks nothing without a model, or with one that is not to explain', async () => {
    deps.model = { ...world.model, explains: false };
    await unusual();
    deps.model = null;
    await unusual();
    deps.model = world.model;
    expect(await explainRequests(deps)).toBe(0);
  });

  it('explains once what is asked several times, and anew for who goes on with it', async () => {
    const text = `kubectl delete namespace twice-${kind}`;
    const first = await mustSubmit(deps, caller, shell(text));
    const second = await mustSubmit(deps, caller, shell(text));
    expect(second.leaderId).toBe(first.id);
    expect(await explainRequests(deps)).toBe(1);
    await withdraw(deps, first.id, null);
    expect(await explainRequests(deps)).toBe(1);
    expect((await again(second)).modelWords).toMatchObject({ model: 'small-1' });
  });
});
