import { describe, expect, it } from 'vitest';
import { type CoveringRule, type Decidable, decide } from '../../src/core/decide.ts';
import type { Policy } from '../../src/core/policy.ts';

const rule = (over: Partial<CoveringRule> = {}): CoveringRule => ({
  id: 'rul_1',
  text: 'git pull',
  allowsCritical: false,
  whenUnanswered: null,
  ...over,
});
const policy = (name: string, effect: Policy['effect']): Policy => ({ name, match: {}, effect });
const BLOCK = policy('no shells', { kind: 'block', reason: 'use the console' });
const REVIEW = policy('two people', {
  kind: 'require',
  approvals: 2,
  expiresAfterSeconds: 1800,
  reason: true,
});
const TICKET = policy('a ticket', { kind: 'require', ticket: true });
const ALLOW = policy('reads', { kind: 'allow' });

const facts = (over: Partial<Decidable> = {}, policies: Partial<Decidable['policies']> = {}): Decidable => ({
  level: 'LOW',
  environment: { approvals: 1, expiresAfterSeconds: 600, unansweredMayRun: true },
  covering: null,
  reason: 'because',
  ...over,
  policies: { block: null, require: null, allow: null, looked: [], ...policies },
});
const ruled = (over: Partial<Decidable> = {}, policies: Partial<Decidable['policies']> = {}) =>
  decide(facts(over, policies)).ruling;

describe('what becomes of a request', () => {
  it.each([
    ['nothing covers it: ask', {}, {}, { kind: 'ask', approvals: 1, expiresAfterSeconds: 600 }],
    ['a rule covers it: allow', { covering: [rule()] }, {}, { kind: 'allow', by: 'rule', rules: ['rul_1'] }],
    ['a policy allows it', {}, { allow: ALLOW }, { kind: 'allow', by: 'policy', because: 'reads' }],
    [
      'block beats allow',
      { covering: [rule()] },
      { block: BLOCK, allow: ALLOW },
      { kind: 'block', policy: 'no shells' },
    ],
    ['block beats review', {}, { block: BLOCK, require: REVIEW }, { kind: 'block' }],
    [
      'review beats a rule',
      { covering: [rule()] },
      { require: REVIEW },
      { kind: 'ask', approvals: 2, expiresAfterSeconds: 1800 },
    ],
    ['review beats allow', {}, { require: REVIEW, allow: ALLOW }, { kind: 'ask', approvals: 2 }],
    ['CRITICAL asks although covered', { level: 'CRITICAL', covering: [rule()] }, {}, { kind: 'ask' }],
    ['CRITICAL asks although a policy allows', { level: 'CRITICAL' }, { allow: ALLOW }, { kind: 'ask' }],
    [
      'CRITICAL passes by a marked rule',
      { level: 'CRITICAL', covering: [rule({ allowsCritical: true })] },
      {},
      { kind: 'allow' },
    ],
    [
      'CRITICAL asks when one of its rules is not marked',
      { level: 'CRITICAL', covering: [rule({ allowsCritical: true }), rule({ id: 'rul_2' })] },
      {},
      { kind: 'ask' },
    ],
    [
      'a missing reason is asked for',
      { reason: ' ' },
      { require: REVIEW },
      { kind: 'ask', missing: 'reason' },
    ],
    [
      'a missing ticket is asked for',
      { reason: 'release 4' },
      { require: TICKET },
      { kind: 'ask', missing: 'ticket' },
    ],
    [
      'a ticket is found',
      { reason: 'for OPS-12, urgent' },
      { require: TICKET },
      { kind: 'ask', missing: null },
    ],
    [
      'an issue number is a ticket',
      { reason: 'fixes #12' },
      { require: TICKET },
      { kind: 'ask', missing: null },
    ],
  ] as const)('%s', (_, over, policies, expected) => {
    expect(ruled(over as Partial<Decidable>, policies)).toMatchObject(expected);
  });
});

describe('when nobody answers', () => {
  const unanswered = rule({ whenUnanswered: 'allow' });
  it.each([
    ['LOW, marked, allowed here: runs', { covering: [unanswered] }, {}, 'allow'],
    ['MEDIUM: denied', { covering: [unanswered], level: 'MEDIUM' }, {}, 'deny'],
    [
      'the environment forbids it',
      {
        covering: [unanswered],
        environment: { approvals: 1, expiresAfterSeconds: 600, unansweredMayRun: false },
      },
      {},
      'deny',
    ],
    ['a policy wants a review', { covering: [unanswered] }, { require: REVIEW }, 'deny'],
    ['no rule at all', {}, {}, 'deny'],
  ] as const)('%s', (_, over, policies, expected) => {
    expect(ruled(over as Partial<Decidable>, policies)).toMatchObject({
      kind: 'ask',
      whenUnanswered: expected,
    });
  });
});

it('explains itself: every rule, the floor and the mark that was looked at', () => {
  const { looked } = decide(facts({ level: 'CRITICAL', covering: [rule({ whenUnanswered: 'allow' })] }));
  expect(looked.map(({ kind, applies }) => [kind, applies])).toEqual([
    ['rule', true],
    ['floor', true],
    ['rule', false],
  ]);
  expect(looked[2]?.why).toContain('only LOW');
});
