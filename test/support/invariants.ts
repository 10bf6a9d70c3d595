import { asc, sql } from 'drizzle-orm';
import { expect, vi } from 'vitest';
import { hashOf } from '../../src/core/proof/envelope.ts';
import { DECISION_TYPES } from '../../src/core/proof/record.ts';
import { verifyRecord } from '../../src/core/proof/verify.ts';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import type { Message } from '../../src/demo/local-slack/workspace.ts';
import type { Database } from '../../src/store/database.ts';
import type { RequestRow } from '../../src/store/requests.ts';
import { cards, chainHead, outbox, records, requests, timers } from '../../src/store/schema.ts';

/** A card whose server died between posting and noting is free again after half a minute. */
const SETTLED_WITHIN_MS = 50_000;
/** Somebody may write while it is read. */
const AT_ONE_MOMENT = { isolationLevel: 'repeatable read', accessMode: 'read only' } as const;
const DECIDING = ['approve', 'deny', 'review'];

/**
 * What holds after every story, whatever crashed in it: each request waits or has ended once, with one record of its
 * decision; the chain is whole and signed; every card shows the end; nothing happened before its time.
 * Waits for the cards, which follow the database.
 */
export async function expectInvariants(
  database: Database,
  slack: LocalSlack,
  publicKey: string,
): Promise<void> {
  await vi.waitFor(async () => expect(await unsettled(database, slack)).toEqual([]), {
    timeout: SETTLED_WITHIN_MS,
    interval: 100,
  });
  expect(await faultsIn(database, publicKey)).toEqual([]);
}

/** What the database says against itself. */
export const faultsIn = async (database: Database, publicKey: string): Promise<string[]> => [
  ...(await faultsOfPages(database)),
  ...(await faultsOfRequests(database)),
  ...(await faultsOfTheChain(database, publicKey)),
  ...(await firedEarly(database)),
];

/** No incident stays open, or is opened, for what has ended. */
const faultsOfPages = async (database: Database): Promise<string[]> =>
  (
    await database.rows<{ fault: string }>(sql`
      select id || ' is open and nothing waits under it' as fault from pages
        where wants <> 'closed' and not exists (
          select 1 from page_requests join requests on requests.id = request_id
          where page_id = pages.id and (state = 'pending' or exists (
            select 1 from emergencies where emergencies.request_id = requests.id and closed_at is null)))
      union all select request_id || ' took a step before its time' from steps where taken_at < due_at
      union all select id || ' has ended and its ladder goes on' from requests
        where state <> 'pending' and exists (
          select 1 from timers where request_id = requests.id and kind = 'escalate' and done_at is null)`)
  ).map(({ fault }) => fault);

const hasEnded = ({ state }: RequestRow): boolean => state !== 'pending';

/** What Slack does not show yet, of what has ended. */
async function unsettled(database: Database, slack: LocalSlack): Promise<string[]> {
  const [all, rows, messages] = [
    await database.db.select().from(requests),
    await database.db.select().from(cards),
    await database.db.select().from(outbox),
  ];
  const behind = await database.rows<{ id: string }>(
    sql`select id from pages where wants = 'closed' and wanted_version > shown_version`,
  );
  const faults = behind.map(({ id }) => `the incident ${id} is not closed at its provider`);
  faults.push(...messages.filter((m) => m.doneAt === null).map((m) => `message ${m.key} is not sent`));
  const shown = cardsIn(slack);
  for (const request of all) {
    const { id, state } = request;
    const own = rows.filter((row) => row.requestId === id && row.batchId === null);
    const late = own.filter((row) => row.ts === null || row.shownVersion < request.version);
    if (late.length > 0)
      faults.push(`${id}: version ${request.version}, a card row is behind: ${JSON.stringify(late)}`);
    const onScreen = shown.get(id) ?? [];
    if (own.length > 0 && onScreen.length === 0) faults.push(`${id}: there is no card in Slack`);
    if (!hasEnded(request)) continue;
    for (const message of onScreen) {
      const text = slack.texts(message);
      if (!text.toLowerCase().includes(state)) faults.push(`${id}: a card does not say ${state}: ${text}`);
      const buttons = slack.buttons(message).map(({ actionId }) => actionId);
      if (buttons.some((button) => DECIDING.includes(button)))
        faults.push(`${id}: a card of a request that is ${state} has the buttons ${buttons.join(', ')}`);
    }
  }
  return [...faults, ...unsettledBatches(slack, all, rows)];
}

/** On a card of several requests whatever has ended says so and offers nothing any more. */
function unsettledBatches(
  slack: LocalSlack,
  all: RequestRow[],
  rows: (typeof cards.$inferSelect)[],
): string[] {
  const faults: string[] = [];
  for (const row of rows.filter(({ batchId }) => batchId !== null)) {
    if (row.ts === null || row.shownVersion < row.wantedVersion)
      faults.push(`${row.batchId}: the card is behind: ${JSON.stringify(row)}`);
    const message = row.ts === null ? undefined : slack.message(row.channel, row.ts);
    if (!message) continue;
    for (const { id, state } of all.filter((one) => one.batchId === row.batchId && hasEnded(one))) {
      if (!slack.texts(message).includes(state)) faults.push(`${id}: its batch does not say ${state}`);
      if (slack.buttons(message).some(({ actionId, value }) => DECIDING.includes(actionId) && value === id))
        faults.push(`${id}: is ${state} and can be decided on its batch`);
    }
  }
  return faults;
}

/** Every card in the local Slack by its request, known to the gate or not. */
export function cardsIn(slack: LocalSlack): Map<string, Message[]> {
  const found = new Map<string, Message[]>();
  for (const channel of slack.channels.keys()) {
    for (const message of slack.messages(channel)) {
      const row = message.blocks?.find(({ block_id }) => block_id.startsWith('request:'));
      const id = row?.block_id.slice('request:'.length);
      if (id) found.set(id, [...(found.get(id) ?? []), message]);
    }
  }
  return found;
}

export async function faultsOfRequests({ db }: Database): Promise<string[]> {
  const [all, written, set] = await db.transaction(
    async (tx) => [
      await tx.select().from(requests),
      await tx.select().from(records),
      await tx.select().from(timers),
    ],
    AT_ONE_MOMENT,
  );
  const faults: string[] = [];
  for (const request of all) {
    const { id, state } = request;
    const own = written.filter((record) => record.requestId === id);
    const count = (type: string) => own.filter((record) => record.type === type).length;
    const endings = own.filter(({ type }) => (DECISION_TYPES as readonly string[]).includes(type));
    const expected = hasEnded(request) ? [state] : [];
    const types = endings.map(({ type }) => type);
    if (types.join() !== expected.join()) faults.push(`${id}: is ${state}, its records say "${types}"`);
    if (hasEnded(request) !== (request.decision !== null && request.decidedAt !== null))
      faults.push(`${id}: is ${state} and its decision is ${JSON.stringify(request.decision)}`);
    if (count('requested') !== 1) faults.push(`${id}: was asked for ${count('requested')} times`);
    for (const type of ['started', 'completed', 'lapsed']) {
      if (count(type) > 1) faults.push(`${id}: ${type} ${count(type)} times`);
    }
    if (request.startedAt && state !== 'approved') faults.push(`${id}: started and is ${state}`);
    if (request.startedAt && request.lapsedAt) faults.push(`${id}: started and lapsed`);
    if (JSON.stringify(request.grant) !== JSON.stringify(state === 'approved' ? endings[0]?.envelope : null))
      faults.push(`${id}: its grant is not the record of its approval`);
    const open = set.filter(
      (timer) => timer.requestId === id && timer.doneAt === null && timer.kind !== 'lapse',
    );
    if (hasEnded(request) && open.length > 0) faults.push(`${id}: has ended and its ${open[0]?.kind} runs`);
  }
  return faults;
}

export async function faultsOfTheChain({ db }: Database, publicKey: string): Promise<string[]> {
  const faults: string[] = [];
  let [seq, prev]: [number, string | null] = [0, null];
  const [chain, heads] = await db.transaction(
    async (tx) => [
      await tx.select().from(records).orderBy(asc(records.seq)),
      await tx.select().from(chainHead),
    ],
    AT_ONE_MOMENT,
  );
  for (const record of chain) {
    seq += 1;
    const where = `record ${record.seq} (${record.type})`;
    const checked = verifyRecord(record.envelope, [publicKey]);
    if (record.seq !== seq) faults.push(`${where}: number ${seq} is missing before it`);
    if (!checked.good) faults.push(`${where}: ${checked.detail}`);
    else {
      const { chain: link, what } = checked.words;
      if (link.seq !== record.seq || link.prev !== prev) faults.push(`${where}: the chain is broken`);
      if (what !== record.type) faults.push(`${where}: its envelope says ${what}`);
    }
    if (record.hash !== hashOf(record.envelope)) faults.push(`${where}: its hash is another`);
    [seq, prev] = [record.seq, record.hash];
  }
  const [head] = heads;
  if (head?.seq !== seq || head.hash !== prev) faults.push(`the head of the chain is not its last record`);
  return faults;
}

/** By the database's clock, which decides about time. */
const firedEarly = async (database: Database): Promise<string[]> =>
  (
    await database.rows<{ fault: string }>(sql`
      select id || ' expired before its deadline' as fault from requests
        where state = 'expired' and decided_at < expires_at
      union all select id || ' was decided after its deadline' from requests
        where state in ('approved', 'denied') and decision->>'by' = 'people' and decided_at >= expires_at
      union all select id || ' lapsed before its time' from requests where lapsed_at < use_by
      union all select id || ' started after its time' from requests where started_at >= use_by
      union all select requests.id || ' was given up before its heartbeat was due'
        from requests join timers on request_id = requests.id and kind = 'heartbeat'
        where decision->>'by' = 'lost-contact' and decided_at < due_at`)
  ).map(({ fault }) => fault);
