import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isInside,
  nextChange,
  type OfficeHours,
  parseOfficeHours,
  wallClock,
} from '../../src/core/office-hours.ts';

const read = (text: string, holidays: string[] = []): OfficeHours => {
  const hours = parseOfficeHours(text, new Set(holidays));
  if ('why' in hours) throw new Error(hours.why);
  return hours;
};
/** `Mon 540-1080` for each stretch. */
const shown = (text: string) =>
  read(text).hours.map(
    ({ day, from, to }) => `${['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][day]} ${from}-${to}`,
  );

describe('reading office hours', () => {
  it.each([
    ['Mon-Tue 09:00-18:00', ['Mon 540-1080', 'Tue 540-1080']],
    ['mon 09:00-18:00', ['Mon 540-1080']],
    ['Mon 09:00-18:00, Fri 09:00-15:00', ['Mon 540-1080', 'Fri 540-900']],
    ['Sat-Sun 00:00-24:00', ['Sat 0-1440', 'Sun 0-1440']],
    ['Sat-Mon 10:00-11:00', ['Sat 600-660', 'Sun 600-660', 'Mon 600-660']],
    ['Fri 22:00-06:00', ['Fri 1320-1800']],
    ['Mon,Wed 09:00-10:00', ['Mon 540-600', 'Wed 540-600']],
    ['Mon 09:00-12:00, 13:00-17:00', ['Mon 540-720', 'Mon 780-1020']],
    [' Mon  09:00-18:00 ', ['Mon 540-1080']],
  ])('%s', (text, expected) => expect(shown(text)).toEqual(expected));

  it('takes hours without days for every day', () =>
    expect(read('22:00-06:00').hours.map(({ day }) => day)).toEqual([0, 1, 2, 3, 4, 5, 6]));

  it.each([
    ['', 0, 'missing'],
    ['Mon-Fri', 7, 'days without hours'],
    ['Mon-Fri 9:00-18:00', 8, 'four digits'],
    ['Mon-Fri 09:00-25:00', 8, '24:00'],
    ['Mon-Fri 24:00-06:00', 8, '23:59'],
    ['Mon-Fri 09:60-18:00', 8, 'four digits'],
    ['Mon-Fri 09:00-09:00', 8, '00:00-24:00'],
    ['Mon-Thu 09:00-18:00, Frei 09:00-15:00', 21, 'no day'],
    ['Mon-Thu 09:00-18:00,', 20, 'missing'],
    ['Mon-Wed-Fri 09:00-18:00', 0, 'no day'],
    ['Mon 09:00-18:00 or so', 0, 'neither'],
    ['Mon-Fri 09:00 - 18:00', 0, 'neither'],
    ['x'.repeat(301), 300, 'too long'],
  ])('refuses %s', (text, place, why) => {
    const fault = parseOfficeHours(text);
    expect(fault).toMatchObject({ place, why: expect.stringContaining(why), mend: expect.any(String) });
  });

  it('never throws, and is fast, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'Mon-Fri 09:1,\t'), maxLength: 400 }), (text) => {
        parseOfficeHours(text);
      }),
      { numRuns: 500, interruptAfterTimeLimit: 2000, markInterruptAsFailure: true },
    );
  });
});

describe('inside office hours', () => {
  const BERLIN = 'Europe/Berlin';
  it.each([
    ['Mon-Fri 09:00-18:00', BERLIN, '2026-03-02T08:00:00Z', true, 'Monday 09:00, the first minute'],
    ['Mon-Fri 09:00-18:00', BERLIN, '2026-03-02T07:59:59Z', false, 'a second before'],
    ['Mon-Fri 09:00-18:00', BERLIN, '2026-03-02T16:59:59Z', true, 'the last second'],
    ['Mon-Fri 09:00-18:00', BERLIN, '2026-03-02T17:00:00Z', false, 'the end itself is outside'],
    ['Mon-Fri 09:00-18:00', BERLIN, '2026-03-01T10:00:00Z', false, 'Sunday'],
    ['Mon-Sun 00:00-24:00', BERLIN, '2026-03-01T22:59:59Z', true, 'the whole week'],
    ['Fri 22:00-06:00', 'UTC', '2026-03-06T23:00:00Z', true, 'Friday night'],
    ['Fri 22:00-06:00', 'UTC', '2026-03-07T05:59:00Z', true, 'Saturday morning belongs to Friday'],
    ['Fri 22:00-06:00', 'UTC', '2026-03-06T05:00:00Z', false, 'Friday morning belongs to Thursday'],
    ['Sat 22:00-06:00', 'UTC', '2026-03-08T01:00:00Z', true, 'over the end of the week'],
    ['Mon-Fri 09:00-18:00', 'Asia/Kathmandu', '2026-03-02T03:15:00Z', true, 'a zone of 5:45 hours'],
    ['Mon 00:00-01:00', 'Pacific/Auckland', '2026-03-01T11:30:00Z', true, 'the local day decides'],
    ['Sun 02:00-03:00', BERLIN, '2026-10-25T00:30:00Z', true, 'the repeated hour, first pass'],
    ['Sun 02:00-03:00', BERLIN, '2026-10-25T01:30:00Z', true, 'the repeated hour, second pass'],
    ['Sun 02:00-03:00', BERLIN, '2026-03-29T00:59:59Z', false, 'before the missing hour'],
    ['Sun 02:00-03:00', BERLIN, '2026-03-29T01:00:00Z', false, 'after it: 02:xx never occurs'],
  ])('%s in %s at %s: %s (%s)', (text, zone, at, expected) =>
    expect(isInside(read(text), zone, new Date(at))).toBe(expected),
  );

  it('holds holidays for outside, by the local date', () => {
    const hours = read('Mon-Sun 00:00-24:00', ['2026-12-25']);
    expect(isInside(hours, BERLIN, new Date('2026-12-24T22:59:59Z'))).toBe(true);
    expect(isInside(hours, BERLIN, new Date('2026-12-24T23:00:00Z'))).toBe(false);
    expect(isInside(hours, BERLIN, new Date('2026-12-25T23:00:00Z'))).toBe(true);
  });

  it('reads the wall clock of any zone as its offset says', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.date({ min: new Date('1990-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
        (timeZone, at) => {
          const clock = wallClock(timeZone, at);
          const local = new Intl.DateTimeFormat('sv-SE', {
            timeZone,
            dateStyle: 'short',
            timeStyle: 'short',
          });
          const time = `${String(Math.floor(clock.minute / 60)).padStart(2, '0')}:${String(clock.minute % 60).padStart(2, '0')}`;
          expect(`${clock.date} ${time}`).toBe(local.format(at));
          const weekday = new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'short' }).format(at);
          expect(['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][clock.day]).toBe(weekday);
        },
      ),
      { numRuns: 400, interruptAfterTimeLimit: 5000, markInterruptAsFailure: false },
    );
  });

  it('is, at every change of clocks, what the wall clock says: repeated hours count twice, missing ones never', () => {
    const zones = [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'America/Sao_Paulo',
      'Africa/Cairo',
    ];
    const nights = fc.integer({ min: 0, max: 365 * 24 * 4 });
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        nights,
        fc.integer({ min: 0, max: 1439 }),
        (zone, quarter, from) => {
          const at = new Date(Date.UTC(2018, 0, 1) + quarter * 900_000);
          const { day, minute } = wallClock(zone, at);
          const hours = { text: '', hours: [{ day, from, to: 1440 }], holidays: new Set<string>() };
          expect(isInside(hours, zone, at)).toBe(minute >= from);
        },
      ),
      { numRuns: 1000, interruptAfterTimeLimit: 5000, markInterruptAsFailure: false },
    );
  });

  it('is never both in some hours and in the rest of the week', () => {
    const inside = read('Mon-Fri 09:00-18:00');
    const rest = read('Mon-Fri 00:00-09:00, 18:00-24:00, Sat-Sun 00:00-24:00');
    const dates = fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, (at) => isInside(inside, BERLIN, at) !== isInside(rest, BERLIN, at)),
      { numRuns: 300 },
    );
  });
});

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const ZONES = Intl.supportedValuesOf('timeZone');

/** When a zone's clocks change, and what a wall is ahead of UTC before and after. */
interface Turn {
  zone: string;
  at: number;
  before: number;
  after: number;
}

/** Read from the name of the offset (`GMT+05:45`): by another way than the code under test. */
function offsetReader(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  return (at) => {
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(at)) ?? [];
    return (sign === '-' ? -MINUTE : MINUTE) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
  };
}

function turnsOf(zone: string, fromYear = 2024, toYear = 2030): Turn[] {
  const offsetOf = offsetReader(zone);
  const turns: Turn[] = [];
  let before = offsetOf(Date.UTC(fromYear, 0, 1));
  for (let week = Date.UTC(fromYear, 0, 1); week < Date.UTC(toYear + 1, 0, 1); week += 7 * DAY) {
    if (offsetOf(week + 7 * DAY) === before) continue;
    let [low, high] = [week, week + 7 * DAY];
    while (high - low > MINUTE) {
      const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE;
      if (offsetOf(middle) === before) low = middle;
      else high = middle;
    }
    turns.push({ zone, at: high, before, after: offsetOf(high) });
    before = offsetOf(high);
  }
  return turns;
}

const TURNS = new Map(ZONES.map((zone) => [zone, turnsOf(zone)]));
const ALL_TURNS = [...TURNS.values()].flat();

const stretch = (day: number, from: number, to: number): OfficeHours => ({
  text: '',
  hours: [{ day, from, to }],
  holidays: new Set(),
});
const overlap = (a: number, b: number, c: number, d: number) => Math.max(0, Math.min(b, d) - Math.max(a, c));

/** Minutes inside from one moment to another, found by going from change to change. */
function minutesInside(hours: OfficeHours, zone: string, from: number, to: number): number {
  let [minutes, at] = [0, from];
  let inside = isInside(hours, zone, new Date(from));
  while (at < to) {
    const change = nextChange(hours, zone, new Date(at));
    const until = Math.min(to, change?.at.getTime() ?? to);
    if (inside) minutes += (until - at) / MINUTE;
    inside = !inside;
    at = until;
  }
  return minutes;
}

describe('changes of clocks, in every zone, 2024 to 2030', () => {
  it('are in the data at all', () => {
    expect(ZONES.length).toBeGreaterThan(400);
    expect(ALL_TURNS.length).toBeGreaterThan(1500);
    const sizes = new Set(ALL_TURNS.map(({ before, after }) => Math.abs(after - before) / MINUTE));
    expect([...sizes].sort((a, b) => a - b)).toEqual(expect.arrayContaining([30, 60, 120]));
    for (const zone of ['UTC', 'Asia/Tokyo', 'Asia/Kolkata', 'America/Phoenix'])
      expect(TURNS.get(zone) ?? []).toEqual([]);
  });

  it('leave every moment either in the hours or in the rest of the week, as the wall shows', () => {
    const spans = fc.sample(fc.tuple(fc.nat(95), fc.integer({ min: 1, max: 96 })), {
      numRuns: ALL_TURNS.length,
      seed: 1,
    });
    for (const [index, { zone, at, before, after }] of ALL_TURNS.entries()) {
      const [quarter, length] = spans[index]!;
      const [from, to] = [quarter * 15, (quarter + length) * 15];
      const days = [0, 1, 2, 3, 4, 5, 6];
      const everyDay = { ...stretch(0, 0, 0), hours: days.map((day) => ({ day, from, to })) };
      const rest = {
        ...everyDay,
        hours: length === 96 ? [] : days.map((day) => ({ day, from: to, to: from + 1440 })),
      };
      const grid = [...steps(-26 * 60, 26 * 60, 60), ...steps(-150, 150, 15)];
      const wrong = grid
        .map((minutes) => at + minutes * MINUTE)
        .filter((moment) => {
          const shown = (((moment + (moment < at ? before : after)) % DAY) + DAY) % DAY;
          const minute = shown / MINUTE;
          const expected = (minute >= from && minute < to) || minute + 1440 < to;
          const moments = new Date(moment);
          return isInside(everyDay, zone, moments) !== expected || isInside(rest, zone, moments) === expected;
        });
      expect(wrong, `${zone} ${from}-${to}`).toEqual([]);
    }
  }, 15_000);

  it('take from hours the minutes that are left out and give them those that are repeated, no others', () => {
    const spans = fc.sample(fc.tuple(fc.nat(1439), fc.integer({ min: 1, max: 1440 })), {
      numRuns: ALL_TURNS.length,
      seed: 2,
    });
    for (const [index, { zone, at, before, after }] of ALL_TURNS.entries()) {
      const [minute, length] = spans[index]!;
      const midnight = Math.floor((at + Math.min(before, after)) / DAY) * DAY;
      // Every third begins where clocks change, so that edges within the change are not left to luck.
      const shownAtTurn = (at + Math.min(before, after) - midnight) / MINUTE;
      const from = index % 3 === 0 ? shownAtTurn : minute;
      const begins = midnight + from * MINUTE;
      const ends = begins + length * MINUTE;
      const changed = overlap(begins, ends, at + Math.min(before, after), at + Math.max(before, after));
      const expected = length + (after > before ? -changed : changed) / MINUTE;
      const hours = stretch(new Date(midnight).getUTCDay(), from, from + length);
      expect(
        minutesInside(hours, zone, at - 3 * DAY, at + 3 * DAY),
        `${zone} ${new Date(at).toISOString()} ${from}+${length}`,
      ).toBe(expected);
    }
  }, 15_000);

  it('leave hours of other days as long as they are written, in every zone', () => {
    const samples = fc.sample(fc.tuple(fc.nat(7 * 365), fc.nat(1439), fc.integer({ min: 1, max: 1440 })), {
      numRuns: 3 * ZONES.length,
      seed: 3,
    });
    for (const [index, [day, from, length]] of samples.entries()) {
      const zone = ZONES[index % ZONES.length]!;
      const noon = Date.UTC(2024, 0, 1, 12) + day * DAY;
      if (TURNS.get(zone)!.some(({ at }) => Math.abs(at - noon) < 4 * DAY)) continue;
      const hours = stretch(new Date(noon).getUTCDay(), from, from + length);
      expect(minutesInside(hours, zone, noon - 3 * DAY, noon + 3 * DAY), zone).toBe(length);
    }
  }, 15_000);

  it.each([
    ['Sun 00:00-24:00', 'Europe/Berlin', '2026-03-29', 23 * 60, 'a day of 23 hours'],
    ['Sun 00:00-24:00', 'Europe/Berlin', '2026-10-25', 25 * 60, 'a day of 25 hours'],
    ['Sun 01:30-02:30', 'Europe/Berlin', '2026-03-29', 30, 'ends in the missing hour'],
    ['Sun 02:15-03:15', 'Europe/Berlin', '2026-03-29', 15, 'begins in the missing hour'],
    ['Sun 02:00-03:00', 'Europe/Berlin', '2026-03-29', 0, 'is the missing hour'],
    ['Sun 02:30-03:00', 'Europe/Berlin', '2026-10-25', 60, 'occurs twice'],
    ['Sat 22:00-06:00', 'Europe/Berlin', '2026-03-29', 7 * 60, 'a night of 7 hours'],
    ['Sat 22:00-06:00', 'Europe/Berlin', '2026-10-25', 9 * 60, 'a night of 9 hours'],
    ['Sun 01:00-03:00', 'Australia/Lord_Howe', '2026-10-04', 90, 'half an hour is missing'],
    ['Sun 01:00-03:00', 'Australia/Lord_Howe', '2026-04-05', 150, 'half an hour is repeated'],
    ['Sun 01:00-03:00', 'Antarctica/Troll', '2026-03-29', 0, 'two hours are missing'],
    ['Sun 01:00-03:00', 'Antarctica/Troll', '2026-10-25', 240, 'two hours are repeated'],
    ['Fri 00:00-24:00', 'Africa/Cairo', '2026-04-24', 23 * 60, 'a day without its midnight'],
    ['Thu 23:00-24:00', 'Africa/Cairo', '2026-10-29', 120, 'the day before is repeated'],
    ['Thu 23:00-24:00', 'Asia/Almaty', '2024-02-29', 120, 'a leap day that goes on'],
    ['Thu 00:00-24:00', 'Europe/Berlin', '2024-02-29', 24 * 60, 'a leap day'],
    ['Sun 02:00-03:00', 'Africa/Casablanca', '2026-02-15', 120, 'clocks go back for Ramadan'],
    ['Fri 09:00-18:00', 'Pacific/Apia', '2011-12-30', 0, 'a date that was left out'],
    ['Thu 22:00-06:00', 'Pacific/Apia', '2011-12-30', 120, 'a night into a date that was left out'],
    ['Fri 22:00-06:00', 'Pacific/Apia', '2011-12-30', 360, 'a night out of it'],
    ['Sat 00:00-24:00', 'Pacific/Kwajalein', '1993-08-21', 0, 'another date that was left out'],
  ])('%s in %s around %s: %i minutes (%s)', (text, zone, date, minutes) => {
    const noon = Date.parse(`${date}T12:00:00Z`);
    expect(minutesInside(read(text), zone, noon - 3 * DAY, noon + 3 * DAY)).toBe(minutes);
  });
});

describe('the next change of office hours', () => {
  const BERLIN = 'Europe/Berlin';
  const WORK = 'Mon-Fri 09:00-18:00';
  it.each([
    [WORK, [], '2026-03-02T07:59:59.999Z', '2026-03-02T08:00:00.000Z', true, 'a moment before'],
    [WORK, [], '2026-03-02T08:00:00Z', '2026-03-02T17:00:00.000Z', false, 'at the first moment'],
    [WORK, [], '2026-03-02T16:59:30Z', '2026-03-02T17:00:00.000Z', false, 'within the last minute'],
    [WORK, [], '2026-03-06T17:00:00Z', '2026-03-09T08:00:00.000Z', true, 'over the week-end'],
    [WORK, [], '2026-03-27T17:00:00Z', '2026-03-30T07:00:00.000Z', true, 'over the change of clocks'],
    [WORK, ['2026-12-25'], '2026-12-24T17:00:00Z', '2026-12-28T08:00:00.000Z', true, 'over a holiday'],
    [
      '09:00-12:00, 12:00-18:00',
      [],
      '2026-03-02T08:00:00Z',
      '2026-03-02T17:00:00.000Z',
      false,
      'hours that touch',
    ],
    [
      '00:00-24:00',
      ['2026-03-20'],
      '2026-03-02T08:00:00Z',
      '2026-03-19T23:00:00.000Z',
      false,
      'a holiday begins',
    ],
    [
      '00:00-24:00',
      ['2026-03-20'],
      '2026-03-20T08:00:00Z',
      '2026-03-20T23:00:00.000Z',
      true,
      'a holiday ends',
    ],
    [
      'Fri 22:00-06:00',
      ['2026-03-07'],
      '2026-03-06T22:00:00Z',
      '2026-03-06T23:00:00.000Z',
      false,
      'a night ends with a holiday',
    ],
    [
      'Fri 22:00-06:00',
      ['2026-03-06'],
      '2026-03-06T22:00:00Z',
      '2026-03-06T23:00:00.000Z',
      true,
      'a night begins after one',
    ],
    [
      'Sun 02:30-04:00',
      [],
      '2026-03-29T00:00:00Z',
      '2026-03-29T01:00:00.000Z',
      true,
      'begins in the missing hour',
    ],
    [
      'Sun 01:00-02:30',
      [],
      '2026-03-29T00:30:00Z',
      '2026-03-29T01:00:00.000Z',
      false,
      'ends in the missing hour',
    ],
    ['Sun 02:00-02:30', [], '2026-10-25T00:00:00Z', '2026-10-25T00:30:00.000Z', false, 'the first pass ends'],
    [
      'Sun 02:00-02:30',
      [],
      '2026-10-25T00:30:00Z',
      '2026-10-25T01:00:00.000Z',
      true,
      'the second pass begins',
    ],
    [
      'Sun 02:30-03:00',
      [],
      '2026-10-25T00:30:00Z',
      '2026-10-25T01:00:00.000Z',
      false,
      'the clock goes back out of it',
    ],
  ])('%s, holidays %s, at %s: %s (%s)', (text, holidays, at, expected, inside) =>
    expect(nextChange(read(text, holidays), BERLIN, new Date(at))).toEqual({
      at: new Date(expected),
      inside,
    }),
  );

  it('is null when there is none: round the clock, no hours, holidays without end', () => {
    const at = new Date('2026-03-02T08:00:00Z');
    expect(nextChange(read('00:00-24:00'), BERLIN, at)).toBeNull();
    expect(nextChange({ ...read(WORK), hours: [] }, BERLIN, at)).toBeNull();
    expect(nextChange(read(WORK, datesFrom('2026-03-01', 400)), BERLIN, at)).toBeNull();
  });

  const moments = fc.date({ min: new Date('2024-01-01'), max: new Date('2030-12-31'), noInvalidDate: true });
  const week = fc
    .array(fc.tuple(fc.nat(6), fc.nat(1439), fc.integer({ min: 1, max: 1440 })), { maxLength: 8 })
    .map((rows) => rows.map(([day, from, length]) => ({ day, from, to: from + length })));

  it('is a change: the other side just before, and the same side all the way until then', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), week, moments, fc.nat(7), (zone, hours, at, free) => {
        const holidays = new Set(datesFrom(wallClock(zone, at).date, free));
        const office = { text: '', hours, holidays };
        const before = isInside(office, zone, at);
        const change = nextChange(office, zone, at);
        const end = change?.at.getTime() ?? at.getTime() + 15 * DAY;
        if (change) {
          expect(change.inside).toBe(!before);
          expect(change.at.getTime()).toBeGreaterThan(at.getTime());
          expect(change.at.getTime() - at.getTime()).toBeLessThanOrEqual(15 * DAY);
          expect(change.at.getTime() % MINUTE).toBe(0);
          expect(isInside(office, zone, change.at)).toBe(change.inside);
          expect(isInside(office, zone, new Date(end - 1))).toBe(before);
        }
        const step = Math.max(MINUTE, (end - at.getTime()) / 40);
        for (let moment = at.getTime(); moment < end; moment += step)
          expect(isInside(office, zone, new Date(moment))).toBe(before);
      }),
      { numRuns: 700, interruptAfterTimeLimit: 8000, markInterruptAsFailure: false },
    );
  });

  it('is what looking at every minute finds, around changes of clocks', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ALL_TURNS),
        fc.array(fc.tuple(fc.integer({ min: -180, max: 180 }), fc.integer({ min: 1, max: 120 })), {
          minLength: 1,
          maxLength: 3,
        }),
        ({ zone, at, before }, around) => {
          const start = at - 200 * MINUTE;
          const hours = around.map(([offset, length]) => {
            const begins = new Date(at + before + offset * MINUTE);
            const from = begins.getUTCHours() * 60 + begins.getUTCMinutes();
            return { day: begins.getUTCDay(), from, to: from + length };
          });
          const office = { text: '', hours, holidays: new Set<string>() };
          const seen = steps(0, 400, 1).map((minutes) => start + minutes * MINUTE);
          const flips = seen.filter(
            (moment) =>
              moment > start &&
              isInside(office, zone, new Date(moment)) !== isInside(office, zone, new Date(moment - MINUTE)),
          );
          const found: number[] = [];
          for (let next = nextChange(office, zone, new Date(start)); next; ) {
            if (next.at.getTime() >= start + 400 * MINUTE) break;
            found.push(next.at.getTime());
            next = nextChange(office, zone, next.at);
          }
          expect(found).toEqual(flips);
        },
      ),
      { numRuns: 150, interruptAfterTimeLimit: 8000, markInterruptAsFailure: false },
    );
  });

  it('looks beyond holidays in a row, sixty days at most', () => {
    const at = new Date('2026-03-02T18:00:00Z');
    for (const days of [1, 7, 30, 55]) {
      const change = nextChange(read('00:00-24:00', datesFrom('2026-03-02', days)), 'UTC', at);
      expect(change).toEqual({ at: new Date(Date.parse('2026-03-02') + days * DAY), inside: true });
    }
  });

  it('is quick also when nothing is found', () => {
    const never = read('00:00-24:00');
    const start = performance.now();
    for (let run = 0; run < 50; run += 1) nextChange(never, BERLIN, new Date('2026-03-02T08:00:00Z'));
    expect((performance.now() - start) / 50).toBeLessThan(50);
  });
});

function steps(from: number, to: number, by: number): number[] {
  return Array.from({ length: Math.floor((to - from) / by) }, (_, i) => from + i * by);
}
function datesFrom(date: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) =>
    new Date(Date.parse(date) + i * DAY).toISOString().slice(0, 10),
  );
}
