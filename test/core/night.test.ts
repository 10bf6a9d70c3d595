import { describe, expect, it } from 'vitest';
import { lastNight } from '../../src/core/night.ts';

const berlin = (at: string) => ({ at, timeZone: 'Europe/Berlin' });
const night = (now: string, settings = berlin('03:00')) => {
  const { id, dueAt } = lastNight(Date.parse(now), settings);
  return `${id} ${new Date(dueAt).toISOString().slice(0, 16)}Z`;
};

describe('the night that was due last', () => {
  it.each([
    ['just before', '2026-11-25T01:59:59Z', '2026-11-24 2026-11-24T02:00Z'],
    ['at its time', '2026-11-25T02:00:00Z', '2026-11-25 2026-11-25T02:00Z'],
    ['late in the evening', '2026-11-25T22:59:00Z', '2026-11-25 2026-11-25T02:00Z'],
    ['after midnight there, not yet in UTC', '2026-11-24T23:30:00Z', '2026-11-24 2026-11-24T02:00Z'],
    ['in summer', '2026-07-01T01:00:00Z', '2026-07-01 2026-07-01T01:00Z'],
  ])('%s', (_, now, expected) => expect(night(now)).toBe(expected));

  it('comes when the clock has jumped over its time', () => {
    // On 29 March 2026 02:00 becomes 03:00.
    expect(night('2026-03-29T00:59:00Z', berlin('02:30'))).toBe('2026-03-28 2026-03-28T01:30Z');
    expect(night('2026-03-29T01:29:00Z', berlin('02:30'))).toBe('2026-03-28 2026-03-28T01:30Z');
    expect(night('2026-03-29T01:30:00Z', berlin('02:30'))).toBe('2026-03-29 2026-03-29T01:30Z');
  });

  it('comes once when its time comes twice, the first time', () => {
    // On 25 October 2026 03:00 becomes 02:00.
    expect(night('2026-10-25T00:29:00Z', berlin('02:30'))).toBe('2026-10-24 2026-10-24T00:30Z');
    expect(night('2026-10-25T00:30:00Z', berlin('02:30'))).toBe('2026-10-25 2026-10-25T00:30Z');
    expect(night('2026-10-25T01:40:00Z', berlin('02:30'))).toBe('2026-10-25 2026-10-25T00:30Z');
  });

  it.each(['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu', 'America/New_York', 'UTC'])(
    'has every date of two years in %s once, in order',
    (timeZone) => {
      const ids: string[] = [];
      for (let at = Date.UTC(2026, 0, 3); at < Date.UTC(2028, 0, 3); at += 6 * 3_600_000) {
        const { id, dueAt } = lastNight(at, { at: '02:15', timeZone });
        expect(dueAt).toBeLessThanOrEqual(at);
        if (ids.at(-1) !== id) ids.push(id);
      }
      expect(new Set(ids).size).toBe(ids.length);
      const days = (Date.parse(ids.at(-1) as string) - Date.parse(ids[0] as string)) / 86_400_000 + 1;
      expect(ids.length).toBe(days);
    },
  );
});
