import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/core/command/command.ts';
import { type AnomalyFacts, anomalyParts } from '../../src/core/risk/anomalies.ts';
import { assess } from '../../src/core/risk/assess.ts';
import { isUnusual } from '../../src/core/unusual.ts';

const shell = (text: string): Command => ({ kind: 'shell', text });
const judged = (command: Command, anomalies?: AnomalyFacts) =>
  isUnusual({ command, assessment: assess({ command, ...(anomalies && { anomalies }) }) });

describe('a command is unusual', () => {
  it('HIGH or CRITICAL', () => expect(judged(shell('kubectl delete namespace shop'))).toBe(true));
  it('that cannot be analysed', () => expect(judged(shell('echo "open'))).toBe(true));
  it('with hidden characters', () => expect(judged(shell('echo a\u200bb'))).toBe(true));
  it('with letters that look like others', () => expect(judged(shell('echo p\u0430ypal'))).toBe(true));
  it('with any anomaly', () => {
    const at = '14:02';
    const all: AnomalyFacts[] = [
      { outsideOfficeHours: true },
      { neverSeenHere: true },
      { newRequester: true },
      { doubleDeploy: { minutesAgo: 3 } },
      { burst: { count: 20, minutes: 1 } },
      { retryOfDenied: { at, reason: null } },
    ];
    expect(anomalyParts(Object.assign({}, ...all))).toHaveLength(all.length);
    for (const one of all) expect(judged(shell('echo hello'), one), JSON.stringify(one)).toBe(true);
  });
});

it('a plain command is not, and neither are words', () => {
  expect(judged(shell('echo hello'))).toBe(false);
  expect(judged({ kind: 'action', text: 'drop the production database' })).toBe(false);
});
