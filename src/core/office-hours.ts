/** A stretch of the week by the wall clock, in minutes of the day it begins on. `to` beyond 1440 is the next morning. */
export interface Hours {
  /** 0 is Sunday. */
  day: number;
  from: number;
  to: number;
}

/** When people are at work, as written, and the local dates (`2026-12-25`) when they are not. */
export interface OfficeHours {
  text: string;
  hours: Hours[];
  holidays: ReadonlySet<string>;
}

/** What is wrong with a text of hours, where (from 0), and what to write instead. */
export interface OfficeHoursFault {
  why: string;
  place: number;
  mend: string;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const DAY_MINUTES = 24 * 60;
const MOST_UNITS = 300;
const EXAMPLE = 'write it as "Mon-Fri 09:00-18:00" or "Mon-Thu 09:00-18:00, Fri 09:00-15:00"';

/**
 * Reads "Mon-Fri 09:00-18:00", "Mon-Thu 09:00-18:00, Fri 09:00-15:00", "Mon,Wed 09:00-12:00, 13:00-17:00" or
 * "22:00-06:00". Hours without days are on the days of the part before, at first on every day. Hours that end before
 * they begin last until the next morning and belong to the day they begin on.
 */
export function parseOfficeHours(
  text: string,
  holidays: ReadonlySet<string> = new Set(),
): OfficeHours | OfficeHoursFault {
  if (text.length > MOST_UNITS) return fault(MOST_UNITS, 'it is too long');
  const hours: Hours[] = [];
  let waiting: number[] = [];
  let days = EVERY_DAY;
  let place = 0;
  for (const part of text.split(',')) {
    const read = readPart(part, place);
    if ('why' in read) return read;
    if (read.days) waiting = [...waiting, ...read.days];
    if (read.span) {
      const [from, to] = read.span;
      if (waiting.length > 0) days = waiting;
      waiting = [];
      hours.push(...days.map((day) => ({ day, from, to })));
    }
    place += part.length + 1;
  }
  if (waiting.length > 0) return fault(text.length, 'days without hours');
  return { text, hours, holidays };
}

/** Reads one part between commas: days, hours, or days and hours. */
function readPart(
  part: string,
  place: number,
): { days: number[] | null; span: [number, number] | null } | OfficeHoursFault {
  const match = /^(\s*)([^\s\d]\S*)?(\s*)(\d\S*)?\s*$/.exec(part);
  if (!match || (match[2] === undefined && match[4] === undefined)) {
    const start = place + part.length - part.trimStart().length;
    return fault(start, part.trim() === '' ? 'days or hours are missing' : 'it is neither days nor hours');
  }
  const [, lead = '', dayText, gap = '', spanText] = match;
  const days = dayText === undefined ? null : readDays(dayText);
  if (dayText !== undefined && !days) {
    return fault(place + lead.length, `${quoted(dayText)} is no day`, 'write Mon, Tue, … or Mon-Fri');
  }
  if (spanText === undefined) return { days, span: null };
  const span = readSpan(spanText);
  const at = place + lead.length + (dayText?.length ?? 0) + gap.length;
  return typeof span === 'string' ? fault(at, `${quoted(spanText)}: ${span}`) : { days, span };
}

function readDays(text: string): number[] | null {
  const ends = text.split('-').map((name) => DAYS.findIndex((d) => d.toLowerCase() === name.toLowerCase()));
  const [first = -1, last = first] = ends;
  if (ends.length > 2 || ends.includes(-1)) return null;
  const count = ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, i) => (first + i) % 7);
}

function readSpan(text: string): [number, number] | string {
  const match = /^(\d\d):([0-5]\d)-(\d\d):([0-5]\d)$/.exec(text);
  if (!match) return 'hours are two times of four digits, such as 09:00-18:00';
  const [h1, m1, h2, m2] = match.slice(1).map(Number) as [number, number, number, number];
  const [from, to] = [h1 * 60 + m1, h2 * 60 + m2];
  if (from >= DAY_MINUTES) return 'hours begin at 23:59 at the latest';
  if (to > DAY_MINUTES) return 'hours end at 24:00 at the latest';
  if (from === to) return 'they end when they begin; the whole day is 00:00-24:00';
  return [from, to > from ? to : to + DAY_MINUTES];
}

const fault = (place: number, why: string, mend = EXAMPLE): OfficeHoursFault => ({ why, place, mend });
const quoted = (text: string): string => JSON.stringify(text);

/**
 * Whether a moment is within the office hours of a time zone. Only what calendar and clock on the wall show at that
 * moment decides, never how much time has passed: when clocks go back, both passes of the repeated stretch count, so a
 * day may hold more minutes of office than its hours say; when they go forward, the stretch that is left out never
 * occurs, so it may hold fewer; hours that begin or end inside a left-out stretch begin or end where clocks go on; a
 * date that a zone leaves out has no hours. Hours over midnight end on the wall of the next day, whatever the night
 * was like. A moment on the local date of a holiday is outside, also in hours that began the evening before; hours
 * that would begin on a holiday still hold after its midnight.
 */
export function isInside(hours: OfficeHours, timeZone: string, at: Date): boolean {
  return isWithin(hours, wallClock(timeZone, at));
}

function isWithin({ hours, holidays }: OfficeHours, { date, day, minute }: WallClock): boolean {
  if (holidays.has(date)) return false;
  return hours.some(({ day: begins, from, to }) => {
    const minutes = ((day - begins + 7) % 7) * DAY_MINUTES + minute;
    return minutes >= from && minutes < to;
  });
}

const MINUTE = 60_000;
const DAY = DAY_MINUTES * MINUTE;
/** Further ahead than any deadline, and than holidays in a row. */
const DAYS_AHEAD = 62;

/**
 * The first moment after `at` when office hours begin or end, to the minute; null: not within the next two months, as
 * with hours round the clock. Changes of clocks and holidays count as `isInside` says.
 */
export function nextChange(
  hours: OfficeHours,
  timeZone: string,
  at: Date,
): { at: Date; inside: boolean } | null {
  const inside = isInside(hours, timeZone, at);
  const edges = new Set([0, ...hours.hours.flatMap(({ from, to }) => [from, to % DAY_MINUTES])]);
  for (const span of steadySpans(timeZone, at)) {
    const change = momentsIn(span, edges).find(
      (moment) => isWithin(hours, shownAt(moment + span.offset)) !== inside,
    );
    if (change !== undefined) return { at: new Date(change), inside: !inside };
  }
  return null;
}

/** Up to a day in which nobody touches the clocks: on the wall it is always `offset` later than UTC. */
interface SteadySpan {
  from: number;
  to: number;
  offset: number;
}

/** Within them local times and moments match one to one: nothing has to be guessed about left-out or repeated times. */
function* steadySpans(timeZone: string, at: Date): Generator<SteadySpan> {
  let from = Math.floor(at.getTime() / MINUTE) * MINUTE;
  const end = from + DAYS_AHEAD * DAY;
  while (from < end) {
    const offset = offsetAt(timeZone, from);
    const to = offsetAt(timeZone, from + DAY) === offset ? from + DAY : clockChange(timeZone, from, offset);
    yield { from, to, offset };
    from = to;
  }
}

/** The first minute of the day after `from` with another offset. */
function clockChange(timeZone: string, from: number, offset: number): number {
  let [before, after] = [0, DAY_MINUTES];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(timeZone, from + middle * MINUTE) === offset) before = middle;
    else after = middle;
  }
  return from + after * MINUTE;
}

/** Where inside and outside can change: where a span begins, midnight, and the edges of the hours. In order. */
function momentsIn({ from, to, offset }: SteadySpan, edges: ReadonlySet<number>): number[] {
  const sinceMidnight = modulo(from + offset, DAY);
  const moments = [...edges].map((edge) => from + modulo(edge * MINUTE - sinceMidnight, DAY));
  return [from, ...moments.filter((moment) => moment < to).sort((a, b) => a - b)];
}

const modulo = (n: number, by: number): number => ((n % by) + by) % by;

/** How much later than UTC it is on the wall. */
function offsetAt(timeZone: string, moment: number): number {
  const { date, minute } = wallClock(timeZone, new Date(moment));
  return Date.parse(`${date}T00:00:00Z`) + minute * MINUTE - moment;
}

/** What a wall shows, from its local time as if that were UTC. */
function shownAt(local: number): WallClock {
  const shown = new Date(local);
  return {
    date: shown.toISOString().slice(0, 10),
    day: shown.getUTCDay(),
    minute: Math.floor(modulo(local, DAY) / MINUTE),
  };
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** What calendar and clock on the wall show: the local date, the day of the week and the minute of the day. */
export interface WallClock {
  date: string;
  /** 0 is Sunday. */
  day: number;
  minute: number;
}

export function wallClock(timeZone: string, at: Date): WallClock {
  const parts = new Map(
    formatterOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const [year = '', month = '', day = ''] = [parts.get('year'), parts.get('month'), parts.get('day')];
  return {
    date: `${year.padStart(4, '0')}-${month}-${day}`,
    day: new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDay(),
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
}

/** Making one takes a hundred times as long as using it. */
function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let made = formatters.get(timeZone);
  if (!made) {
    const field = '2-digit';
    made = new Intl.DateTimeFormat('en-GB-u-ca-gregory-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: field,
      day: field,
      hour: field,
      minute: field,
    });
    formatters.set(timeZone, made);
  }
  return made;
}
