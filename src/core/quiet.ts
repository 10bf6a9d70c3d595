import { type WallClock, wallClock } from './office-hours.ts';
import type { Person } from './people.ts';

/** Which ways reach a person, besides the channel. */
export const WAYS = ['slack', 'email', 'both'] as const;
export type Ways = (typeof WAYS)[number];

/** Minutes of the day; `to` is no longer quiet. When it comes before `from`, it is that of the next morning. */
export interface QuietHours {
  from: number;
  to: number;
}

/** How a person wants to be told. */
export interface PersonSettings {
  quiet: QuietHours | null;
  /** Of their Slack profile when they said it; null: Slack did not say. */
  timeZone: string | null;
  ways: Ways;
}

/** Of somebody who never said anything: better told twice than not at all. */
export const DEFAULT_SETTINGS: PersonSettings = { quiet: null, timeZone: null, ways: 'both' };

const DAY_MINUTES = 24 * 60;

/**
 * Does this person want quiet at this moment, by the wall clock where they are? Where that is says Slack now, or said
 * when they set it; when neither is known, they are told: no doubt keeps a request from anybody.
 */
export function isQuiet(
  settings: PersonSettings | undefined,
  person: Pick<Person, 'timeZone'>,
  at: Date,
): boolean {
  if (!settings?.quiet) return false;
  const clock = clockThere(person.timeZone, at) ?? clockThere(settings.timeZone, at);
  if (!clock) return false;
  const { minute } = clock;
  const { from, to } = settings.quiet;
  return from <= to ? from <= minute && minute < to : from <= minute || minute < to;
}

/** The wall clock where somebody is; null: no zone, or one that is not known here. */
export function clockThere(timeZone: string | null, at: Date): WallClock | null {
  if (timeZone === null) return null;
  try {
    return wallClock(timeZone, at);
  } catch {
    return null;
  }
}

export type QuietFault = 'not-hours' | 'empty';

/** Reads `22:00-07:00`; hours that end when they begin are none. */
export function readQuiet(text: string): QuietHours | QuietFault {
  const [from, to, ...more] = text.split(/[-–]/).map((time) => readTime(time.trim()));
  if (from === undefined || to === undefined || from === null || to === null || more.length > 0)
    return 'not-hours';
  return quietHours(from, to);
}

export const quietHours = (from: number, to: number): QuietHours | QuietFault =>
  from === to ? 'empty' : { from, to };

/** `07:30` in minutes of the day; 24:00 is midnight. */
export function readTime(text: string): number | null {
  const match = /^(\d{1,2}):([0-5]\d)$/.exec(text);
  if (!match) return null;
  const minutes = Number(match[1]) * 60 + Number(match[2]);
  return minutes > DAY_MINUTES ? null : minutes % DAY_MINUTES;
}

/** `07:30` */
export const timeOf = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
