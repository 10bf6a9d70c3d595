import { describe, expect, it } from 'vitest';
import {
  isQuiet,
  type PersonSettings,
  quietHours,
  readQuiet,
  readTime,
  timeOf,
} from '../../src/core/quiet.ts';

const NIGHT = { from: 22 * 60, to: 7 * 60 };
const LUNCH = { from: 12 * 60, to: 13 * 60 };
const settings = (quiet: PersonSettings['quiet'], timeZone: string | null = null): PersonSettings => ({
  quiet,
  timeZone,
  ways: 'both',
});
const BERLIN = { timeZone: 'Europe/Berlin' };

describe('quiet hours', () => {
  it.each<[string, PersonSettings | undefined, { timeZone: string | null }, string, boolean]>([
    ['nobody asked for them', undefined, BERLIN, '2026-11-21T23:00Z', false],
    ['none are set', settings(null), BERLIN, '2026-11-21T23:00Z', false],
    ['before they begin', settings(NIGHT), BERLIN, '2026-11-21T20:59Z', false],
    ['from the minute they begin', settings(NIGHT), BERLIN, '2026-11-21T21:00Z', true],
    ['after midnight', settings(NIGHT), BERLIN, '2026-11-21T23:30Z', true],
    ['until the minute before they end', settings(NIGHT), BERLIN, '2026-11-22T05:59:59Z', true],
    ['not in the minute they end', settings(NIGHT), BERLIN, '2026-11-22T06:00Z', false],
    ['within one day', settings(LUNCH), BERLIN, '2026-11-21T11:30Z', true],
    ['outside, within one day', settings(LUNCH), BERLIN, '2026-11-21T12:00Z', false],
    ['until midnight', settings({ from: 1200, to: 0 }), BERLIN, '2026-11-21T22:59Z', true],
    ['no longer at midnight', settings({ from: 1200, to: 0 }), BERLIN, '2026-11-21T23:00Z', false],
    ['from midnight', settings({ from: 0, to: 60 }), BERLIN, '2026-11-21T23:00Z', true],
    [
      'where they are now, not where they were',
      settings(NIGHT, 'Asia/Tokyo'),
      BERLIN,
      '2026-11-21T13:30Z',
      false,
    ],
    [
      'where they were, when Slack does not say',
      settings(NIGHT, 'Asia/Tokyo'),
      { timeZone: null },
      '2026-11-21T13:30Z',
      true,
    ],
    ['no zone is known', settings(NIGHT), { timeZone: null }, '2026-11-21T23:00Z', false],
    ['a zone nobody knows', settings(NIGHT), { timeZone: 'Mars/Olympus' }, '2026-11-21T23:00Z', false],
    ['summer', settings(NIGHT), BERLIN, '2026-07-01T20:00Z', true],
    ['the night clocks go forward', settings({ from: 120, to: 180 }), BERLIN, '2026-03-29T01:00Z', false],
    ['both passes when they go back', settings({ from: 120, to: 180 }), BERLIN, '2026-10-25T01:30Z', true],
    ['hours of no length', settings({ from: 60, to: 60 }), BERLIN, '2026-11-21T00:00Z', false],
  ])('%s', (_, given, person, at, expected) => {
    expect(isQuiet(given, person, new Date(at))).toBe(expected);
  });
});

describe('what was typed', () => {
  it.each([
    ['22:00-07:00', NIGHT],
    [' 22:00 – 7:00 ', NIGHT],
    ['12:00-13:00', LUNCH],
    ['20:00-24:00', { from: 1200, to: 0 }],
    ['08:00-08:00', 'empty'],
    ['00:00-24:00', 'empty'],
    ['22-7', 'not-hours'],
    ['22:00', 'not-hours'],
    ['22:00-07:00-08:00', 'not-hours'],
    ['25:00-07:00', 'not-hours'],
    ['22:60-07:00', 'not-hours'],
    ['', 'not-hours'],
  ])('%j', (text, expected) => {
    expect(readQuiet(text)).toEqual(expected);
  });

  it('a time and back', () => {
    expect(['00:00', '07:05', '23:59'].map((text) => timeOf(readTime(text) ?? -1))).toEqual([
      '00:00',
      '07:05',
      '23:59',
    ]);
    expect(quietHours(1, 2)).toEqual({ from: 1, to: 2 });
  });
});
