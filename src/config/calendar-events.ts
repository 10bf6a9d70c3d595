import ICAL from 'ical.js';

/** What is wrong with a line; 0: with the file. */
export class Odd extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** What fails is noted, and the next line is read. */
export function attempt<T>(faults: Odd[], line: number, what: () => T): T | null {
  try {
    return what();
  } catch (e) {
    faults.push(e instanceof Odd ? e : new Odd(line, (e as Error).message));
    return null;
  }
}

/** What is read of an event; a name may stand more than once. */
export interface CalendarEvent {
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
export interface Written {
  at: number;
  kind: 'date' | 'local' | 'utc';
}

const TIMES = ['DTSTART', 'DTEND', 'RECURRENCE-ID', 'EXDATE', 'RDATE'];
const READ = new Set([...TIMES, 'UID', 'DURATION', 'RRULE', 'STATUS']);

/** The events of a calendar, with what the lines say that are about dates. */
export function readEvents(text: string, faults: Odd[]): CalendarEvent[] {
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
export const firstOf = <Value>(event: CalendarEvent, name: string): Value | undefined =>
  valuesOf<Value>(event, name)[0];
export const timesOf = (event: CalendarEvent, name: string): Written[] => valuesOf<Written>(event, name);
