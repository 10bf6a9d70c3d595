import { describe, expect, it } from 'vitest';
import { remindersAt } from '../../src/core/emergency.ts';

const openedAt = new Date('2026-11-25T10:00:00Z');
const after = (hours: number) => new Date(openedAt.getTime() + hours * 3_600_000);
const hoursUntil = (seconds: number | null) => seconds && seconds / 3600;

describe('the reminders of a retrospective', () => {
  it.each<[string, number, number, { reminded: number; hoursLeft: number } | null, number | null]>([
    ['nothing before twelve hours', 11.5, 0, null, 0.5],
    ['the first at twelve', 12, 0, { reminded: 1, hoursLeft: 12 }, 8],
    ['once', 12, 1, null, 8],
    ['the second at twenty', 20, 1, { reminded: 2, hoursLeft: 4 }, 3],
    ['the third at twenty-three', 23, 2, { reminded: 3, hoursLeft: 1 }, 1],
    [
      'at twenty-four it is overdue, and nothing comes after that',
      24,
      3,
      { reminded: 4, hoursLeft: 0 },
      null,
    ],
    ['nor ever again', 500, 4, null, null],
    ['after an outage only the last one', 21, 0, { reminded: 2, hoursLeft: 4 }, 2],
    ['after a long outage that it is overdue', 100, 1, { reminded: 4, hoursLeft: 0 }, null],
    ['a timer that fires too early is set anew', 19, 1, null, 1],
    ['a clock that went back sends nothing twice', 1, 2, null, 22],
  ])('%s', (_, hours, reminded, due, next) => {
    const at = remindersAt({ openedAt, reminded }, after(hours));
    expect(at.due).toEqual(due);
    expect(hoursUntil(at.nextInSeconds)).toBe(next);
  });
});
