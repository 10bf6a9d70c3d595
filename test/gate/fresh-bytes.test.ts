import { expect, it } from 'vitest';
import { freshBytes } from '../../src/gate/fresh-bytes.ts';

it('never gives the same bytes twice, however many are drawn, and leaves given ones as they are', () => {
  const given = Array.from({ length: 5000 }, (_, i) => freshBytes(1 + (i % 40)));
  const seen = given.filter(({ length }) => length >= 16).map((bytes) => bytes.toString('hex'));
  expect(given.map(({ length }) => length)).toEqual(given.map((_, i) => 1 + (i % 40)));
  expect(new Set(seen).size).toBe(seen.length);
  expect(freshBytes(10_000).length).toBe(10_000);
  expect(seen).toEqual(given.filter(({ length }) => length >= 16).map((bytes) => bytes.toString('hex')));
});
