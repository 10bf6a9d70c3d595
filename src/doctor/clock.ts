import { roundedDuration } from '../core/duration.ts';
import { databaseNow } from '../store/examine.ts';
import { fault, note, ok, type Said } from './finding.ts';
import type { Site } from './site.ts';

/** Slack refuses, and the gate refuses of Slack, what is more than five minutes off; a Date header tells seconds. */
const OFF = { noteMs: 5000, faultMs: 60_000, slackNoteMs: 30_000, slackFaultMs: 240_000 };
const SYNCHRONISE = 'synchronise the clock of this machine (NTP): systemd-timesyncd, chrony';

/** Do the database, this machine and Slack agree about the time? */
export async function lookAtClocks(site: Site): Promise<Said[]> {
  const [database, slack] = await Promise.all([againstDatabase(site), againstSlack(site)]);
  const found = [...database, ...slack];
  const wrong = found.filter(({ status }) => status !== 'ok');
  if (wrong.length > 0 || found.length === 0) return wrong;
  return [ok(found.map(({ says }) => says).join(', '))];
}

async function againstDatabase(site: Site): Promise<Said[]> {
  const seen = await site.database();
  if (seen.is !== 'open')
    return site.config.databaseUrl ? [] : [ok('the embedded database has the clock of this machine')];
  const before = Date.now();
  const now = await databaseNow(seen.database);
  const off = beyond(now, before, Date.now());
  const says = apart(off, 'the database');
  const mend = `deadlines follow the clock of the database. ${SYNCHRONISE}, and that of the database`;
  if (Math.abs(off) >= OFF.faultMs) return [fault(says, mend)];
  return [Math.abs(off) >= OFF.noteMs ? note(says, mend) : ok('the database agrees within 5 s')];
}

async function againstSlack(site: Site): Promise<Said[]> {
  const auth = await site.auth();
  if (auth?.is !== 'known' || !auth.date) return [];
  // The header has no fractions of a second.
  const off = beyond(auth.date.getTime(), auth.asked.from - 1000, auth.asked.to);
  const says = apart(off, 'Slack');
  if (Math.abs(off) >= OFF.slackFaultMs)
    return [fault(says, `clicks are taken for forgeries when clocks are five minutes apart. ${SYNCHRONISE}`)];
  return [Math.abs(off) >= OFF.slackNoteMs ? note(says, SYNCHRONISE) : ok('Slack agrees within 30 s')];
}

/** How far a moment is from when it was asked for: whatever the answer took counts as no difference. */
const beyond = (at: number, from: number, to: number): number =>
  at < from ? at - from : Math.max(0, at - to);

const apart = (offMs: number, who: string): string => {
  const way = offMs > 0 ? 'behind' : 'ahead of';
  return `the clock of this machine is ${roundedDuration(Math.abs(offMs))} ${way} that of ${who}`;
};
