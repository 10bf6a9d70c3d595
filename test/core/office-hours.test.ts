import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInside, type OfficeHours, parseOfficeHours, wallClock } from '../../src/core/office-hours.ts';

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
