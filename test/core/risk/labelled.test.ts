import { describe, expect, it } from 'vitest';
import { assess } from '../../../src/core/risk/assess.ts';
import { RISK_LEVELS } from '../../../src/core/risk/assessment.ts';
import { LABELLED } from './labelled.ts';

const judged = LABELLED.map(([level, text, name]) => {
  const { level: got, score } = assess({
    command: { kind: 'shell', text },
    ...(name ? { environment: { name } } : {}),
  });
  const off = RISK_LEVELS.indexOf(got) - RISK_LEVELS.indexOf(level);
  return { level, got, score, off, text };
});

describe('the labelled commands', () => {
  it('are many, of every level, each once', () => {
    expect(LABELLED.length).toBeGreaterThan(800);
    for (const level of RISK_LEVELS) {
      expect(LABELLED.filter(([one]) => one === level).length).toBeGreaterThan(100);
    }
  });

  it('get their level in at least 95 of 100', () => {
    const right = judged.filter(({ off }) => off === 0).length;
    expect(right / judged.length).toBeGreaterThanOrEqual(0.95);
  });

  it('are never off by more than one level', () => {
    expect(judged.filter(({ off }) => Math.abs(off) > 1)).toEqual([]);
  });

  it('are never LOW when HIGH or CRITICAL', () => {
    expect(judged.filter(({ level, got }) => got === 'LOW' && /HIGH|CRITICAL/.test(level))).toEqual([]);
  });
});
