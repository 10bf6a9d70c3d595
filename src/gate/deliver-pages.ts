import { commandText } from '../core/command/command.ts';
import { redactText } from '../core/command/redact.ts';
import { said } from '../core/command/said.ts';
import { RISK_LEVELS } from '../core/risk/assessment.ts';
import type { Delivery, OnCall, Page } from '../on-call/on-call.ts';
import { cardsOf } from '../store/cards.ts';
import { findEmergency } from '../store/emergencies.ts';
import {
  claimDuePages,
  closeAgain,
  confirmPage,
  type DuePage,
  postponePage,
  requestsUnder,
  settlePage,
} from '../store/pages.ts';
import type { RequestRow } from '../store/requests.ts';
import type { Deps } from './deps.ts';
import { failPoint } from './fail-point.ts';
import { hasten } from './hasten.ts';
import { page as openAnother, REFRESH_SECONDS } from './page.ts';
import { showAnew } from './show-anew.ts';

const LEASE_SECONDS = 30;
/** A page that waited this long in our hands is given back: its lease might end on the way. */
const HANDS_OFF_MS = 10_000;
const AT_ONCE = 20;
const LONGEST_PAUSE_SECONDS = 60;

/**
 * Brings the incidents of whoever is on call to what they should be: opened, acknowledged, closed. Each is in one
 * hand at a time, and once it is to be closed it is never opened again.
 * @returns how many were due
 */
export async function deliverPages(deps: Deps): Promise<number> {
  const due = await claimDuePages(deps.database, AT_ONCE, LEASE_SECONDS);
  const claimedAt = performance.now();
  await Promise.all(
    due.map((page) =>
      deliver(deps, page, claimedAt).catch(async (error) => {
        deps.observe({ kind: 'fault', where: `page ${page.id}`, error });
        await postponePage(deps.database.db, page, 5, 'an internal fault; the log says more');
      }),
    ),
  );
  return due.length;
}

async function deliver(deps: Deps, due: DuePage, claimedAt: number): Promise<void> {
  const { db } = deps.database;
  const provider = deps.onCall.get(due.pager);
  // Nobody was ever told: there is nothing to close.
  if (due.wants === 'closed' && !due.mayBeOpen) return void (await settlePage(db, due, due.problem));
  const under = await requestsUnder(db, due.id);
  if (!provider) return await unknownPager(deps, due, under);
  const page = await toPage(deps, due, under);
  if (performance.now() - claimedAt > HANDS_OFF_MS)
    return void (await postponePage(db, due, 0, 'it was not its turn'));
  failPoint('page-before-send');
  const delivery = await call(provider, due, page);
  failPoint('page-after-send');
  if (delivery.ok) await confirmed(deps, due, delivery, under);
  else await failed(deps, due, { provider, delivery, under });
}

function call(provider: OnCall, due: DuePage, page: Page): Promise<Delivery> {
  switch (due.wants) {
    case 'open':
      return provider.trigger(page);
    case 'acknowledged':
      return provider.acknowledge(page);
    case 'closed':
      return provider.resolve(page);
  }
}

type Under = Awaited<ReturnType<typeof requestsUnder>>;

/** It was configured away while something waited under it. */
async function unknownPager(deps: Deps, due: DuePage, under: Under): Promise<void> {
  const problem = `${due.pager} is not configured any more`;
  await settlePage(deps.database.db, due, problem);
  for (const { request } of under.slice(0, 1))
    deps.observe({ kind: 'not-delivered', requestId: request.id, way: 'webhook', problem, final: true });
  await showOnCards(deps, under);
  for (const { request } of under)
    if (request.state === 'pending') await hasten(deps, request.id, `before its time: ${problem}`);
}

async function confirmed(
  deps: Deps,
  due: DuePage,
  delivery: Delivery & { ok: true },
  under: Under,
): Promise<void> {
  const isOurs = await confirmPage(deps.database.db, due, {
    reference: delivery.reference,
    quietSeconds: REFRESH_SECONDS,
  });
  // Our call may have come after another one's closing: then it opened what nobody waits for.
  if (!isOurs && due.wants === 'open') await closeAgain(deps.database.db, due.id);
  const [first] = under;
  if (first) deps.observe({ kind: 'delivered', requestId: first.request.id, way: kindOf(deps, due) });
  await showOnCards(deps, under);
}

async function failed(
  deps: Deps,
  due: DuePage,
  { provider, delivery, under }: { provider: OnCall; delivery: Delivery & { ok: false }; under: Under },
): Promise<void> {
  const { db } = deps.database;
  const { problem, retry } = delivery;
  for (const { request } of under.slice(0, 1)) {
    deps.observe({
      kind: 'not-delivered',
      requestId: request.id,
      way: provider.kind,
      problem,
      final: !retry,
    });
  }
  if (retry) await postponePage(db, due, pauseOf(delivery, due.attempts), problem);
  else await settlePage(db, due, problem);
  await showOnCards(deps, under);
  if (due.wants === 'open' && due.attempts === 1) await tryAnother(deps, due, provider, under);
}

/** As soon as one way fails the next one is tried: another provider, or else the next step of the ladder. */
async function tryAnother(deps: Deps, due: DuePage, provider: OnCall, under: Under): Promise<void> {
  if (provider.fallback !== null && deps.onCall.has(provider.fallback)) {
    const pager = provider.fallback;
    await deps.database.db.transaction(async (tx) => {
      for (const { request, stepId } of under.filter(isOpen))
        await openAnother(tx, request, { pager, stepId, alone: request.emergency });
    });
    return;
  }
  for (const { request } of under.filter(({ request }) => request.state === 'pending'))
    await hasten(deps, request.id, `before its time: ${due.pager} does not work`);
}

const pauseOf = ({ afterSeconds }: { afterSeconds: number | null }, attempts: number): number =>
  afterSeconds ?? Math.min(LONGEST_PAUSE_SECONDS, 2 ** attempts);

const kindOf = (deps: Deps, due: DuePage): OnCall['kind'] => deps.onCall.get(due.pager)?.kind ?? 'webhook';

/** Cards say whether whoever is on call was told. */
async function showOnCards(deps: Deps, under: Under): Promise<void> {
  const shown = under.filter(isOpen).map(({ request }) => request.id);
  await deps.database.db.transaction((tx) => showAnew(tx, shown));
}

/** It waits, or it is about the retrospective of an emergency: then no step of a ladder paged. */
const isOpen = (each: Under[number]): boolean => each.request.state === 'pending' || isLookBack(each);
const isLookBack = ({ request, stepId }: Under[number]): boolean =>
  stepId === null && request.emergency && request.state === 'approved';

const SUMMARY_COMMAND = 120;

/** What is said to whoever is on call: a line and links. The command's secrets are long gone; it is cut all the same. */
async function toPage(deps: Deps, due: DuePage, under: Under): Promise<Page> {
  const rows = under.map(({ request }) => request);
  const waiting = rows.filter(({ state }) => state === 'pending');
  const shown = waiting[0] ?? rows[0];
  const level = RISK_LEVELS.findLast((each) => rows.some((row) => row.assessment.level === each)) ?? 'HIGH';
  const card = shown ? (await cardsOf(deps.database.db, shown.id)).find(({ permalink }) => permalink) : null;
  const lookBack = under.find(isLookBack)?.request;
  return {
    key: due.id,
    summary: lookBack ? overdueOf(lookBack) : summaryOf(due, waiting, shown),
    environment: due.environment,
    level,
    waiting: waiting.length,
    url: shown ? `${deps.url}/requests/${shown.id}` : deps.url,
    cardUrl: card?.permalink ?? null,
    details: shown ? detailsOf(shown, waiting.length) : {},
    ending: lookBack ? await lookedBackAt(deps, lookBack) : waiting.length > 0 ? null : endingOf(shown),
  };
}

const overdueOf = ({ environment, command }: RequestRow): string =>
  `${environment}: the retrospective of an emergency is overdue: "${inOneLine(command)}"`;

async function lookedBackAt(deps: Deps, { id }: RequestRow): Promise<string | null> {
  const debt = await findEmergency(deps.database.db, id);
  return debt?.closedAt ? `the retrospective was given by ${debt.closedByName ?? 'somebody'}` : null;
}

function summaryOf(
  { environment, storm }: DuePage,
  waiting: RequestRow[],
  shown: RequestRow | undefined,
): string {
  if (storm || waiting.length > 1) return `${waiting.length} requests wait in ${environment}`;
  if (!shown) return `A request waited in ${environment}`;
  const { level, score } = shown.assessment;
  const what = shown.emergency ? 'EMERGENCY, approve' : 'approve';
  return `${environment}: ${what} "${inOneLine(shown.command)}"? ${level} risk (${score})`;
}

const inOneLine = (command: RequestRow['command']): string =>
  said(redactText(commandText(command)), SUMMARY_COMMAND);

function detailsOf(row: RequestRow, waiting: number): Record<string, string> {
  return {
    'asked by': row.requester.actor ?? row.requester.tokenName,
    project: row.project,
    ...(row.state === 'approved'
      ? { approved: row.decidedAt?.toISOString() ?? '' }
      : { 'waits until': row.expiresAt.toISOString() }),
    ...(waiting > 1 && { 'requests waiting': String(waiting) }),
    ...(row.emergency && { emergency: 'yes' }),
  };
}

function endingOf(row: RequestRow | undefined): string {
  const people = row?.decision?.people.map(({ name }) => name).join(', ');
  return row ? `${row.state}${people ? ` by ${people}` : ''}` : 'it is over';
}
