import { sql } from 'drizzle-orm';
import { said } from '../core/command/said.ts';
import type { InboundEvent } from '../on-call/on-call.ts';
import type { Tx } from '../store/database.ts';
import { orderMessages } from '../store/outbox.ts';
import { acknowledgePage, findPage, type PageRow, requestsUnder, unacknowledgePage } from '../store/pages.ts';
import { appendRecord } from '../store/records.ts';
import { lockRequest } from '../store/requests.ts';
import { inbox } from '../store/schema.ts';
import type { Deps } from './deps.ts';
import { requestFacts } from './record-facts.ts';
import { showAnew } from './show-anew.ts';

const LONGEST_NAME = 80;

/**
 * What a provider says of our incidents: somebody took it, or let it go. It shows on the cards and keeps others from
 * being paged. It never decides anything and moves no deadline: whoever took it decides in Slack or on the page.
 * A delivery that came before, or is about nothing of ours, changes nothing.
 * @returns how many of the events changed something
 */
export async function acknowledge(
  deps: Deps,
  pager: string,
  events: readonly InboundEvent[],
): Promise<number> {
  let changed = 0;
  for (const event of events) {
    changed += (await deps.database.db.transaction((tx) => take(tx, deps, pager, event))) ? 1 : 0;
  }
  return changed;
}

async function take(tx: Tx, deps: Deps, pager: string, event: InboundEvent): Promise<boolean> {
  const found = await findOurs(tx, pager, event);
  if (!found) return false;
  // The requests before the incident, as everything locks them.
  const waiting = [];
  for (const { request } of await requestsUnder(tx, found.id)) {
    const row = request.state === 'pending' ? await lockRequest(tx, request.id) : null;
    if (row?.state === 'pending') waiting.push(row);
  }
  const isNew = await tx
    .insert(inbox)
    .values({ provider: pager, deliveryId: event.deliveryId, receivedAt: sql`now()` })
    .onConflictDoNothing()
    .returning();
  if (isNew.length === 0) return false;
  const by = event.by === null ? null : said(event.by, LONGEST_NAME);
  if (!(await apply(tx, found, event, by))) return false;
  if (waiting.length === 0) return true;
  await showAnew(
    tx,
    waiting.map(({ id }) => id),
  );
  if (event.kind !== 'acknowledged') return true;
  await orderMessages(
    tx,
    waiting.slice(0, 1).map((row) => ({
      requestId: row.id,
      key: `acknowledged/${found.id}/${event.deliveryId}`,
      kind: 'thread' as const,
      payload: { version: row.version, says: { topic: 'acknowledged' as const, by } },
    })),
  );
  for (const row of waiting) {
    const facts = { ...requestFacts(row), pager, page: found.id, by };
    await appendRecord(tx, deps, { type: 'page-acknowledged', subject: row.id, digest: row.digest, facts });
  }
  return true;
}

async function findOurs(tx: Tx, pager: string, { key, reference }: InboundEvent): Promise<PageRow | null> {
  const byKey = key === null ? null : await findPage(tx, { id: key });
  if (byKey) return byKey.pager === pager ? byKey : null;
  return reference === null ? null : findPage(tx, { pager, reference });
}

/** Closed there is not decided here: it counts as somebody having it. */
function apply(tx: Tx, page: PageRow, event: InboundEvent, by: string | null): Promise<boolean> {
  return event.kind === 'unacknowledged'
    ? unacknowledgePage(tx, page.id)
    : acknowledgePage(tx, page.id, by, { tellProvider: false });
}
