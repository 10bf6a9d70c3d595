import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { lastNight } from '../../core/night.ts';
import type { Tx } from '../../store/database.ts';
import {
  claimNight,
  finishNight,
  finishStep,
  type NightRow,
  type NightStep,
  postponeNight,
  renewNight,
  setNight,
} from '../../store/nights.ts';
import { appendRecord } from '../../store/records.ts';
import { timeNow } from '../clock.ts';
import type { Deps } from '../deps.ts';
import { failPoint } from '../fail-point.ts';
import { post } from './post.ts';
import { propose } from './propose.ts';
import { announce, prune } from './prune.ts';
import { report } from './report.ts';
import { study } from './study.ts';
import { askForWords } from './words.ts';

const LEASE_SECONDS = 60;

/** Another process has taken the night: what was under way here is left to it. */
class NightLost extends Error {}

/**
 * Sets the night that was due last, by the database's clock; of several missed ones only that. Before anybody asked
 * for anything there is nothing to study.
 */
export const setDueNight = (deps: Deps): Promise<boolean> =>
  deps.database.db.transaction(async (tx) => {
    const now = await timeNow(tx, deps);
    const { id, dueAt } = lastNight(now.getTime(), deps.learning);
    const due = new Date(dueAt);
    const [found] = await deps.database.rows<{ known: boolean; asked: boolean }>(
      sql`select exists (select 1 from nights where id >= ${id}) as known,
        exists (select 1 from requests where created_at < ${due.toISOString()}::timestamptz) as asked`,
      tx,
    );
    if (!found?.asked || found.known) return false;
    return setNight(tx, { id, dueAt: due });
  });

/**
 * Does the work of the night that is due, if nobody else does. A process that dies leaves what it had done, and another
 * goes on there.
 * @returns how many nights were worked on
 */
export async function workAtNight(deps: Deps): Promise<number> {
  await setDueNight(deps);
  const night = await claimNight(deps.database, randomUUID(), LEASE_SECONDS);
  if (!night) return 0;
  const lease = keepLease(deps, night);
  try {
    await workThrough(deps, night, lease.goOn);
  } catch (error) {
    if (error instanceof NightLost) return 1;
    deps.observe({ kind: 'fault', where: `night ${night.id}`, error });
    await postponeNight(deps.database, night, 'it stopped with a fault; the log says more');
  } finally {
    lease.stop();
  }
  return 1;
}

function keepLease(deps: Deps, night: NightRow): { goOn(): void; stop(): void } {
  let isLost = false;
  const renewal = setInterval(
    () =>
      renewNight(deps.database, night, LEASE_SECONDS).then(
        (isOurs) => {
          isLost ||= !isOurs;
        },
        (error: unknown) => deps.observe({ kind: 'fault', where: `lease of the night ${night.id}`, error }),
      ),
    (LEASE_SECONDS * 1000) / 4,
  );
  renewal.unref();
  return {
    goOn: () => {
      if (isLost) throw new NightLost();
    },
    stop: () => clearInterval(renewal),
  };
}

async function workThrough(deps: Deps, night: NightRow, goOn: () => void): Promise<void> {
  const step = async (name: NightStep, work: () => Promise<(tx: Tx) => Promise<Counts>>) => {
    if (night.done.includes(name)) return;
    goOn();
    const begun = performance.now();
    const take = await work();
    const counts = await inOneStep(deps, night, name, take);
    failPoint('night-after-step');
    observeStep(deps, night, name, begun, counts);
  };
  await step('learn', async () => {
    const studied = await study(deps, goOn);
    const now = (await timeNow(null, deps)).getTime();
    return async (tx) => ({
      decisions: studied.decisions,
      ...(await propose(tx, night.id, now, studied)),
    });
  });
  await step('notices', async () => (tx) => announce(tx, deps));
  await step('prune', async () => (tx) => prune(tx, deps, night.id));
  await nameThem(deps, night, goOn);
  await step('report', async () => async (tx) => {
    const made = await report(deps, {}, tx);
    await noteReport(tx, night, made);
    return { decided: made.decided, passed: made.passed };
  });
  await step('post', async () => async (tx) => {
    const counts = await post(tx, deps, night.id);
    await finishNight(tx, night);
    await recordNight(tx, deps, night);
    return counts;
  });
}

type Counts = Record<string, number>;

/** The effects of a step and the note that it is done, together; not when another process has the night by now. */
const inOneStep = (deps: Deps, night: NightRow, name: NightStep, take: (tx: Tx) => Promise<Counts>) =>
  deps.database.db.transaction(async (tx) => {
    if (!(await finishStep(tx, night, name))) throw new NightLost();
    const counts = await take(tx);
    failPoint('night-before-commit');
    return counts;
  });

/** The model is asked outside of any step: a night without its words is done, too. */
async function nameThem(deps: Deps, night: NightRow, goOn: () => void): Promise<void> {
  if (night.done.includes('report')) return;
  goOn();
  const begun = performance.now();
  observeStep(deps, night, 'words', begun, await askForWords(deps));
}

function observeStep(deps: Deps, night: NightRow, step: string, begun: number, counts: Counts): void {
  const seconds = (performance.now() - begun) / 1000;
  deps.observe({ kind: 'night', night: night.id, step, seconds, counts });
}

const noteReport = (tx: Tx, { id }: NightRow, made: object) =>
  tx.execute(sql`update nights set report = ${JSON.stringify(made)}::jsonb where id = ${id}`);

async function recordNight(tx: Tx, deps: Deps, { id }: NightRow): Promise<void> {
  const digest = createHash('sha256').update(id).digest('hex');
  await appendRecord(tx, deps, { type: 'night', subject: `night/${id}`, digest, facts: { night: id } });
}
