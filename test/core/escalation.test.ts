import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Escalation, ladderOf, mayExtend, type Step, whoIsTold } from '../../src/core/escalation.ts';
import { type OfficeHours, parseOfficeHours } from '../../src/core/office-hours.ts';
import type { Person } from '../../src/core/people.ts';

const step = (over: Partial<Step>): Step => ({
  afterSeconds: 120,
  tell: null,
  page: null,
  risk: null,
  officeHours: null,
  ...over,
});
const BACKUPS = { users: ['UCARO'], groups: [], emails: ['backup@example.com'] };
const ESCALATION: Escalation = {
  steps: [
    step({ afterSeconds: 120, tell: 'reviewers' }),
    step({ afterSeconds: 240, tell: BACKUPS }),
    step({ afterSeconds: 360, page: 'primary' }),
  ],
  pageAtOnce: { risk: 'HIGH', outsideOfficeHours: true, page: 'primary' },
};
const HOURS = parseOfficeHours('Mon-Fri 09:00-18:00') as OfficeHours;
/** Friday 27 November 2026 in Berlin: 11:00, and 23:00. */
const [AT_WORK, AT_NIGHT] = [new Date('2026-11-27T10:00:00Z'), new Date('2026-11-27T22:00:00Z')];

const ladder = (over: Partial<Parameters<typeof ladderOf>[0]> = {}): string[] =>
  ladderOf({
    escalation: ESCALATION,
    level: 'MEDIUM',
    emergency: null,
    createdAt: AT_WORK,
    expiresInSeconds: 600,
    officeHours: HOURS,
    timeZone: 'Europe/Berlin',
    ...over,
  }).map(
    ({ kind, audience, pager, afterSeconds }) =>
      `${afterSeconds} ${pager ?? (kind === 'card' ? 'card' : audience === 'reviewers' ? 'reviewers' : 'backups')}`,
  );

const USUAL = ['0 card', '120 reviewers', '240 backups', '360 primary'];
const AT_ONCE = ['0 card', '0 primary', '120 reviewers', '240 backups'];

describe('the ladder of a request', () => {
  it.each([
    ['a medium risk at work', {}, USUAL],
    ['a high risk at work', { level: 'HIGH' as const }, USUAL],
    ['a medium risk at 23:00 on a Friday', { createdAt: AT_NIGHT }, USUAL],
    [
      'a high risk at 23:00 on a Friday pages with the card',
      { level: 'HIGH' as const, createdAt: AT_NIGHT },
      AT_ONCE,
    ],
    ['a critical one too', { level: 'CRITICAL' as const, createdAt: AT_NIGHT }, AT_ONCE],
    [
      'no office hours: nobody is outside them',
      { level: 'HIGH' as const, createdAt: AT_NIGHT, officeHours: null },
      USUAL,
    ],
    ['a short time leaves out what comes too late', { expiresInSeconds: 240 }, ['0 card', '120 reviewers']],
  ])('%s', (_, over, expected) => expect(ladder(over)).toEqual(expected));

  it('asks for office hours at the moment of a step, not of the request', () => {
    const escalation = {
      steps: [step({ afterSeconds: 600, page: 'night', officeHours: 'outside' as const })],
      pageAtOnce: null,
    };
    const at = (time: string) => ladder({ escalation, expiresInSeconds: 3600, createdAt: new Date(time) });
    // 17:55 and ten minutes is 18:05 in Berlin.
    expect(at('2026-11-27T16:55:00Z')).toEqual(['0 card', '600 night']);
    expect(at('2026-11-27T16:45:00Z')).toEqual(['0 card']);
  });

  it('steps of a level are for that level or higher', () => {
    const escalation = { steps: [step({ page: 'primary', risk: 'HIGH' as const })], pageAtOnce: null };
    expect(ladder({ escalation, level: 'MEDIUM' })).toEqual(['0 card']);
    expect(ladder({ escalation, level: 'CRITICAL' })).toEqual(['0 card', '120 primary']);
  });

  it('in an emergency everybody is told at once, the list first', () => {
    const emergency = { reviewers: { users: ['UBOSS'], groups: [] }, alone: true, page: 'primary' };
    expect(ladder({ emergency })).toEqual(['0 card', '0 primary', '0 backups', '0 reviewers', '0 backups']);
  });

  it('in an emergency also those are told whose step is for another risk, hour or deadline, once each', () => {
    const emergency = { reviewers: { users: ['UBOSS'], groups: [] }, alone: true, page: null };
    const escalation = {
      steps: [
        step({ afterSeconds: 900, tell: BACKUPS, risk: 'CRITICAL' as const }),
        step({ afterSeconds: 60, tell: BACKUPS, officeHours: 'outside' as const }),
        step({ afterSeconds: 360, page: 'primary' }),
      ],
      pageAtOnce: null,
    };
    const all = ['0 card', '0 backups', '0 reviewers', '0 backups', '360 primary'];
    expect(ladder({ escalation, emergency })).toEqual(all);
    expect(ladder({ escalation: { steps: [], pageAtOnce: null }, emergency })).toEqual(all.slice(0, 3));
  });

  it('always begins with the card, never reaches the deadline, and pages nobody twice', () => {
    const steps = fc.array(
      fc.record({
        afterSeconds: fc.integer({ min: 1, max: 1000 }),
        tell: fc.constantFrom(null, 'reviewers' as const, BACKUPS),
        page: fc.constantFrom(null, 'primary'),
        risk: fc.constantFrom(null, 'HIGH' as const),
        officeHours: fc.constantFrom(null, 'inside' as const, 'outside' as const),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(
        steps,
        fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }),
        fc.integer({ min: 1, max: 1000 }),
        (some, createdAt, expiresInSeconds) => {
          const rungs = ladderOf({
            escalation: { ...ESCALATION, steps: some },
            level: 'HIGH',
            emergency: null,
            createdAt,
            expiresInSeconds,
            officeHours: HOURS,
            timeZone: 'Europe/Berlin',
          });
          expect(rungs[0]?.kind).toBe('card');
          expect(rungs.every(({ afterSeconds }) => afterSeconds < expiresInSeconds)).toBe(true);
          expect(rungs.map(({ afterSeconds }) => afterSeconds)).toEqual(
            rungs.map(({ afterSeconds }) => afterSeconds).toSorted((a, b) => a - b),
          );
          const atOnce = rungs.some((rung) => rung.kind === 'page' && rung.afterSeconds === 0);
          if (atOnce) expect(rungs.filter(({ kind }) => kind === 'page')).toHaveLength(1);
        },
      ),
      { numRuns: 300 },
    );
  });
});

const person = (userId: string, over: Partial<Person> = {}): Person => ({
  userId,
  name: userId.slice(1).toLowerCase(),
  email: null,
  timeZone: null,
  isActive: null,
  isSnoozed: null,
  isGone: false,
  ...over,
});

describe('whom a step tells', () => {
  const told = (
    found: Person[] | null,
    over: { askedBy?: string[]; quiet?: string[]; audience?: Parameters<typeof whoIsTold>[0] } = {},
  ) => {
    const { people, emails, nobody } = whoIsTold(over.audience ?? 'reviewers', found, {
      askedBy: over.askedBy ?? [],
      isQuiet: ({ userId }) => (over.quiet ?? []).includes(userId),
    });
    return nobody ?? [...people.map(({ userId }) => userId), ...emails];
  };
  const [ana, ben, gone] = [person('UANA'), person('UBEN'), person('UROLF', { isGone: true })];

  it.each([
    ['everybody', [ana, ben], {}, ['UANA', 'UBEN']],
    ['not who asked', [ana, ben], { askedBy: ['UANA'] }, ['UBEN']],
    ['not who has left', [ana, gone], {}, ['UANA']],
    ['not who wants quiet', [ana, ben], { quiet: ['UBEN'] }, ['UANA']],
    ['nobody configured', [], {}, 'nobody is on it'],
    ['only who asked', [ana], { askedBy: ['UANA'] }, 'only who asked is on it'],
    ['everybody has left', [gone], {}, 'everybody on it has left'],
    ['left, or asked', [ana, gone], { askedBy: ['UANA'] }, 'everybody on it has left'],
    ['everybody wants quiet', [ana], { quiet: ['UANA'] }, 'everybody on it has quiet hours'],
    ['a mail address is somebody', [], { audience: BACKUPS }, ['backup@example.com']],
    [
      'Slack silent: those who are named all the same',
      null,
      { audience: BACKUPS },
      ['UCARO', 'backup@example.com'],
    ],
    ['Slack silent: nothing is concluded about reviewers', null, {}, []],
  ])('%s', (_, found, over, expected) => expect(told(found, over)).toEqual(expected));
});

describe('more time', () => {
  const createdAt = new Date('2026-11-27T10:00:00Z');
  const at = (minutes: number) => new Date(createdAt.getTime() + minutes * 60_000);
  it.each([
    ['in the first two thirds: not yet', 15, 25, 9.9, false],
    ['in the last third', 15, 25, 10, true],
    ['to the end of it', 15, 25, 14.99, true],
    ['not after it', 15, 25, 15, false],
    ['not beyond the last moment', 15, 15, 14, false],
    ['not at all', 15, null, 14, false],
  ])('%s', (_, expires, latest, now, expected) =>
    expect(
      mayExtend(
        { createdAt, expiresAt: at(expires), latestExpiresAt: latest === null ? null : at(latest) },
        at(now),
      ),
    ).toBe(expected),
  );
});
