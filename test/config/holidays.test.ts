import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readCalendar } from '../../src/config/calendar.ts';
import { type ConfigFaults, loadConfig, readConfig } from '../../src/config/config.ts';
import { readSmallFile } from '../../src/config/holidays.ts';

const DAY = 86_400_000;
const AROUND = { timeZone: 'Europe/Berlin', year: 2026 };

const event = (...lines: string[]) => ['BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT'];
const calendar = (...lines: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//x//y//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const read = (text: string, around = AROUND) => readCalendar(text, around);
const datesOf = (...lines: string[]) => {
  const { dates, faults } = read(calendar(...event(...lines)));
  expect(faults).toEqual([]);
  return dates;
};
const faultsOf = (text: string) => {
  const { faults } = read(text);
  return faults.join('\n');
};

describe('the dates of an event', () => {
  it.each<[string, string[], string[]]>([
    ['an all-day event', ['DTSTART;VALUE=DATE:20261225'], ['2026-12-25']],
    [
      'one with its end, the day after',
      ['DTSTART;VALUE=DATE:20261225', 'DTEND;VALUE=DATE:20261226'],
      ['2026-12-25'],
    ],
    [
      'one that ends when it begins',
      ['DTSTART;VALUE=DATE:20261225', 'DTEND;VALUE=DATE:20261225'],
      ['2026-12-25'],
    ],
    [
      'three days over a year’s end',
      ['DTSTART;VALUE=DATE:20261230', 'DTEND;VALUE=DATE:20270102'],
      ['2026-12-30', '2026-12-31', '2027-01-01'],
    ],
    [
      'a leap day between',
      ['DTSTART;VALUE=DATE:20280228', 'DTEND;VALUE=DATE:20280302'],
      ['2028-02-28', '2028-02-29', '2028-03-01'],
    ],
    ['a duration in days', ['DTSTART;VALUE=DATE:20261225', 'DURATION:P2D'], ['2026-12-25', '2026-12-26']],
    ['a duration of a day in hours', ['DTSTART;VALUE=DATE:20261225', 'DURATION:PT24H'], ['2026-12-25']],
    ['lower case and blanks at the end', ['dtstart;value=date:20261225 '], ['2026-12-25']],
    [
      'a free day, as calendars of holidays have them',
      ['DTSTART;VALUE=DATE:20261225', 'TRANSP:TRANSPARENT'],
      ['2026-12-25'],
    ],
    ['lines that go on', ['SUMMARY:Christmas', ' Day', 'DTSTART;VALUE=DA', ' TE:20261225'], ['2026-12-25']],
    [
      'an alarm with times of its own',
      ['DTSTART;VALUE=DATE:20261225', 'BEGIN:VALARM', 'TRIGGER:-PT1H', 'DURATION:P9D', 'END:VALARM'],
      ['2026-12-25'],
    ],

    ['an afternoon', ['DTSTART:20261224T120000', 'DTEND:20261224T180000'], ['2026-12-24']],
    ['a moment', ['DTSTART:20261224T120000'], ['2026-12-24']],
    ['midnight to midnight', ['DTSTART:20261225T000000', 'DTEND:20261226T000000'], ['2026-12-25']],
    ['a night', ['DTSTART:20261231T200000', 'DTEND:20270101T020000'], ['2026-12-31', '2027-01-01']],
    [
      'in the zone of the calendar',
      ['DTSTART;TZID=America/New_York:20261225T000000', 'DTEND;TZID=America/New_York:20261226T000000'],
      ['2026-12-25'],
    ],
    [
      'in a zone of Outlook',
      [
        'DTSTART;TZID="W. Europe Standard Time":20261225T000000',
        'DTEND;TZID="W. Europe Standard Time":20261226T000000',
      ],
      ['2026-12-25'],
    ],
    [
      'in UTC: by the zone of the environment',
      ['DTSTART:20261224T230000Z', 'DTEND:20261225T230000Z'],
      ['2026-12-25'],
    ],
    ['in UTC, in summer', ['DTSTART:20260430T220000Z', 'DTEND:20260501T220000Z'], ['2026-05-01']],
  ])('%s', (_, lines, dates) => expect(datesOf(...lines)).toEqual(dates));

  it.each<[string, string[], string[]]>([
    [
      'yearly',
      ['DTSTART;VALUE=DATE:20201225', 'RRULE:FREQ=YEARLY'],
      ['2025', '2026', '2027', '2028', '2029', '2030', '2031'].map((y) => `${y}-12-25`),
    ],
    [
      'yearly from long ago',
      ['DTSTART;VALUE=DATE:16010501', 'RRULE:FREQ=YEARLY'],
      ['2025', '2026', '2027', '2028', '2029', '2030', '2031'].map((y) => `${y}-05-01`),
    ],
    [
      'yearly until',
      ['DTSTART;VALUE=DATE:20201225', 'RRULE:FREQ=YEARLY;UNTIL=20261231'],
      ['2025-12-25', '2026-12-25'],
    ],
    [
      'yearly so often',
      ['DTSTART;VALUE=DATE:20241225', 'RRULE:FREQ=YEARLY;COUNT=3'],
      ['2025-12-25', '2026-12-25'],
    ],
    ['every fourth year', ['DTSTART;VALUE=DATE:20201103', 'RRULE:FREQ=YEARLY;INTERVAL=4'], ['2028-11-03']],
    ['a leap day: in leap years only', ['DTSTART;VALUE=DATE:20240229', 'RRULE:FREQ=YEARLY'], ['2028-02-29']],
    [
      'a leap day by its month',
      ['DTSTART;VALUE=DATE:20240229', 'RRULE:FREQ=YEARLY;BYMONTH=2'],
      ['2028-02-29'],
    ],
    [
      'the last of February',
      ['DTSTART;VALUE=DATE:20260228', 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1;COUNT=3'],
      ['2026-02-28', '2027-02-28', '2028-02-29'],
    ],
    [
      'Thanksgiving and the day after',
      [
        'DTSTART;VALUE=DATE:20251127',
        'DTEND;VALUE=DATE:20251129',
        'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2',
      ],
      ['2025-11-27', '2025-11-28', '2026-11-26', '2026-11-27'],
    ],
    [
      'Memorial Day',
      ['DTSTART;VALUE=DATE:20250526', 'RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=2'],
      ['2025-05-26', '2026-05-25'],
    ],
    [
      'Midsummer',
      [
        'DTSTART;VALUE=DATE:20250621',
        'RRULE:FREQ=YEARLY;BYMONTH=6;BYDAY=SA;BYMONTHDAY=20,21,22,23,24,25,26;COUNT=2',
      ],
      ['2025-06-21', '2026-06-20'],
    ],
    [
      'two days a year',
      ['DTSTART;VALUE=DATE:20251225', 'RRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25,26;UNTIL=20261231'],
      ['2025-12-25', '2025-12-26', '2026-12-25', '2026-12-26'],
    ],
    ['weekly', ['DTSTART;VALUE=DATE:20261127', 'RRULE:FREQ=WEEKLY;COUNT=2'], ['2026-11-27', '2026-12-04']],
    [
      'daily',
      ['DTSTART;VALUE=DATE:20261224', 'RRULE:FREQ=DAILY;COUNT=3'],
      ['2026-12-24', '2026-12-25', '2026-12-26'],
    ],
    [
      'with times',
      [
        'DTSTART;TZID=Europe/Berlin:20241224T140000',
        'DTEND;TZID=Europe/Berlin:20241224T180000',
        'RRULE:FREQ=YEARLY;COUNT=3',
      ],
      ['2025-12-24', '2026-12-24'],
    ],
    [
      'in UTC, by the clock of each date',
      ['DTSTART:20260101T223000Z', 'RRULE:FREQ=MONTHLY;BYMONTH=1,7;COUNT=2'],
      ['2026-01-01', '2026-07-02'],
    ],
    [
      'less one',
      ['DTSTART;VALUE=DATE:20251225', 'RRULE:FREQ=YEARLY;UNTIL=20271231', 'EXDATE;VALUE=DATE:20261225'],
      ['2025-12-25', '2027-12-25'],
    ],
    [
      'less two in one line',
      [
        'DTSTART;VALUE=DATE:20251225',
        'RRULE:FREQ=YEARLY;UNTIL=20271231',
        'EXDATE;VALUE=DATE:20251225,20271225',
      ],
      ['2026-12-25'],
    ],
    [
      'with times, less one',
      [
        'DTSTART;TZID=Europe/Berlin:20251224T140000',
        'RRULE:FREQ=YEARLY;UNTIL=20271231T000000Z',
        'EXDATE;TZID=Europe/Berlin:20261224T140000',
      ],
      ['2025-12-24', '2027-12-24'],
    ],
    [
      'on dates that are written',
      ['DTSTART;VALUE=DATE:20260403', 'RDATE;VALUE=DATE:20270326,20280414'],
      ['2026-04-03', '2027-03-26', '2028-04-14'],
    ],
    [
      'on days that never come',
      ['DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'],
      ['2026-01-01'],
    ],
    [
      'on days that never come, daily',
      ['DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'],
      ['2026-01-01'],
    ],
    [
      'on days that never come, monthly',
      ['DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=MONTHLY;BYDAY=1TH;BYSETPOS=2'],
      ['2026-01-01'],
    ],
    [
      'beyond all dates',
      [
        'DTSTART;VALUE=DATE:20260101',
        'RRULE:FREQ=YEARLY;INTERVAL=999999999',
        'RRULE:FREQ=MONTHLY;INTERVAL=999999999',
      ],
      ['2026-01-01'],
    ],
    [
      'after very many years',
      ['DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=WEEKLY;BYMONTH=2;INTERVAL=999999999'],
      ['2026-01-01'],
    ],
    [
      'Memorial Day, as Outlook writes it',
      ['DTSTART;VALUE=DATE:20250526', 'RRULE:FREQ=YEARLY;BYDAY=MO;BYMONTH=5;BYSETPOS=-1;COUNT=2'],
      ['2025-05-26', '2026-05-25'],
    ],
    [
      'the last Friday of the year, and the first',
      ['DTSTART;VALUE=DATE:20251226', 'RRULE:FREQ=YEARLY;BYDAY=-1FR,1FR;COUNT=3'],
      ['2025-12-26', '2026-01-02', '2026-12-25'],
    ],
    [
      'the second Tuesday of every sixth month',
      ['DTSTART;VALUE=DATE:20260113', 'RRULE:FREQ=MONTHLY;INTERVAL=6;BYDAY=2TU;COUNT=3'],
      ['2026-01-13', '2026-07-14', '2027-01-12'],
    ],
    [
      'the 31st of months that have one',
      ['DTSTART;VALUE=DATE:20260131', 'RRULE:FREQ=MONTHLY;COUNT=3'],
      ['2026-01-31', '2026-03-31', '2026-05-31'],
    ],
    [
      'every other week, which begins on Sunday',
      ['DTSTART;VALUE=DATE:20260106', 'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;WKST=SU;COUNT=3'],
      ['2026-01-06', '2026-01-18', '2026-01-20'],
    ],
    [
      'every other week, which begins on Monday',
      ['DTSTART;VALUE=DATE:20260106', 'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;COUNT=3'],
      ['2026-01-06', '2026-01-11', '2026-01-20'],
    ],
    [
      'counted from before the window',
      ['DTSTART;VALUE=DATE:20000101', 'RRULE:FREQ=YEARLY;COUNT=27'],
      ['2025-01-01', '2026-01-01'],
    ],
    [
      'into the window from before it',
      ['DTSTART;VALUE=DATE:20231231', 'DTEND;VALUE=DATE:20240102', 'RRULE:FREQ=YEARLY;UNTIL=20241231'],
      ['2025-01-01'],
    ],
    [
      'until a moment in UTC that is the next date here',
      ['DTSTART;TZID=Europe/Berlin:20250101T000000', 'RRULE:FREQ=YEARLY;UNTIL=20261231T230000Z'],
      ['2025-01-01', '2026-01-01', '2027-01-01'],
    ],
    [
      'on days that never come, weekly',
      ['DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=WEEKLY;INTERVAL=1000;BYMONTH=2'],
      ['2026-01-01'],
    ],
    [
      'on days that cannot be',
      ['DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1MO;BYMONTHDAY=15'],
      ['2026-01-01'],
    ],
  ])('that repeats %s', (_, lines, dates) => expect(datesOf(...lines)).toEqual(dates));

  it('counts no cancelled event', () =>
    expect(
      read(
        calendar(
          ...event('DTSTART;VALUE=DATE:20261225'),
          ...event('DTSTART;VALUE=DATE:20260501', 'RRULE:FREQ=YEARLY', 'STATUS:CANCELLED'),
        ),
      ),
    ).toEqual({ dates: ['2026-12-25'], faults: [] }));

  it('follows what became of one repetition', () => {
    const series = ['DTSTART;VALUE=DATE:20250501', 'RRULE:FREQ=YEARLY;UNTIL=20281231'];
    const moved = ['DTSTART;VALUE=DATE:20260504', 'RECURRENCE-ID;VALUE=DATE:20260501'];
    const cancelled = [
      'DTSTART;VALUE=DATE:20270501',
      'RECURRENCE-ID;VALUE=DATE:20270501',
      'STATUS:CANCELLED',
    ];
    expect(read(calendar(...event(...series), ...event(...moved), ...event(...cancelled)))).toEqual({
      dates: ['2025-05-01', '2026-05-04', '2028-05-01'],
      faults: [],
    });
  });

  it('reads lines that end in any way, and a mark at the beginning', () => {
    const text = calendar(...event('DTSTART;VALUE=DATE:20261225'));
    for (const end of ['\n', '\r\n', '\r'])
      expect(read(`\uFEFF${text.replaceAll('\r\n', end)}`).dates).toEqual(['2026-12-25']);
  });

  it('keeps to the years around', () => {
    const years = ['2024', '2025', '2031', '2032'];
    const text = calendar(...years.flatMap((year) => event(`DTSTART;VALUE=DATE:${year}0501`)));
    expect(read(text).dates).toEqual(['2025-05-01', '2031-05-01']);
  });
});

describe('a calendar that is odd', () => {
  const good = event('DTSTART;VALUE=DATE:20261225');
  it.each<[string, string, string]>([
    ['empty', '', 'no event (BEGIN:VEVENT) in it'],
    ['a web page', '<!doctype html>\n<html>', 'line 1: BEGIN:VCALENDAR is expected here'],
    [
      'without events',
      calendar('BEGIN:VTODO', 'DTSTART;VALUE=DATE:20261225', 'END:VTODO'),
      'no event (BEGIN:VEVENT) in it: name',
    ],
    ['out of date', calendar(...event('DTSTART;VALUE=DATE:20191225')), 'no event from 2025 to 2031'],
    [
      'cancelled',
      calendar(...good.slice(0, -1), 'STATUS:CANCELLED', 'END:VEVENT'),
      'no event from 2025 to 2031 that is not',
    ],
    [
      'cut off',
      calendar(...good).split('END:VEVENT')[0]!,
      'line 4: VEVENT is never ended: the file is cut off',
    ],
    ['cut off at the end', calendar(...good).split('END:VCAL')[0]!, 'line 1: VCALENDAR is never ended'],
    ['mixed up', calendar('BEGIN:VEVENT', 'END:VTODO'), 'line 5: it ends VTODO, but VEVENT is open'],
    ['going on after its end', `${calendar(...good)}SUMMARY:x`, 'line 9: BEGIN:VCALENDAR is expected here'],
    [
      'with a line that is none',
      calendar('what is this', ...good),
      'line 4: "what is this" is not NAME:value',
    ],
    ['without a beginning', calendar(...event('SUMMARY:x')), 'line 4: the event has no DTSTART'],
    ['with a bare date', calendar(...event('DTSTART:20261225')), 'line 6: "DTSTART:20261225" cannot be read'],
    [
      'with a day that is none',
      calendar(...event('DTSTART;VALUE=DATE:20260230')),
      'line 6: "DTSTART;VALUE=DATE:20260230" cannot be read (there is no such time): write a date such as DTSTART;VALUE=DATE:20261225',
    ],
    [
      'with an hour that is none',
      calendar(...event('DTSTART:20261225T250000')),
      'line 6: "DTSTART:20261225T250000" cannot be read (there is no such time)',
    ],
    [
      'with words for a date',
      calendar(...event('DTSTART;VALUE=DATE:tomorrow')),
      'line 6: "DTSTART;VALUE=DATE:tomorrow" cannot be read',
    ],
    [
      'with a text for a date',
      calendar(...event('DTSTART;VALUE=TEXT:20261225')),
      'line 6: "DTSTART;VALUE=TEXT:20261225" cannot be read (it is a text)',
    ],
    [
      'with an odd EXDATE',
      calendar(...event('DTSTART;VALUE=DATE:20261225', 'EXDATE:Friday')),
      'line 7: "EXDATE:Friday"',
    ],
    [
      'with periods',
      calendar(...event('DTSTART:20261225T000000Z', 'RDATE;VALUE=PERIOD:20261225T000000Z/P1D')),
      'line 7: "RDATE',
    ],
    [
      'ending before it begins',
      calendar(...event('DTSTART;VALUE=DATE:20261225', 'DTEND;VALUE=DATE:20261224')),
      'line 7: the event ends before it begins',
    ],
    [
      'lasting for decades',
      calendar(...event('DTSTART;VALUE=DATE:20261225', 'DTEND;VALUE=DATE:20621226')),
      'line 7: the event lasts longer than 366 days',
    ],
    [
      'of a date and a time',
      calendar(...event('DTSTART;VALUE=DATE:20261225', 'DTEND:20261226T000000')),
      'line 7: DTSTART and DTEND are a date and a time',
    ],
    [
      'with an odd duration',
      calendar(...event('DTSTART;VALUE=DATE:20261225', 'DURATION:2D')),
      'line 7: "DURATION:2D" cannot be read',
    ],
    [
      'with an odd rule',
      calendar(...event('DTSTART;VALUE=DATE:20261225', 'RRULE:FREQ=OFTEN')),
      'line 7: "RRULE:FREQ=OFTEN" cannot be read',
    ],
    [
      'with a rule of no frequency',
      calendar(...event('DTSTART;VALUE=DATE:20261225', 'RRULE:')),
      'line 7: FREQ= is not read here: write the dates as events of their own',
    ],
    [
      'every second',
      calendar(...event('DTSTART:19700101T000000Z', 'RRULE:FREQ=SECONDLY')),
      'line 7: FREQ=SECONDLY is not read here',
    ],
    [
      'by weeks of the year',
      calendar(...event('DTSTART;VALUE=DATE:20261225', 'RRULE:FREQ=YEARLY;BYWEEKNO=20')),
      'line 7: BYWEEKNO is not read here',
    ],
    [
      'the nth day of a week',
      calendar(...event('DTSTART;VALUE=DATE:20261225', 'RRULE:FREQ=WEEKLY;BYDAY=2FR')),
      'line 7: BYDAY=2FR of FREQ=WEEKLY is not read here',
    ],
    [
      'of a rule against itself',
      calendar(...event('DTSTART;VALUE=DATE:20261225', 'RRULE:FREQ=WEEKLY;BYMONTHDAY=1')),
      'line 7: BYMONTHDAY of FREQ=WEEKLY is not read here',
    ],
    [
      'from the beginning of time',
      calendar(...event('DTSTART;VALUE=DATE:00010101', 'RRULE:FREQ=DAILY')),
      'line 6: "DTSTART;VALUE=DATE:00010101" cannot be read (there is no such time)',
    ],
    [
      'that counts days since 1601, again and again',
      calendar(
        ...Array.from({ length: 60 }, () =>
          event('DTSTART;VALUE=DATE:16010101', 'RRULE:FREQ=DAILY;COUNT=999999;BYMONTH=1'),
        ).flat(),
      ),
      'the events repeat too often to be holidays',
    ],
    ['too large', calendar(...good, `X-LONG:${'x'.repeat(1 << 20)}`), 'it is larger than 1 MiB'],
  ])('%s', (_, text, fault) => expect(faultsOf(text)).toContain(fault));

  it('has every fault reported together, up to ten', () => {
    const odd = event('DTSTART;VALUE=DATE:20260230');
    const places = read(calendar(...odd, ...good, ...event('SUMMARY:x'), ...odd)).faults.map(
      (f) => f.split(':')[0],
    );
    expect(places).toEqual(['line 6', 'line 18', 'line 12']);
    const { faults } = read(calendar(...Array.from({ length: 20 }, () => 'odd')));
    expect(faults).toHaveLength(11);
    expect(faults.at(-1)).toContain('more faults');
  });

  it('never throws and never hangs, whatever is written', () => {
    const texts = fc.array(
      fc.oneof(
        fc.constantFrom(
          'BEGIN:VEVENT',
          'END:VEVENT',
          'BEGIN:VALARM',
          'END:VALARM',
          'DTSTART;VALUE=DATE:20260101',
        ),
        fc.constantFrom(
          'RRULE:FREQ=DAILY',
          'STATUS:CANCELLED',
          'DURATION:P3D',
          'DTEND:',
          'EXDATE;X="',
          ' x',
          ';:',
        ),
        fc.string({ maxLength: 30 }),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(texts, (lines) => {
        const { dates, faults } = read(calendar(...lines));
        expect(dates.length + faults.length).toBeGreaterThan(0);
      }),
      { numRuns: 500, interruptAfterTimeLimit: 8000, markInterruptAsFailure: true },
    );
  });
});

describe('repetitions', () => {
  interface Rule {
    freq: 'YEARLY' | 'MONTHLY' | 'WEEKLY' | 'DAILY';
    interval: number;
    months: number[];
    days: number[];
    weekdays: string[];
  }
  const NAMES = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

  /** As RFC 5545 has it, date by date. */
  function isRepeated(rule: Rule, start: Date, at: Date): boolean {
    const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()];
    const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
    const isDay = rule.days.some((d) => day === (d < 0 ? length + 1 + d : d));
    const isWeekday = rule.weekdays.includes(NAMES[at.getUTCDay()]!);
    if (rule.months.length > 0 && !rule.months.includes(month)) return false;
    if (rule.days.length > 0 && !isDay) return false;
    if (rule.weekdays.length > 0 && !isWeekday) return false;
    const years = year - start.getUTCFullYear();
    const days = (at.getTime() - start.getTime()) / DAY;
    const isFree = rule.days.length === 0 && rule.weekdays.length === 0;
    switch (rule.freq) {
      case 'YEARLY': {
        const isMonth = rule.months.length > 0 || month === start.getUTCMonth() + 1;
        return years % rule.interval === 0 && (!isFree || (isMonth && day === start.getUTCDate()));
      }
      case 'MONTHLY': {
        const months = years * 12 + month - 1 - start.getUTCMonth();
        return months % rule.interval === 0 && (!isFree || day === start.getUTCDate());
      }
      case 'WEEKLY': {
        const monday = (start.getUTCDay() + 6) % 7;
        const isOn = rule.weekdays.length > 0 || at.getUTCDay() === start.getUTCDay();
        return Math.floor((days + monday) / 7) % rule.interval === 0 && isOn;
      }
      case 'DAILY':
        return days % rule.interval === 0;
    }
  }

  const part = <T>(values: T[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 3 });
  const rules: fc.Arbitrary<Rule> = fc
    .record({
      freq: fc.constantFrom<Rule['freq'][]>('YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY'),
      interval: fc.integer({ min: 1, max: 4 }),
      months: part([1, 2, 4, 7, 11, 12]).map((list) => list.sort((a, b) => a - b)),
      days: part([1, 2, 13, 28, 29, 30, 31, -1]),
      weekdays: part(NAMES),
    })
    .map((rule) => ({ ...rule, days: rule.freq === 'WEEKLY' ? [] : rule.days }));

  it('are those of RFC 5545', () => {
    const starts = fc
      .integer({ min: 0, max: 1000 })
      .map((days) => new Date(Date.UTC(2024, 0, 1) + days * DAY));
    fc.assert(
      fc.property(rules, starts, (rule, start) => {
        const date = (at: Date) => at.toISOString().slice(0, 10);
        const list = (name: string, values: unknown[]) => (values.length > 0 ? `;${name}=${values}` : '');
        const line = `RRULE:FREQ=${rule.freq};INTERVAL=${rule.interval}${list('BYMONTH', rule.months)}${list('BYMONTHDAY', rule.days)}${list('BYDAY', rule.weekdays)}`;
        const expected = Array.from(
          { length: Math.round((Date.UTC(2032, 0, 1) - start.getTime()) / DAY) },
          (_, i) => new Date(start.getTime() + i * DAY),
        )
          .filter((at) => at.getTime() === start.getTime() || isRepeated(rule, start, at))
          .map(date)
          .filter((at) => at >= '2025');
        const { dates, faults } = read(
          calendar(
            ...event(`DTSTART;VALUE=DATE:${date(start).replaceAll('-', '')}`, line),
            ...event('DTSTART;VALUE=DATE:20311231'),
          ),
        );
        expect(faults, line).toEqual([]);
        expect(dates, `${date(start)} ${line}`).toEqual([...new Set([...expected, '2031-12-31'])].sort());
      }),
      { numRuns: 300, interruptAfterTimeLimit: 8000, markInterruptAsFailure: false },
    );
  });
});

const MAY = calendar(...event('DTSTART;VALUE=DATE:20200501', 'RRULE:FREQ=YEARLY'));
const YEAR = new Date().getUTCFullYear();

describe('holidays of an environment', () => {
  const config = (holidays: string, more = '') => `
url: https://gate.example.com
environments:
  production:
    channel: "#deploys"
    reviewers: channel
    time_zone: Europe/Berlin
    office_hours: Mon-Fri 09:00-18:00
    holidays: ${holidays}
${more}`;
  const files: Record<string, string> = {
    '/etc/gate/may.ics': MAY,
    '/etc/gate/odd.ics': calendar(...event('SUMMARY:x')),
    '/srv/utc.ics': calendar(...event(`DTSTART:${YEAR}0701T220000Z`, `DTEND:${YEAR}0702T220000Z`)),
  };
  const readFile = (file: string) => {
    const text = files[file];
    if (text === undefined) throw new Error(`there is no file ${file}`);
    return text;
  };
  const load = (text: string) => readConfig(text, {}, '/etc/gate/gatehouse.yaml', readFile);
  const holidaysOf = (holidays: string) =>
    [...(load(config(holidays)).environments.get('production')?.officeHours?.holidays ?? [])].sort();
  const faultsIn = (text: string) => {
    try {
      load(text);
      return [];
    } catch (e) {
      return (e as ConfigFaults).faults.map((f) => `${f.path}: ${f.message}`);
    }
  };
  const mays = Array.from({ length: 7 }, (_, i) => `${YEAR - 1 + i}-05-01`);

  it.each([
    ['dates', '[2026-12-25, 2027-12-25]', ['2026-12-25', '2027-12-25']],
    ['none', '[]', []],
    ['one date', '2026-12-25', ['2026-12-25']],
    ['a calendar beside the configuration', 'may.ics', mays],
    ['a calendar anywhere, in the zone of the environment', '/srv/utc.ics', [`${YEAR}-07-02`]],
    ['both', '[may.ics, 2026-12-25, ./may.ics]', [...mays, '2026-12-25'].sort()],
  ])('may be %s', (_, holidays, dates) => expect(holidaysOf(holidays)).toEqual(dates));

  it.each([
    [
      'a missing file',
      'none.ics',
      'environments.production.holidays: none.ics: it cannot be read: there is no file /etc/gate/none.ics',
    ],
    [
      'a faulty file',
      '[2026-12-25, odd.ics]',
      'environments.production.holidays.1: odd.ics: line 4: the event has no DTSTART',
    ],
    [
      'another file',
      'may.csv',
      'environments.production.holidays: write a date such as 2026-12-25, or the path of an .ics file',
    ],
    [
      'a date that is none',
      '[may.ics, 2026-02-30]',
      'environments.production.holidays.1: write a date such as',
    ],
    [
      'something else',
      '{ file: may.ics }',
      'environments.production.holidays: write dates such as 2026-12-25, or the path',
    ],
  ])('refuses %s', (_, holidays, fault) => expect(faultsIn(config(holidays)).join('\n')).toContain(fault));

  it('reports faults of calendars beside all others', () =>
    expect(
      faultsIn(
        config(
          '[odd.ics, none.ics]',
          '  staging: { channel: "#s", reviewers: channel, holidays: may.ics }\nlimits: { burst: 0 }',
        ),
      ).map((fault) => fault.split(': ')[0]),
    ).toEqual([
      'environments.staging.holidays',
      'limits.burst',
      'environments.production.holidays.0',
      'environments.production.holidays.1',
    ]));

  it('reads real files, as seen from the configuration file, and no large ones', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'holidays-'));
    afterAll(() => rmSync(directory, { recursive: true, force: true }));
    const file = path.join(directory, 'gatehouse.yaml');
    writeFileSync(file, config('may.ics'));
    writeFileSync(path.join(directory, 'may.ics'), MAY);
    const holidays = loadConfig({}, file).environments.get('production')?.officeHours?.holidays;
    expect([...(holidays ?? [])]).toEqual(mays);

    writeFileSync(path.join(directory, 'large.ics'), 'x'.repeat((1 << 20) + 1));
    expect(() => readSmallFile(path.join(directory, 'large.ics'))).toThrow('larger than 1 MiB');
    expect(() => readSmallFile(path.join(directory, 'none.ics'))).toThrow('there is no file');
    expect(() => readSmallFile(directory)).toThrow('is no file');
  });
});
