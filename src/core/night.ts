const DAY_MS = 86_400_000;

/** One night: the local date it is named after, and when it is due (ms). */
export interface Night {
  id: string;
  dueAt: number;
}

/**
 * The last night that is due at `now` (ms): every local date has one, on days with 23 or 25 hours, too. A time that
 * the clock leaves out comes as much later as it jumps; of one that comes twice, the first counts.
 */
export function lastNight(now: number, { at, timeZone }: { at: string; timeZone: string }): Night {
  const today = dateIn(timeZone, now);
  const tonight = { id: today, dueAt: dueOn(today, at, timeZone) };
  if (tonight.dueAt <= now) return tonight;
  const yesterday = new Date(Date.parse(`${today}T12:00:00Z`) - DAY_MS).toISOString().slice(0, 10);
  return { id: yesterday, dueAt: dueOn(yesterday, at, timeZone) };
}

/** The first moment of this date at which the wall clock shows this time. */
function dueOn(date: string, at: string, timeZone: string): number {
  const wished = `${date}T${at}`;
  const guess = Date.parse(`${wished}Z`);
  const [before, after] = [guess - DAY_MS, guess + DAY_MS].map((near) => offsetAt(timeZone, near)) as [
    number,
    number,
  ];
  const found = [Math.max(before, after), Math.min(before, after)]
    .map((offset) => guess - offset)
    .find((moment) => wallClock(timeZone, moment) === wished);
  return found ?? guess - before;
}

/** How far the wall clock is ahead of UTC, in milliseconds. */
const offsetAt = (timeZone: string, at: number): number => Date.parse(`${wallClock(timeZone, at)}Z`) - at;

const dateIn = (timeZone: string, at: number): string => wallClock(timeZone, at).slice(0, 10);

/** `2026-11-25T03:00` */
function wallClock(timeZone: string, at: number): string {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const two = '2-digit';
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: two,
    day: two,
    hour: two,
    minute: two,
    hourCycle: 'h23',
  });
  formats.set(timeZone, format);
  return format;
}
