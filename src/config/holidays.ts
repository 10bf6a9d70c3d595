import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Calendar, MOST_BYTES, readCalendar, TOO_LARGE } from './calendar.ts';
import { holidays as holidaysShape, listOf, timeZone as timeZoneShape } from './values.ts';

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
