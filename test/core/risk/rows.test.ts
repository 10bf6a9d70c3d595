import { describe, expect, it } from 'vitest';
import { walk } from '../../../src/core/command/walk.ts';
import { anomalyParts } from '../../../src/core/risk/anomalies.ts';
import { assess } from '../../../src/core/risk/assess.ts';
import { callFor } from '../../../src/core/risk/call.ts';
import { argsMatch } from '../../../src/core/risk/row.ts';
import { siteRows } from '../../../src/core/risk/site.ts';
import { BASE_ROWS, MODIFIER_ROWS } from '../../../src/core/risk/tables/index.ts';

const matches = (pattern: string, text: string): boolean =>
  argsMatch(pattern, callFor(walk({ kind: 'shell', text }).commands[0]!));

describe('argument patterns', () => {
  const cases: [pattern: string, text: string, expected: boolean][] = [
    ['', 'x', true],
    ['delete ns|pods', 'x delete ns a', true],
    ['delete ns|pods', 'x delete svc a', false],
    ['delete ns', 'x get delete ns', false],
    ['delete ns', 'x -n a delete ns', true],
    ['delete ns', 'x delete -n a ns b', true],
    ['* delete-*', 'x ec2 delete-volume', true],
    ['... rm', 'x a b rm c', true],
    ['install $', 'x install', true],
    ['install $', 'x install y', false],
    ['-f|--force', 'x -f', true],
    ['-f|--force', 'x --force=true', true],
    ['-f|--force', 'x -rf', true],
    ['-f|--force', 'x -foobar', false],
    ['!-f', 'x -f', false],
    ['--acl=public*', 'x --acl public-read', true],
    ['--acl=public*', 'x --acl=public-read', true],
    ['--acl=public*', 'x --acl private', false],
    ['-X=DELETE', 'x -XDELETE', true],
    ['a || b c', 'x b c', true],
    ['a || b c', 'x b', false],
    ['delete', 'x -- delete', true],
    ['--force', 'x -- --force', false],
  ];
  it.each(cases)('%j for %j', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });
});

describe('the tables', () => {
  const all = [...BASE_ROWS, ...MODIFIER_ROWS];
  it('are well formed', () => {
    for (const [programs, args, points, why] of all) {
      expect(programs, why).toMatch(/^\S+$/);
      expect(Number.isInteger(points) && points >= -20 && points <= 95, `${programs} ${args}`).toBe(true);
      expect(why).toMatch(/^\S.*\S$/);
      for (const token of args
        .split(' || ')
        .flatMap((one) => one.split(' '))
        .filter(Boolean)) {
        const alternatives = token.replace(/^!/, '').split('|');
        const options = alternatives.filter((one) => one.startsWith('-')).length;
        expect([0, alternatives.length], `${programs}: ${token}`).toContain(options);
        expect(alternatives, `${programs}: ${token}`).not.toContain('');
        if (alternatives.length > 1) expect(alternatives).not.toContain('...');
      }
    }
  });
});

describe('rows of a site', () => {
  const row = {
    program: 'tenantctl',
    args: 'wipe',
    points: 70,
    why: 'wipes a tenant',
    example: 'tenantctl wipe a',
    level: 'HIGH',
  } as const;

  it('stand before the built-in ones', () => {
    const { rows, faults } = siteRows([row]);
    expect(faults).toEqual([]);
    expect(assess({ command: { kind: 'shell', text: 'tenantctl wipe b' }, site: rows })).toMatchObject({
      score: 70,
      level: 'HIGH',
    });
    expect(assess({ command: { kind: 'shell', text: 'sudo tenantctl wipe b' }, site: rows }).score).toBe(80);
    expect(assess({ command: { kind: 'shell', text: 'tenantctl list' }, site: rows }).score).toBe(25);
  });

  const faults: [what: string, change: object, message: string][] = [
    [
      'a wrong level',
      { level: 'LOW' },
      'risk row 1 (tenantctl wipe): expected its example "tenantctl wipe a" to be LOW, got HIGH (score 70); change points or level',
    ],
    ['an example of something else', { example: 'ls' }, 'does not match the row'],
    ['too many points', { points: 500 }, 'expected points from 0 to 100, got 500'],
    ['no program', { program: 'a b' }, 'expected a program name'],
  ];
  it.each(faults)('say what is wrong with %s', (_, change, message) => {
    const { rows, faults: found } = siteRows([{ ...row, ...change }]);
    expect(rows).toEqual([]);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });
});

describe('anomalies', () => {
  it('add points with a reason each', () => {
    const parts = anomalyParts({
      outsideOfficeHours: true,
      neverSeenHere: true,
      newRequester: true,
      doubleDeploy: { minutesAgo: 1 },
      burst: { count: 12, minutes: 5 },
      retryOfDenied: { at: '14:02', reason: 'wrong cluster' },
    });
    expect(parts.map(({ points, why }) => [points, why])).toEqual([
      [10, 'outside office hours'],
      [10, 'never approved in this environment before'],
      [5, 'first request of this requester here'],
      [10, 'the same was deployed 1 minute ago'],
      [10, '12 requests in 5 minutes'],
      [20, 'denied before, at 14:02: wrong cluster'],
    ]);
    expect(anomalyParts({})).toEqual([]);
  });

  it('count in the score', () => {
    const { score } = assess({
      command: { kind: 'shell', text: 'git pull' },
      anomalies: { outsideOfficeHours: true },
    });
    expect(score).toBe(20);
  });
});
