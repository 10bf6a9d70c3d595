import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { PastDecision } from '../../src/core/learning/suggestion.ts';
import { learnInWorker } from '../../src/gate/night/learn.ts';
import { longestGap } from '../support/gaps.ts';
import { freshDirectory } from '../support/gate-process.ts';

const NOW = Date.UTC(2026, 10, 25);

/** Approvals of a few kinds of commands, by several people on many days. */
async function* pages(count: number, size = 500): AsyncGenerator<PastDecision[]> {
  for (let from = 0; from < count; from += size)
    yield Array.from({ length: Math.min(size, count - from) }, (_, i) => {
      const n = from + i;
      return {
        at: NOW - (n % 80) * 86_400_000,
        environment: 'staging',
        project: 'shop',
        requester: `U${n % 3}`,
        command: `kubectl rollout restart deployment/${['api', 'web', 'worker'][n % 3]}`,
        decision: 'approved' as const,
        decidedBy: n % 2 === 0 ? 'UANA' : 'UBEN',
        exitCode: 0,
      };
    });
}

const fileOf = (text: string): URL => {
  const file = path.join(freshDirectory(), 'learner.mjs');
  writeFileSync(file, text);
  return pathToFileURL(file);
};

describe('learning in a thread of its own', () => {
  it('100,000 decisions leave this thread free', { timeout: 120_000 }, async () => {
    let suggestions: unknown[] = [];
    const gap = await longestGap(async () => {
      suggestions = await learnInWorker({ now: NOW, rules: [], pages: pages(100_000) });
    });
    expect(suggestions.length).toBeGreaterThan(0);
    expect(gap).toBeLessThan(100);
  });

  it('asks for the next page when it has taken the last one', async () => {
    const learner = fileOf(`export class Learner {
      #seen = []; constructor({ rules }) { this.rules = rules; }
      add(decision) { this.#seen.push(decision.command); }
      suggest() { return [{ seen: this.#seen.length, rules: this.rules }]; }
    }`);
    const rules = [{ rule: 'echo a' }] as never;
    expect(await learnInWorker({ now: NOW, rules, pages: pages(1200) }, learner)).toEqual([
      { seen: 1200, rules },
    ]);
  });

  it.each([
    ['throws', 'throw new Error("no")', 'no'],
    ['ends', 'process.exit(3)', 'the learner ended before it answered'],
  ])('a learner that %s is a fault, and leaves no thread behind', async (_, does, message) => {
    const learner = fileOf(`export class Learner { add() { ${does} } suggest() { return []; } }`);
    await expect(learnInWorker({ now: NOW, rules: [], pages: pages(10) }, learner)).rejects.toThrow(message);
  });

  it('a fault of what it reads stops it', async () => {
    async function* broken(): AsyncGenerator<PastDecision[]> {
      yield [];
      throw new Error('the database is gone');
    }
    await expect(learnInWorker({ now: NOW, rules: [], pages: broken() })).rejects.toThrow(
      'the database is gone',
    );
  });
});
