import { describe, expect, it, vi } from 'vitest';
import { isInside, wallClock } from '../../src/core/office-hours.ts';
import { isLong, measured } from './form.ts';

vi.setConfig({ testTimeout: 600_000 });

const MINUTE = 60_000;
const WEEK = 7 * 1440 * MINUTE;
const [FROM, TO] = [Date.UTC(2000, 0, 1), Date.UTC(2038, 0, 1)];

/** Read from the name of the offset (`GMT+05:45`): by another way than the code under test. */
function offsetReader(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  return (at) => {
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(at)) ?? [];
    return (sign === '-' ? -MINUTE : MINUTE) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
  };
}

/** Every moment at which this zone's clocks change. */
function turnsOf(zone: string): number[] {
  const offset = offsetReader(zone);
  const turns: number[] = [];
  for (let week = FROM; week < TO; week += WEEK) {
    if (offset(week) === offset(week + WEEK)) continue;
    let [before, after] = [week, week + WEEK];
    while (after - before > MINUTE) {
      const middle = before + Math.floor((after - before) / 2 / MINUTE) * MINUTE;
      if (offset(middle) === offset(before)) before = middle;
      else after = middle;
    }
    turns.push(after);
  }
  return turns;
}

/** The short form of this is the property test of office hours, which takes zones and turns by chance. */
describe.runIf(isLong)('daylight saving in every zone', () => {
  it('office hours are what the wall clock says, at every change of clocks from 2000 to 2037', () => {
    let turns = 0;
    for (const zone of Intl.supportedValuesOf('timeZone')) {
      const offset = offsetReader(zone);
      for (const turn of turnsOf(zone)) {
        turns += 1;
        for (const off of [-90, -60, -30, -1, 0, 1, 29, 30, 59, 60, 90]) {
          const at = new Date(turn + off * MINUTE);
          const wall = new Date(at.getTime() + offset(at.getTime()));
          const minute = wall.getUTCHours() * 60 + wall.getUTCMinutes();
          expect(wallClock(zone, at), `${zone} ${at.toISOString()}`).toMatchObject({
            day: wall.getUTCDay(),
            minute,
          });
          const hours = { day: wall.getUTCDay(), from: minute, to: minute + 1 };
          const office = { text: '', hours: [hours], holidays: new Set<string>() };
          expect(isInside(office, zone, at)).toBe(true);
          expect(isInside({ ...office, hours: [{ ...hours, day: (hours.day + 1) % 7 }] }, zone, at)).toBe(
            false,
          );
        }
      }
    }
    expect(turns).toBeGreaterThan(5000);
    measured({
      case: 'T2',
      promise: 'office hours are what the wall clock says, around every change of clocks from 2000 to 2037',
      runs: turns,
      figures: { zones: Intl.supportedValuesOf('timeZone').length },
    });
  });
});
