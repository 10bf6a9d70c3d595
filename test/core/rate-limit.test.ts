import { expect, it } from 'vitest';
import { rateLimit } from '../../src/core/rate-limit.ts';

it('lets a burst through, then its rate, and says how long to wait', () => {
  let now = 0;
  const take = rateLimit({ perSecond: 0.5, burst: 3 }, () => now);
  expect([take('a'), take('a'), take('a'), take('a')]).toEqual([0, 0, 0, 2]);
  expect(take('b')).toBe(0);
  now += 1000;
  expect(take('a')).toBe(1);
  now += 1000;
  expect([take('a'), take('a')]).toEqual([0, 2]);
  now += 60_000;
  expect([take('a'), take('a'), take('a'), take('a')]).toEqual([0, 0, 0, 2]);
});
