import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import ICAL from 'ical.js';
import { wallClock } from '../core/office-hours.ts';
import { holidays as holidaysShape, listOf, timeZone as timeZoneShape } from './values.ts';

/** Holiday calendars of a whole country over ten years have a tenth of it. */
const MOST_BYTES = 1 << 20;
/** A file of another kind has a fault in every line. */
const MOST_FAULTS = 10;
/** Longer ones are mistakes, as a year that is a digit off. */
const MOST_DAYS = 366;
/** Of all repeating events of a file, looked at one by one. */
const MOST_DAYS_LOOKED_AT = 2_000_000;
const DAY = 24 * 60 * 60 * 1000;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** Gives the text of a file that the configuration names. */
export type ReadFile = (file: string) => string;
type Fault = (path: string, message: string) => void;

/** Reads a file that is small enough to be a calendar. Throws with a mend. */
export function readSmallFile(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new Error(`there is no file ${file}: write its path as seen from the configuration file`);
  if (!found.isFile()) throw new Error(`${file} is no file`);
  if (found.size > MOST_BYTES) throw new Error(TOO_LARGE);
  return readFileSync(file, 'utf8');
}
const TOO_LARGE = 'it is larger than 1 MiB: keep only the events that are holidays';

/**
 * The holidays of each environment by name, with those of the calendars it names. Looks at the file as it was written,
 * so that faults of calendars are reported beside all others; what the shape refuses is left to the shape.
 */
export function readHolidays(
  environments: unknown,
  { directory, readFile, year }: { directory: string; readFile: ReadFile; year: number },
  fault: Fault,
): Map<string, ReadonlySet<string>> {
  const found = new Map<string, ReadonlySet<string>>();
  for (const [name, environment] of Object.entries((environments ?? {}) as Record<string, unknown>)) {
    const { holidays, time_zone: zone = 'UTC' } = (environment ?? {}) as Record<string, unknown>;
    const given = holidaysShape.safeParse(holidays);
    const timeZone = timeZoneShape.safeParse(zone);
    if (!given.success || !timeZone.success) continue;
    const dates = listOf(given.data).flatMap((entry, index) => {
      if (!isCalendarPath(entry)) return [entry];
      const place = `environments.${name}.holidays${Array.isArray(given.data) ? `.${index}` : ''}`;
      const read = readEntry(() => readFile(path.resolve(directory, entry)), timeZone.data, year);
      for (const message of read.faults) fault(place, `${entry}: ${message}`);
      return read.dates;
    });
    found.set(name, new Set(dates));
  }
  return found;
}

const isCalendarPath = (entry: string): boolean => /\.ics$/i.test(entry);

function readEntry(readText: () => string, timeZone: string, year: number): Calendar {
  try {
    return readCalendar(readText(), { timeZone, year });
  } catch (e) {
    return { dates: [], faults: [`it cannot be read: ${(e as Error).message}`] };
  }
}

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

/** What is wrong with a line; 0: with the file. */
class Odd extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** What fails is noted, and the next line is read. */
function attempt<T>(faults: Odd[], line: number, what: () => T): T | null {
  try {
    return what();
  } catch (e) {
    faults.push(e instanceof Odd ? e : new Odd(line, (e as Error).message));
    return null;
  }
}

function inWords(faults: Odd[]): string[] {
  const shown = faults
    .slice(0, MOST_FAULTS)
    .map(({ line, message }) => (line === 0 ? message : `line ${line}: ${message}`));
  const more = faults.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more faults`] : shown;
}

/** What is read of an event; a name may stand more than once. */
interface CalendarEvent {
  line: number;
  /** A line of it could not be read, and that is reported. */
  isFaulty: boolean;
  entries: Map<string, Entry[]>;
}
interface Entry {
  line: number;
  values: unknown[];
}

/** A time as the calendar writes it, in milliseconds as if that were UTC; `utc` ones are. */
interface Written {
  at: number;
  kind: 'date' | 'local' | 'utc';
}

const TIMES = ['DTSTART', 'DTEND', 'RECURRENCE-ID', 'EXDATE', 'RDATE'];
const READ = new Set([...TIMES, 'UID', 'DURATION', 'RRULE', 'STATUS']);

/** The events of a calendar, with what the lines say that are about dates. */
function readEvents(text: string, faults: Odd[]): CalendarEvent[] {
  const events: CalendarEvent[] = [];
  const open: { name: string; line: number }[] = [];
  for (const { line, words } of unfold(text)) {
    const [, name = '', rest = ''] = /^([A-Za-z0-9-]+)([;:].*)$/s.exec(words) ?? [];
    const key = name.toUpperCase();
    const value = rest.slice(1).trim().toUpperCase();
    if (open.length === 0 && !(key === 'BEGIN' && value === 'VCALENDAR'))
      throw new Odd(line, 'BEGIN:VCALENDAR is expected here: name an iCalendar file');
    if (key === 'BEGIN') {
      if (value === 'VEVENT') events.push({ line, isFaulty: false, entries: new Map() });
      open.push({ name: value, line });
    } else if (key === 'END') {
      const last = open.pop();
      if (last?.name !== value)
        throw new Odd(line, `it ends ${value}, but ${last?.name} is open: mend the file`);
    } else if (key === '') {
      faults.push(
        new Odd(line, `${quoted(words)} is not NAME:value: mend it; a line that goes on begins with a blank`),
      );
    } else if (open.at(-1)?.name === 'VEVENT' && READ.has(key)) {
      const values = attempt(faults, line, () => readValues(key, words.trimEnd()));
      const event = events.at(-1)!;
      if (values) event.entries.set(key, [...(event.entries.get(key) ?? []), { line, values }]);
      else event.isFaulty = true;
    }
  }
  const last = open.at(-1);
  if (last) throw new Odd(last.line, `${last.name} is never ended: the file is cut off, get it again`);
  if (events.length === 0) throw new Odd(0, 'no event (BEGIN:VEVENT) in it: name a calendar of holidays');
  return events;
}

/** Lines with those that continue them, and where each begins. */
function unfold(text: string): { line: number; words: string }[] {
  const lines: { line: number; words: string }[] = [];
  for (const [index, words] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const before = lines.at(-1);
    if (/^[ \t]/.test(words) && before) before.words += words.slice(1);
    else if (words.trim() !== '') lines.push({ line: index + 1, words });
  }
  return lines;
}

function readValues(name: string, words: string): unknown[] {
  const isTime = TIMES.includes(name);
  const mend = isTime
    ? `write a date such as ${name};VALUE=DATE:20261225`
    : 'mend it, or leave the event out';
  try {
    const property = new ICAL.Property(ICAL.parse.property(words));
    const values = property.getValues();
    return isTime ? readTimes(property) : values;
  } catch (e) {
    throw new Error(`${quoted(words)} cannot be read (${(e as Error).message}): ${mend}`);
  }
}

/** From the texts of a property: ical.js would make a March 2nd of February 30th. */
function readTimes(property: ICAL.Property): Written[] {
  const [, parameters, type, ...texts] = property.toJSON() as [
    string,
    { tzid?: string },
    string,
    ...unknown[],
  ];
  if (type !== 'date' && type !== 'date-time') throw new Error(`it is a ${type}`);
  return texts.map((text) => {
    const [date = '', time = '00:00:00'] = String(text).replace(/Z$/, '').split('T');
    const at = new Date(`${date}T${time}Z`);
    const isReal = !Number.isNaN(at.getTime()) && at.toISOString() === `${date}T${time}.000Z`;
    if (!isReal || at.getUTCFullYear() < 1000) throw new Error('there is no such time');
    const isUtc = String(text).endsWith('Z') || parameters.tzid?.toUpperCase() === 'UTC';
    return { at: at.getTime(), kind: type === 'date' ? 'date' : isUtc ? 'utc' : 'local' };
  });
}

const quoted = (words: string): string =>
  JSON.stringify(words.length > 60 ? `${words.slice(0, 60)}…` : words);

const valuesOf = <Value>(event: CalendarEvent, name: string): Value[] =>
  (event.entries.get(name) ?? []).flatMap(({ values }) => values as Value[]);
const firstOf = <Value>(event: CalendarEvent, name: string): Value | undefined =>
  valuesOf<Value>(event, name)[0];
const timesOf = (event: CalendarEvent, name: string): Written[] => valuesOf<Written>(event, name);

const isCancelled = (event: CalendarEvent): boolean =>
  firstOf<string>(event, 'STATUS')?.toUpperCase() === 'CANCELLED';

interface Window {
  timeZone: string;
  firstYear: number;
  lastYear: number;
  /** How many days of repeating events may still be looked at. */
  daysLeft: number;
}

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

/** Parts of rules by RFC 5545 that say which days of a year, a month or a week. */
interface Parts {
  BYMONTH?: number[];
  BYMONTHDAY?: number[];
  BYDAY?: string[];
  BYSETPOS?: number[];
}
/** How many periods a year has at least. */
const PERIODS: Record<string, number> = { YEARLY: 1, MONTHLY: 12, WEEKLY: 52, DAILY: 365 };

function whatIsUnread(rule: ICAL.Recur): string | null {
  if (!(rule.freq in PERIODS)) return `FREQ=${rule.freq ?? ''}`;
  const { BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS, ...others } = rule.parts as Parts;
  const [other] = Object.keys(others);
  if (other) return other;
  const isShort = rule.freq === 'WEEKLY' || rule.freq === 'DAILY';
  if (isShort && BYDAY?.some((day) => /\d/.test(day))) return `BYDAY=${BYDAY} of FREQ=${rule.freq}`;
  return rule.freq === 'WEEKLY' && BYMONTHDAY ? 'BYMONTHDAY of FREQ=WEEKLY' : null;
}

/** The days after the first, as the calendar writes them: those that may reach into the window. */
function daysOfRule(rule: ICAL.Recur, first: number, last: number, window: Window): number[] {
  const earliest = Date.UTC(window.firstYear - 2, 0, 1);
  const yearsBefore = Math.max(0, window.firstYear - 2 - new Date(first).getUTCFullYear());
  const periodsBefore = Math.floor((yearsBefore * PERIODS[rule.freq]!) / rule.interval) * rule.interval;
  const days: number[] = [];
  let count = 1;
  // Whoever counts begins at the beginning.
  for (let n = rule.count ? 0 : periodsBefore; ; n += rule.interval) {
    const [begins, ends] = [periodOf(rule, first, n), periodOf(rule, first, n + 1)];
    // Also when it is beyond all dates, and no number.
    if (!(begins <= last)) return days;
    window.daysLeft -= (ends - begins) / DAY;
    if (window.daysLeft < 0)
      throw new Error('the events repeat too often to be holidays: leave out what is none');
    for (const day of daysOfPeriod(rule, first, begins, ends).filter((day) => day > first)) {
      if (day > last || (rule.count && count >= rule.count)) return days;
      if (day >= earliest) days.push(day);
      count += 1;
    }
  }
}

/** When the year, the month, the week or the day begins that is `n` after that of `first`. */
function periodOf({ freq, wkst }: ICAL.Recur, first: number, n: number): number {
  const at = new Date(first);
  if (freq === 'YEARLY') return Date.UTC(at.getUTCFullYear() + n, 0, 1);
  if (freq === 'MONTHLY') return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + n, 1);
  if (freq === 'DAILY') return first + n * DAY;
  return first + (n * 7 - ((at.getUTCDay() + 8 - wkst) % 7)) * DAY;
}

function daysOfPeriod(rule: ICAL.Recur, first: number, begins: number, ends: number): number[] {
  const days = Array.from({ length: (ends - begins) / DAY }, (_, i) => begins + i * DAY);
  const meant = days.filter((day) => isMeant(day, rule, first));
  const { BYSETPOS: places } = rule.parts as Parts;
  return places ? meant.filter((_, i) => places.includes(i + 1) || places.includes(i - meant.length)) : meant;
}

function isMeant(day: number, rule: ICAL.Recur, first: number): boolean {
  const { BYMONTH: months, BYMONTHDAY: dates, BYDAY: weekdays } = rule.parts as Parts;
  const [at, begun] = [new Date(day), new Date(first)];
  const [year, month, date] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  if (months && !months.includes(month + 1)) return false;
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  if (dates && !dates.includes(date) && !dates.includes(date - length - 1)) return false;
  if (weekdays) {
    const isOfMonth = months !== undefined || rule.freq === 'MONTHLY';
    const from = isOfMonth ? Date.UTC(year, month, 1) : Date.UTC(year, 0, 1);
    const to = isOfMonth ? Date.UTC(year, month, length) : Date.UTC(year, 11, 31);
    return weekdays.some((weekday) => isWeekday(weekday, day, from, to));
  }
  if (dates || rule.freq === 'DAILY') return true;
  if (rule.freq === 'WEEKLY') return at.getUTCDay() === begun.getUTCDay();
  if (date !== begun.getUTCDate()) return false;
  return rule.freq === 'MONTHLY' || months !== undefined || month === begun.getUTCMonth();
}

/** `MO`: any Monday; `2MO`, `-1MO`: the second, the last from `from` to `to`. */
function isWeekday(weekday: string, day: number, from: number, to: number): boolean {
  const [, nth, name = ''] = /^([+-]?\d+)?(\w\w)$/.exec(weekday) ?? [];
  if (new Date(day).getUTCDay() !== WEEKDAYS.indexOf(name)) return false;
  if (nth === undefined) return true;
  const place = Number(nth);
  return (
    place === (place > 0 ? Math.floor((day - from) / DAY / 7) + 1 : -Math.floor((to - day) / DAY / 7) - 1)
  );
}
