import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Person } from '../../src/core/people.ts';
import { DEFAULT_SETTINGS, type PersonSettings } from '../../src/core/quiet.ts';
import {
  presenceOf,
  type Reach,
  type ReachStep,
  reachInWords,
  reachOf,
  reachParts,
} from '../../src/core/reach.ts';

/** A Wednesday: 13:02 in Berlin, 08:02 in New York, 05:02 in Los Angeles, 21:02 in Tokyo, 17:47 in Kathmandu. */
const NOW = new Date('2026-11-25T12:02:00Z');
const at = (time: string) => new Date(`2026-11-25T${time}:00Z`);
const utc = (moment: Date) => moment.toISOString().slice(11, 16);

let count = 0;
function person(given: Partial<Person> = {}): Person {
  count += 1;
  const userId = given.userId ?? `U${count}`;
  return {
    userId,
    name: userId,
    email: null,
    timeZone: 'Europe/Berlin',
    isActive: true,
    isSnoozed: false,
    isGone: false,
    ...given,
  };
}
const some = (n: number, given: Partial<Person> = {}) => Array.from({ length: n }, () => person(given));
const away = { isActive: false };
const quiet = (from: string, to: string, timeZone: string | null = null): PersonSettings => {
  const [start = 0, end = 0] = [from, to].map((time) => {
    const [hours = 0, minutes = 0] = time.split(':').map(Number);
    return hours * 60 + minutes;
  });
  return { ...DEFAULT_SETTINGS, quiet: { from: start, to: end }, timeZone };
};

describe('whether somebody would see it', () => {
  const unknown = { isActive: null, isSnoozed: null };
  it.each<[string, Partial<Person>, PersonSettings | undefined, string, string]>([
    ['active', {}, undefined, '12:02', 'active'],
    ['active at night: they are at it', { timeZone: 'Asia/Tokyo' }, undefined, '16:00', 'active'],
    ['not active', away, undefined, '12:02', 'away'],
    ['snoozed, though active', { isSnoozed: true }, undefined, '12:02', 'away'],
    ['snoozed, presence unknown', { isActive: null, isSnoozed: true }, undefined, '12:02', 'away'],
    ['active, do-not-disturb unknown', { isSnoozed: null }, undefined, '12:02', 'likely'],
    ['active at night, do-not-disturb unknown', { isSnoozed: null }, undefined, '02:00', 'likely'],
    ['gone, though active', { isGone: true }, undefined, '12:02', 'away'],

    ['unknown, by day in Berlin', unknown, undefined, '12:02', 'likely'],
    ['unknown, do-not-disturb off', { isActive: null }, undefined, '12:02', 'likely'],
    ['unknown, 07:59 in Berlin', unknown, undefined, '06:59', 'away'],
    ['unknown, 08:00 in Berlin', unknown, undefined, '07:00', 'likely'],
    ['unknown, 19:59 in Berlin', unknown, undefined, '18:59', 'likely'],
    ['unknown, 20:00 in Berlin', unknown, undefined, '19:00', 'away'],
    [
      'unknown, 08:02 in New York',
      { ...unknown, timeZone: 'America/New_York' },
      undefined,
      '13:02',
      'likely',
    ],
    [
      'unknown, 05:02 in Los Angeles',
      { ...unknown, timeZone: 'America/Los_Angeles' },
      undefined,
      '13:02',
      'away',
    ],
    ['unknown, 21:02 in Tokyo', { ...unknown, timeZone: 'Asia/Tokyo' }, undefined, '12:02', 'away'],
    ['unknown, 17:47 in Kathmandu', { ...unknown, timeZone: 'Asia/Kathmandu' }, undefined, '12:02', 'likely'],
    ['unknown, zone unknown', { ...unknown, timeZone: null }, undefined, '12:02', 'unknown'],
    ['unknown, in a zone nobody knows', { ...unknown, timeZone: 'Mars/Base' }, undefined, '12:02', 'unknown'],
    [
      'unknown, with a zone of their settings only',
      { ...unknown, timeZone: null },
      { ...DEFAULT_SETTINGS, timeZone: 'Asia/Tokyo' },
      '12:02',
      'away',
    ],

    ['in quiet hours, though active', {}, quiet('12:00', '14:00'), '12:02', 'away'],
    ['when quiet hours end', {}, quiet('12:00', '14:00'), '13:00', 'active'],
    ['in quiet hours over midnight, evening', {}, quiet('22:00', '07:00'), '21:00', 'away'],
    ['in quiet hours over midnight, morning', {}, quiet('22:00', '07:00'), '05:59', 'away'],
    ['after quiet hours over midnight', {}, quiet('22:00', '07:00'), '06:00', 'active'],
    [
      'quiet by the clock where they are',
      { timeZone: 'Asia/Tokyo' },
      quiet('21:00', '22:00'),
      '12:02',
      'away',
    ],
    ['not by that of others', { timeZone: 'America/New_York' }, quiet('21:00', '22:00'), '20:30', 'active'],
    ['quiet, presence unknown', unknown, quiet('12:00', '14:00'), '12:02', 'away'],
    [
      'quiet by the zone of their settings',
      { timeZone: null },
      quiet('21:00', '22:00', 'Asia/Tokyo'),
      '12:02',
      'away',
    ],
  ])('%s', (_, given, settings, time, expected) =>
    expect(presenceOf(person(given), settings, at(time))).toBe(expected),
  );

  it.each([
    ['Friday in Los Angeles, Saturday in Tokyo', '2026-11-27T22:00:00Z', 'America/Los_Angeles', 'likely'],
    ['Saturday in Tokyo', '2026-11-28T01:00:00Z', 'Asia/Tokyo', 'away'],
    ['Sunday in Berlin, Monday in Auckland', '2026-11-29T20:00:00Z', 'Pacific/Auckland', 'likely'],
    ['Sunday in Berlin', '2026-11-29T12:00:00Z', 'Europe/Berlin', 'away'],
  ])('counts by the local weekday: %s', (_, moment, timeZone, expected) =>
    expect(presenceOf(person({ ...unknown, timeZone }), undefined, new Date(moment))).toBe(expected),
  );
});

const BACKUPS: ReachStep = { at: at('14:06'), kind: 'people', label: 'backups', reachable: 2 };
const PAGER: ReachStep = { at: at('14:08'), kind: 'page', label: 'pager', reachable: null };
const AGAIN: ReachStep = { at: at('14:04'), kind: 'reviewers', label: 'a reminder', reachable: 3 };

const reached = (
  reviewers: Person[] | null,
  steps: ReachStep[] = [],
  more: Partial<Parameters<typeof reachOf>[0]> = {},
): Reach => reachOf({ reviewers, askedBy: ['UASKED'], steps, at: NOW, expiresAt: at('14:10'), ...more });

describe('who can be reached, in words', () => {
  const asked = person({ userId: 'UASKED' });
  const unknown = { isActive: null, isSnoozed: null };
  const nowhere = { ...unknown, timeZone: null };
  const gone = { isGone: true };
  it.each<[string, Person[] | null, ReachStep[], string, boolean]>([
    [
      'some are active',
      [...some(2), ...some(3, away)],
      [BACKUPS, PAGER],
      '2 of 5 reviewers active, backups at 14:06, pager at 14:08',
      false,
    ],
    ['all are active, and nothing follows', some(2), [], '2 of 2 reviewers active', false],
    ['the only one is', some(1), [PAGER], '1 of 1 reviewer active, pager at 14:08', false],
    ['who asked does not count', [asked, ...some(1), ...some(1, away)], [], '1 of 2 reviewers active', false],
    ['who has left does not count', [...some(1), ...some(4, gone)], [], '1 of 1 reviewer active', false],
    [
      'nobody is active',
      some(3, away),
      [BACKUPS],
      'nobody of 3 reviewers is active now; backups at 14:06',
      false,
    ],
    [
      'nobody is active and nothing follows',
      some(3, away),
      [],
      'nobody of 3 reviewers is active now; will be denied at 14:10 unless somebody answers',
      false,
    ],
    [
      'everybody is snoozed',
      some(2, { isSnoozed: true }),
      [PAGER],
      'nobody of 2 reviewers is active now; pager at 14:08',
      false,
    ],
    [
      'it is night where they are',
      some(2, { ...unknown, timeZone: 'Asia/Tokyo' }),
      [PAGER],
      'nobody of 2 reviewers is active now; pager at 14:08',
      false,
    ],
    [
      'it is day where they are',
      [...some(2, unknown), ...some(1, away)],
      [PAGER],
      '2 of 3 reviewers probably there, pager at 14:08',
      false,
    ],
    [
      'some are active, some probably',
      [...some(1), ...some(2, unknown), ...some(2, away)],
      [],
      '1 of 5 reviewers active, 2 more probably there',
      false,
    ],
    [
      'some are away, of others nothing is known',
      [...some(1, away), ...some(2, nowhere)],
      [PAGER],
      'nobody of 3 reviewers is known to be active; pager at 14:08',
      false,
    ],
    [
      'nothing is known of anybody',
      some(3, nowhere),
      [PAGER],
      'Slack did not say who is active; pager at 14:08',
      false,
    ],
    [
      'Slack is silent',
      null,
      [BACKUPS, PAGER],
      'Slack did not say who is active; backups at 14:06, pager at 14:08',
      false,
    ],
    [
      'Slack is silent and nothing follows',
      null,
      [],
      'Slack did not say who is active; will be denied at 14:10 unless somebody answers',
      false,
    ],
    [
      'only who asked, with backups',
      [asked],
      [BACKUPS],
      'no reviewer besides who asked; backups at 14:06',
      false,
    ],
    ['only who asked', [asked], [], 'nobody can be reached: this will be denied at 14:10', true],
    ['everybody has left', some(3, gone), [], 'nobody can be reached: this will be denied at 14:10', true],
    [
      'there are no reviewers, and reminding them helps nobody',
      [],
      [AGAIN],
      'nobody can be reached: this will be denied at 14:10',
      true,
    ],
    [
      'everybody has left, nobody is on the steps',
      some(1, gone),
      [{ ...BACKUPS, reachable: 0 }, AGAIN],
      'nobody can be reached: this will be denied at 14:10',
      true,
    ],
    [
      'everybody has left, a pager is there',
      some(1, gone),
      [{ ...BACKUPS, reachable: 0 }, PAGER],
      'no reviewer besides who asked; nobody on backups, pager at 14:08',
      false,
    ],
    [
      'nobody is on a step',
      some(1),
      [{ ...BACKUPS, reachable: 0 }, PAGER],
      '1 of 1 reviewer active, nobody on backups, pager at 14:08',
      false,
    ],
    [
      'nobody is active, nobody on the step',
      some(2, away),
      [{ ...BACKUPS, reachable: 0 }],
      'nobody of 2 reviewers is active now; nobody on backups, will be denied at 14:10 unless somebody answers',
      false,
    ],
  ])('%s', (_, reviewers, steps, words, nobody) => {
    const reach = reached(reviewers, steps);
    expect(reachInWords(reach, utc)).toBe(words);
    expect(reach.nobody).toBe(nobody);
  });

  it('does not say denied of what may run unanswered', () => {
    const words = (reviewers: Person[]) =>
      reachInWords(reached(reviewers, [], { whenUnanswered: 'allow' }), utc);
    expect(words([])).toBe('nobody can be reached: this may run unanswered at 14:10');
    expect(words(some(1, away))).toContain('may run unanswered at 14:10');
  });

  it('leaves moments to the surface', () =>
    expect(reachParts(reached(some(1), [BACKUPS, PAGER]))).toEqual([
      '1 of 1 reviewer active, ',
      'backups at ',
      at('14:06'),
      ', ',
      'pager at ',
      at('14:08'),
    ]));
});

describe('who can be reached', () => {
  it('counts each once, by what is known', () => {
    const twice = person({ userId: 'UTWICE' });
    const people = [
      twice,
      twice,
      person({ userId: 'UQUIET' }),
      person({ isActive: null, isSnoozed: null }),
      person({ isActive: null, isSnoozed: null, timeZone: null }),
      person(away),
      person({ isGone: true }),
      person({ userId: 'UASKED' }),
    ];
    const settings = new Map([['UQUIET', quiet('12:00', '14:00')]]);
    expect(reached(people, [], { settings }).reviewers).toEqual({
      of: 5,
      reachable: 2,
      active: 1,
      likely: 1,
      unknown: 1,
    });
  });

  it('keeps the steps that are still to come before the deadline, in their order', () => {
    const steps = [PAGER, { ...BACKUPS, at: NOW }, { ...AGAIN, at: at('14:10') }, BACKUPS];
    expect(reached(some(1), steps).steps.map(({ label, at }) => [label, at])).toEqual([
      ['backups', at('14:06').toISOString()],
      ['pager', at('14:08').toISOString()],
    ]);
  });

  const people = fc.array(
    fc.record({
      userId: fc.constantFrom('UASKED', 'U1', 'U2', 'U3', 'U4'),
      name: fc.constant('x'),
      email: fc.constant(null),
      timeZone: fc.constantFrom(null, 'Asia/Tokyo', 'Europe/Berlin', 'Mars/Base'),
      isActive: fc.constantFrom(null, true, false),
      isSnoozed: fc.constantFrom(null, true, false),
      isGone: fc.boolean(),
    }),
    { maxLength: 6 },
  );
  const steps = fc.array(
    fc.record({
      at: fc.integer({ min: -10, max: 200 }).map((minutes) => new Date(NOW.getTime() + minutes * 60_000)),
      kind: fc.constantFrom<ReachStep['kind'][]>('reviewers', 'people', 'page'),
      label: fc.constant('step'),
      reachable: fc.constantFrom(null, 0, 1, 5),
    }),
    { maxLength: 4 },
  );

  it('says "nobody" only when there is nobody, never when Slack is silent, and reads the same after storing', () => {
    fc.assert(
      fc.property(fc.option(people), steps, (reviewers, ladder) => {
        const reach = reached(reviewers, ladder);
        const words = reachInWords(reach, utc);
        expect(reachInWords(JSON.parse(JSON.stringify(reach)), utc)).toBe(words);
        expect(words.includes('nobody can be reached')).toBe(reach.nobody);
        if (reviewers === null || (reach.reviewers?.of ?? 0) > 0) expect(reach.nobody).toBe(false);
        if (reach.reviewers) {
          const { of, reachable, active, likely, unknown } = reach.reviewers;
          expect(active + likely).toBe(reachable);
          expect(reachable + unknown).toBeLessThanOrEqual(of);
        }
      }),
      { numRuns: 500 },
    );
  });
});
