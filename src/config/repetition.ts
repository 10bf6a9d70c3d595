import type ICAL from 'ical.js';

export const DAY = 24 * 60 * 60 * 1000;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

export interface Window {
  timeZone: string;
  firstYear: number;
  lastYear: number;
  /** How many days of repeating events may still be looked at. */
  daysLeft: number;
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

export function whatIsUnread(rule: ICAL.Recur): string | null {
  if (!(rule.freq in PERIODS)) return `FREQ=${rule.freq ?? ''}`;
  const { BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS, ...others } = rule.parts as Parts;
  const [other] = Object.keys(others);
  if (other) return other;
  const isShort = rule.freq === 'WEEKLY' || rule.freq === 'DAILY';
  if (isShort && BYDAY?.some((day) => /\d/.test(day))) return `BYDAY=${BYDAY} of FREQ=${rule.freq}`;
  return rule.freq === 'WEEKLY' && BYMONTHDAY ? 'BYMONTHDAY of FREQ=WEEKLY' : null;
}

/** The days after the first, as the calendar writes them: those that may reach into the window. */
export function daysOfRule(rule: ICAL.Recur, first: number, last: number, window: Window): number[] {
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
