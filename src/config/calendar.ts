import type ICAL from 'ical.js';
import { wallClock } from '../core/office-hours.ts';
import {
  attempt,
  type CalendarEvent,
  firstOf,
  Odd,
  readEvents,
  timesOf,
  type Written,
} from './calendar-events.ts';
import { DAY, daysOfRule, type Window, whatIsUnread } from './repetition.ts';

/** Holiday calendars of a whole country over ten years have a tenth of it. */
export const MOST_BYTES = 1 << 20;
export const TOO_LARGE = 'it is larger than 1 MiB: keep only the events that are holidays';
/** A file of another kind has a fault in every line. */
const MOST_FAULTS = 10;
/** Longer ones are mistakes, as a year that is a digit off. */
const MOST_DAYS = 366;
/** Of all repeating events of a file, looked at one by one. */
const MOST_DAYS_LOOKED_AT = 2_000_000;

/** Local dates, in order, and what is wrong, each with its line. */
export interface Calendar {
  dates: string[];
  faults: string[];
}

/**
 * The dates an iCalendar file names, from last year to five years on. An event counts for every date it touches,
 * whatever it is called and whether or not it shows as busy: an all-day event for its dates (DTEND is the day after);
 * one with times for each date from its beginning to the moment before its end, as the calendar writes them, in the
 * zone that the calendar writes them in: a holiday is a date, not a moment. Only times in UTC are read in the zone of
 * the environment, since nobody celebrates in UTC. Repetitions are followed, less EXDATE and what was moved; cancelled
 * events do not count.
 */
export function readCalendar(text: string, { timeZone, year }: { timeZone: string; year: number }): Calendar {
  if (Buffer.byteLength(text) > MOST_BYTES) return { dates: [], faults: [TOO_LARGE] };
  const faults: Odd[] = [];
  const window = { timeZone, firstYear: year - 1, lastYear: year + 5, daysLeft: MOST_DAYS_LOOKED_AT };
  const events = attempt(faults, 0, () => readEvents(text, faults)) ?? [];
  const moved = movedDates(events, timeZone);
  const dates = events
    .filter((event) => !event.isFaulty && !isCancelled(event))
    .flatMap((event) => attempt(faults, event.line, () => datesOf(event, moved, window)) ?? []);
  if (faults.length === 0 && dates.length === 0) {
    const years = `from ${window.firstYear} to ${window.lastYear}`;
    faults.push(new Odd(0, `no event ${years} that is not cancelled: get a newer calendar`));
  }
  return { dates: [...new Set(dates)].sort(), faults: inWords(faults) };
}

function inWords(faults: Odd[]): string[] {
  const shown = faults
    .slice(0, MOST_FAULTS)
    .map(({ line, message }) => (line === 0 ? message : `line ${line}: ${message}`));
  const more = faults.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more faults`] : shown;
}

const isCancelled = (event: CalendarEvent): boolean =>
  firstOf<string>(event, 'STATUS')?.toUpperCase() === 'CANCELLED';

/** Of repeating events, by their UID: the dates that an event of its own stands for. */
function movedDates(events: CalendarEvent[], timeZone: string): Map<string, string[]> {
  const moved = new Map<string, string[]>();
  for (const event of events) {
    const uid = firstOf<string>(event, 'UID') ?? '';
    const dates = timesOf(event, 'RECURRENCE-ID').map((time) => localDate(time, timeZone));
    if (dates.length > 0) moved.set(uid, [...(moved.get(uid) ?? []), ...dates]);
  }
  return moved;
}

/** The dates within the window that an event touches. */
function datesOf(event: CalendarEvent, moved: Map<string, string[]>, window: Window): string[] {
  const start = timesOf(event, 'DTSTART')[0];
  if (!start) throw new Odd(event.line, 'the event has no DTSTART: write one, or leave the event out');
  const length = lengthOf(event, start);
  const isMoved = event.entries.has('RECURRENCE-ID');
  const uid = firstOf<string>(event, 'UID') ?? '';
  const left = new Set([
    ...timesOf(event, 'EXDATE').map((time) => localDate(time, window.timeZone)),
    ...(isMoved ? [] : (moved.get(uid) ?? [])),
  ]);
  const starts = [start, ...repetitions(event, start, window), ...timesOf(event, 'RDATE')];
  return starts
    .filter((time) => !left.has(localDate(time, window.timeZone)))
    .flatMap((time) => datesFrom(time, length, window.timeZone))
    .filter((date) => {
      const year = Number(date.slice(0, 4));
      return year >= window.firstYear && year <= window.lastYear;
    });
}

/** How long the event lasts, in milliseconds; a day when it does not say and has no times. */
function lengthOf(event: CalendarEvent, start: Written): number {
  const end = timesOf(event, 'DTEND')[0];
  const given = firstOf<ICAL.Duration>(event, 'DURATION');
  const line = event.entries.get(end ? 'DTEND' : 'DURATION')?.[0]?.line ?? event.line;
  if (end && (end.kind === 'date') !== (start.kind === 'date'))
    throw new Odd(line, 'DTSTART and DTEND are a date and a time: write two dates');
  const length = end ? end.at - start.at : (given?.toSeconds() ?? 0) * 1000;
  if (length < 0) throw new Odd(line, 'the event ends before it begins: mend the dates');
  if (length > MOST_DAYS * DAY)
    throw new Odd(line, `the event lasts longer than ${MOST_DAYS} days: mend the dates`);
  return length;
}

/** From the date of its beginning to that of the moment before its end: at least one. */
function datesFrom(start: Written, length: number, timeZone: string): string[] {
  const last = localDate({ ...start, at: start.at + Math.max(0, length - 1) }, timeZone);
  const dates = [localDate(start, timeZone)];
  for (let date = dates[0]!; date < last; dates.push(date)) date = dateOf(Date.parse(date) + DAY);
  return dates;
}

const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

const localDate = ({ at, kind }: Written, timeZone: string): string =>
  kind === 'utc' ? wallClock(timeZone, new Date(at)).date : dateOf(at);

/**
 * When the event begins again, until the window ends. ical.js reads the rule and does not follow it: 2.2.1 moves a
 * February 29th to March and looks for ever for days that never come (kewisch/ical.js#1038).
 */
function repetitions(event: CalendarEvent, start: Written, window: Window): Written[] {
  return (event.entries.get('RRULE') ?? []).flatMap(({ line, values }) => {
    const rule = values[0] as ICAL.Recur;
    const unread = whatIsUnread(rule);
    if (unread) throw new Odd(line, `${unread} is not read here: write the dates as events of their own`);
    const first = Math.floor(start.at / DAY) * DAY;
    const time = start.at - first;
    return daysOfRule(rule, first, lastOf(rule, start, window), window).map((day) => ({
      ...start,
      at: day + time,
    }));
  });
}

/** The last day of the window, or of the rule when that is earlier. */
function lastOf({ until }: ICAL.Recur, start: Written, window: Window): number {
  const end = Date.UTC(window.lastYear, 11, 31);
  if (!until) return end;
  const at = Date.parse(until.toString().replace(/Z?$/, until.isDate ? '' : 'Z'));
  const kind = until.toString().endsWith('Z') && start.kind === 'local' ? 'utc' : 'date';
  return Math.min(end, Date.parse(localDate({ at, kind }, window.timeZone)));
}
