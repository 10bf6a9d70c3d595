import { describe, expect, it } from 'vitest';
import { evaluate, versions } from './evaluate.ts';

describe.each(evaluate())('recorded answers to $prompt', (score) => {
  it('come out as expected', () => expect(score.faults).toEqual([]));
  it('were recorded with this version', () => expect(score.stale).toBe(0));
  it('are good and bad ones', () => {
    expect(score.cases).toBeGreaterThanOrEqual(10);
    expect(score.answered).toBeGreaterThanOrEqual(5);
    expect(score.unfit + score.nonsense).toBeGreaterThanOrEqual(3);
  });
  it('belong to questions that are not long', () => expect(score.longest).toBeLessThan(16_000));
});

it.each(versions())('the text of $prompt is the one of its version', ({ is, noted }) =>
  expect(is).toBe(noted),
);
