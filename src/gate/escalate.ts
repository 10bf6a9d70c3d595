import { type Taken, type Told, whoIsTold } from '../core/escalation.ts';
import type { Person } from '../core/people.ts';
import { isQuiet, type PersonSettings } from '../core/quiet.ts';
import type { Tx } from '../store/database.ts';
import { pagesOf } from '../store/pages.ts';
import { settingsOf } from '../store/people-settings.ts';
import { appendRecords, type Unsealed } from '../store/records.ts';
import { findRequest, lockRequest, type RequestRow } from '../store/requests.ts';
import { makeDue, openSteps, type StepRow, takeStep } from '../store/steps.ts';
import { finishTimers } from '../store/timers.ts';
import { timeNow } from './clock.ts';
import { type Deps, observeEnding } from './deps.ts';
import type { Ended } from './end-request.ts';
import { environmentAsked, environmentOf } from './environment-asked.ts';
import { failPoint } from './fail-point.ts';
import { setLadderTimer } from './ladder.ts';
import { page } from './page.ts';
import { resumeWithin } from './question.ts';
import { noteReach } from './reach.ts';
import { requestFacts } from './record-facts.ts';
import { showAnew } from './show-anew.ts';
import { tellStep } from './tell-step.ts';

/** What was found out about the people on a step, before anything is locked. */
interface Found {
  people: Person[] | null;
  settings: Map<string, PersonSettings>;
}

/**
 * The ladder's timer fired: takes the steps whose time has come. A step with nobody on it is taken at once and says
 * so, and the next one with it. Who is where is asked before the transaction; sending is left to rows.
 */
export async function escalate(deps: Deps, requestId: string): Promise<void> {
  const row = await findRequest(deps.database.db, requestId);
  if (row?.state !== 'pending' || row.leaderId !== null) return stopLadder(deps, requestId);
  const due = await openSteps(deps.database.db, requestId);
  const found = await findPeople(deps, row, due);
  const events: Parameters<Deps['observe']>[0][] = [];
  const ended = await deps.database.db.transaction((tx) => {
    events.length = 0;
    return climb(tx, deps, { requestId, found, events });
  });
  for (const event of events) deps.observe(event);
  if (ended) observeEnding(deps, ended);
}

/** It has ended, or shares the ladder of another. */
const stopLadder = (deps: Deps, requestId: string): Promise<void> =>
  deps.database.db.transaction(async (tx) => void (await finishTimers(tx, requestId, ['escalate'])));

/** Whoever the steps are for whose time has come. */
async function findPeople(deps: Deps, row: RequestRow, open: StepRow[]): Promise<Map<number, Found>> {
  const deciders = environmentAsked(deps, row);
  const found = new Map<number, Found>();
  for (const step of open.filter(({ isDue }) => isDue)) {
    if (step.audience === null) continue;
    // An emergency is decided by its list, and its environment's reviewers are told of it.
    const environment =
      row.emergency && step.kind === 'tell' ? environmentOf(deps, row.environment) : deciders;
    const people = deps.people ? await deps.people.audience(environment, step.audience) : null;
    const settings = await settingsOf(
      deps.database.db,
      (people ?? []).map(({ userId }) => userId),
    );
    found.set(step.id, { people, settings });
  }
  return found;
}

interface Climb {
  requestId: string;
  found: Map<number, Found>;
  events: Parameters<Deps['observe']>[0][];
}

async function climb(tx: Tx, deps: Deps, { requestId, found, events }: Climb): Promise<Ended | null> {
  const row = await lockRequest(tx, requestId);
  const now = await timeNow(tx, deps);
  // Nobody is called to what cannot be decided any more: its deadline ends it.
  if (row?.state !== 'pending' || row.leaderId !== null || now >= row.expiresAt) {
    await finishTimers(tx, requestId, ['escalate']);
    return null;
  }
  const isHeldUp = row.pausedUntil !== null && now < row.pausedUntil;
  if (row.pausedUntil && !isHeldUp) await resumeWithin(tx, row, now);
  const records: Unsealed[] = [];
  let early: string | null = null;
  for (const step of isHeldUp ? [] : await openSteps(tx, row.id)) {
    // One behind it may be due all the same: a page at once, or whoever is told of an emergency.
    if (!step.isDue && early === null) continue;
    const there = found.get(step.id);
    if (step.audience !== null && !there) {
      // Who is on it is asked before the next round, which is at once.
      if (early !== null) await makeDue(tx, step.id, early);
      break;
    }
    const told = audienceNow(row, step, there, now);
    if (step.kind === 'card' && there) {
      const ended = await noteReach(tx, deps, row, { ...there, now });
      if (ended) return ended;
    }
    const taken = await takeOne(tx, deps, { row, step, told, early, settings: there?.settings });
    if (!taken) continue;
    const isNobody = told.nobody !== null;
    events.push({
      kind: 'escalated',
      requestId,
      environment: row.environment,
      step: step.kind,
      nobody: isNobody,
    });
    if (step.kind !== 'card' || isNobody) records.push(escalatedRecord(row, step, taken));
    early = isNobody ? `before its time: ${told.nobody} at the step before` : null;
  }
  await setLadderTimer(tx, deps, isHeldUp ? row : { ...row, pausedUntil: null }, now);
  await showAnew(tx, [row.id]);
  await appendRecords(tx, deps, records);
  failPoint('step-before-commit');
  return null;
}

const escalatedRecord = (row: RequestRow, { position, kind, pager }: StepRow, taken: Taken): Unsealed => ({
  type: 'escalated',
  subject: row.id,
  digest: row.digest,
  facts: { ...requestFacts(row), step: { position, kind, pager, ...taken } },
});

function audienceNow(row: RequestRow, step: StepRow, found: Found | undefined, now: Date): Told {
  if (step.audience === null || !found) return { people: [], emails: [], nobody: null };
  return whoIsTold(step.audience, found.people, {
    askedBy: row.requester.people,
    // Nobody sleeps through an emergency.
    isQuiet: (person) =>
      step.kind === 'tell' && !row.emergency && isQuiet(found.settings.get(person.userId), person, now),
  });
}

interface Turn {
  row: RequestRow;
  step: StepRow;
  told: Told;
  early: string | null;
  settings: Found['settings'] | undefined;
}

/** @returns what became of it; null when somebody else took it */
async function takeOne(tx: Tx, deps: Deps, turn: Turn): Promise<Taken | null> {
  const { row, step, told } = turn;
  const spared = step.pager === null ? null : await whoHasIt(tx, row);
  const names = step.pager !== null ? [step.pager] : [...told.people.map(({ name }) => name), ...told.emails];
  const early = turn.early ?? step.taken?.early ?? null;
  const taken = { told: spared ? [] : names, nobody: told.nobody, early, spared };
  if (!(await takeStep(tx, step.id, taken))) return null;
  if (spared) return taken;
  if (step.pager !== null) await page(tx, row, { pager: step.pager, stepId: step.id, alone: row.emergency });
  else if (step.kind === 'tell' && told.nobody === null)
    await tellStep(tx, deps, { row, step, told, settings: turn.settings ?? new Map() });
  return taken;
}

/** Somebody on call has taken it at the provider: nobody else is paged, and the deadline stays. */
async function whoHasIt(tx: Tx, row: RequestRow): Promise<string | null> {
  const taken = (await pagesOf(tx, row.id)).find(({ wants }) => wants === 'acknowledged');
  return taken ? `${taken.acknowledgedBy ?? 'somebody on call'} has the page` : null;
}
