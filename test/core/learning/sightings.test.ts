import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sightings } from '../../../src/core/learning/sightings.ts';
import type { PastDecision } from '../../../src/core/learning/suggestion.ts';

const DAY = 86_400_000;
const approval = (command: string, given: Partial<PastDecision> = {}): PastDecision => ({
  at: 0,
  environment: 'production',
  project: 'shop',
  requester: 'ana',
  command,
  decision: 'approved',
  decidedBy: 'bo',
  ...given,
});
function gather(decisions: readonly PastDecision[]) {
  const sightings = new Sightings();
  for (const decision of decisions) sightings.add(decision);
  return sightings.all();
}
const restart = (i: number): string => `helm rollback api ${i} -n shop`;

describe('what is kept of many lines of one kind', () => {
  it.each([
    ['numbers', restart, 64],
    ['versions', (i: number) => `helm rollback api 1.2.${i} -n shop`, 4],
  ])('of %s the smallest, each with all of its approvals, in any order', (_, line, most) => {
    const every = fc.array(
      fc.record({ value: fc.nat(90), at: fc.nat(99), who: fc.constantFrom('ana', 'eve') }),
    );
    fc.assert(
      fc.property(every, (seen) => {
        const [found] = gather(
          seen.map(({ value, at, who }) => approval(line(value), { at: at * DAY, requester: who })),
        );
        const texts = seen.map(({ value }) => line(value).split(' ')[3] as string);
        const smallest = [...new Set(texts)].sort().slice(0, most);
        const [column] = found?.columns ?? [];
        expect([...(column?.values.keys() ?? [])].sort()).toEqual(smallest);
        expect(column?.overflows ?? false).toBe(new Set(texts).size > most);
        for (const value of smallest) {
          const own = seen.filter((_one, i) => texts[i] === value);
          const tally = column?.values.get(value);
          expect(tally?.approvals).toBe(own.length);
          expect(tally?.requesters.toSorted()).toEqual([...new Set(own.map(({ who }) => who))].sort());
          expect(tally?.days.length).toBe(new Set(own.map(({ at }) => at)).size);
          expect([tally?.first, tally?.last]).toEqual([
            Math.min(...own.map(({ at }) => at)) * DAY,
            Math.max(...own.map(({ at }) => at)) * DAY,
          ]);
        }
        expect(found?.latest.map(({ at }) => at) ?? []).toEqual(
          seen
            .map(({ at }) => at * DAY)
            .sort((a, b) => b - a)
            .slice(0, 3),
        );
      }),
    );
  });

  it('a line that came once reads like any other', () => {
    const [found] = gather([approval(restart(7), { at: 3 * DAY, decidedBy: null })]);
    const one = { ...found };
    expect(one).toMatchObject({ text: restart(7), environment: 'production', project: 'shop' });
    expect(one.tally).toMatchObject({ approvals: 1, requesters: ['ana'], reviewers: [''], days: [3] });
    expect(one.columns).toMatchObject([{ kind: 'int', overflows: false }]);
    expect([...(one.columns?.[0]?.values.keys() ?? [])]).toEqual(['7']);
    expect(one.latest).toMatchObject([{ at: 3 * DAY, text: restart(7) }]);
  });

  it('environments and projects stay apart, in one order', () => {
    const places = [
      { environment: 'staging', project: 'shop' },
      { environment: 'production', project: 'web' },
      { environment: 'production', project: 'shop' },
    ];
    const found = gather(
      places.flatMap((place) => [approval(restart(1), place), approval(restart(2), place)]),
    );
    expect(found.map(({ environment, project }) => `${environment} ${project}`)).toEqual([
      'production shop',
      'production web',
      'staging shop',
    ]);
    expect(found.map(({ tally }) => tally.approvals)).toEqual([2, 2, 2]);
  });
});
