import { type Taken, type Told, whoIsTold } from '../core/escalation.ts';
import type { Person } from '../core/people.ts';
import { isQuiet, type PersonSettings } from '../core/quiet.ts';
import type { Tx } from '../store/database.ts';
import { pagesOf } from '../store/pages.ts';
import { settingsOf } from '../store/people-settings.ts';
import { appendRecord } from '../store/records.ts';
import { findRequest, lockRequest, type RequestRow } from '../store/requests.ts';
import { dueSteps, openSteps, type StepRow, takeStep } from '../store/steps.ts';
import { finishTimers } from '../store/timers.ts';
import { timeNow } from './clock.ts';
import { type Deps, observeEnding } from './deps.ts';
import type { Ended } from './end-request.ts';
import { environmentAsked, environmentOf } from './environment-asked.ts';
import { hastenWithin, setLadderTimer } from './ladder.ts';
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
  const ended = await deps.database.db.transaction((tx) => climb(tx, deps, { requestId, found, events }));
  for (const event of events) deps.observe(event);
  if (ended) observeEnding(deps, ended);
}

/** It has ended, or shares the ladder of another. */
const stopLadder = (deps: Deps, requestId: string): Promise<void> =>
  deps.database.db.transaction(async (tx) => void (await finishTimers(tx, requestId, ['escalate'])));

/** Whoever the next steps are for: two, since an empty one takes the next with it. */
async function findPeople(deps: Deps, row: RequestRow, open: StepRow[]): Promise<Map<number, Found>> {
  const deciders = environmentAsked(deps, row);
  const found = new Map<number, Found>();
  for (const step of open.filter(({ audience }) => audience !== null).slice(0, 3)) {
    // An emergency is decided by its list, and its environment's reviewers are told of it.
    const environment =
      row.emergency && step.kind === 'tell' ? environmentOf(deps, row.environment) : deciders;
    const people =
      step.audience && deps.people ? await deps.people.audience(environment, step.audience) : null;
    const settings = await settingsOf(
      deps.database.db,
      (people ?? []).map(({ userId }) => userId),
    );
    found.set(step.id, { people, settings });
  }
  return found;
}

async function climb(
  tx: Tx,
  deps: Deps,
  given: { requestId: string; found: Map<number, Found>; events: Parameters<Deps['observe']>[0][] },
): Promise<Ended | null> {
  const row = await lockRequest(tx, given.requestId);
  await finishTimers(tx, given.requestId, ['escalate']);
  if (row?.state !== 'pending' || row.leaderId !== null) return null;
  const now = await timeNow(tx, deps);
  if (row.pausedUntil && now < row.pausedUntil) {
    await setLadderTimer(tx, deps, row, now);
    await showAnew(tx, [row.id]);
    return null;
  }
  if (row.pausedUntil) await resumeWithin(tx, row, now);

  const records: Parameters<typeof appendRecord>[2][] = [];
  for (;;) {
    const [step] = await dueSteps(tx, row.id);
    // What was not looked at before is taken in the next round.
    if (!step || (step.audience !== null && !given.found.has(step.id))) break;
    const found = given.found.get(step.id) ?? { people: null, settings: new Map() };
    const told = audienceNow(row, step, found, now);
    if (step.kind === 'card') {
      const ended = await noteReach(tx, deps, row, { people: found.people, settings: found.settings, now });
      if (ended) return ended;
    }
    const taken = await takeOne(tx, deps, row, step, told);
    if (!taken) continue;
    given.events.push({
      kind: 'escalated',
      requestId: row.id,
      environment: row.environment,
      step: step.kind,
      nobody: told.nobody !== null,
    });
    if (step.kind !== 'card' || told.nobody !== null) {
      const facts = {
        ...requestFacts(row),
        step: { position: step.position, kind: step.kind, pager: step.pager, ...taken },
      };
      records.push({ type: 'escalated', subject: row.id, digest: row.digest, facts });
    }
    if (told.nobody !== null)
      await hastenWithin(tx, row.id, `before its time: ${told.nobody} at the step before`);
  }
  await setLadderTimer(tx, deps, { ...row, pausedUntil: null }, now);
  await showAnew(tx, [row.id]);
  for (const record of records) await appendRecord(tx, deps, record);
  return null;
}

function audienceNow(row: RequestRow, step: StepRow, { people, settings }: Found, now: Date): Told {
  if (step.audience === null) return { people: [], emails: [], nobody: null };
  return whoIsTold(step.audience, people, {
    askedBy: row.requester.people,
    // Nobody sleeps through an emergency.
    isQuiet: (person) =>
      step.kind === 'tell' && !row.emergency && isQuiet(settings.get(person.userId), person, now),
  });
}

/** @returns what became of it; null when somebody else took it */
async function takeOne(
  tx: Tx,
  deps: Deps,
  row: RequestRow,
  step: StepRow,
  told: Told,
): Promise<Taken | null> {
  const spared = step.pager === null ? null : await whoHasIt(tx, row);
  const names = step.pager !== null ? [step.pager] : [...told.people.map(({ name }) => name), ...told.emails];
  const taken = { told: spared ? [] : names, nobody: told.nobody, early: step.taken?.early ?? null, spared };
  const isTaken = await takeStep(tx, step.id, taken);
  if (!isTaken) return null;
  if (spared) return taken;
  if (step.pager !== null) await page(tx, row, { pager: step.pager, stepId: step.id, alone: row.emergency });
  else if (step.kind === 'tell' && told.nobody === null) await tellStep(tx, deps, row, step, told);
  return taken;
}

/** Somebody on call has taken it at the provider: nobody else is paged, and the deadline stays. */
async function whoHasIt(tx: Tx, row: RequestRow): Promise<string | null> {
  const taken = (await pagesOf(tx, row.id)).find(({ wants }) => wants === 'acknowledged');
  return taken ? `${taken.acknowledgedBy ?? 'somebody on call'} has the page` : null;
}
