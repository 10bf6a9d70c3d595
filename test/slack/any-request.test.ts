import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/core/command/command.ts';
import type { RequestView } from '../../src/core/request.ts';
import { blockCharacters, messageFaults, viewFaults } from '../../src/demo/local-slack/block-kit.ts';
import { limits } from '../../src/demo/local-slack/limits.ts';
import { card } from '../../src/slack/cards.ts';
import { detailsModal } from '../../src/slack/details.ts';
import { emergencyModal, retrospectiveModal } from '../../src/slack/emergency-modals.ts';
import { denyModal, reviewModal } from '../../src/slack/modals.ts';
import { fitsOnCard } from '../../src/slack/shown-command.ts';
import { PRODUCTION } from '../support/deps.ts';
import { viewOf } from './views.ts';

const HOSTILE = [
  '',
  ' ',
  '\n',
  '\u202e',
  '\u200b',
  '\0',
  '\ud800',
  '<!channel>',
  '```',
  '&lt;',
  '😀',
  '⟦',
  'а',
  'e\u0301\u0301\u0301\u0301\u0301',
  '\t',
  'x',
];
const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(...HOSTILE),
  fc
    .tuple(fc.constantFrom(...HOSTILE), fc.integer({ min: 1, max: 4000 }))
    .map(([unit, times]) => unit.repeat(times)),
);
const date = fc.date({ noInvalidDate: true });
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const perhaps = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const url = fc.oneof(words, fc.webUrl(), fc.constant(`https://example.com/${'a'.repeat(4000)}`));

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('shell' as const), text: words }),
  fc.record({ kind: fc.constant('action' as const), text: words }),
  fc.record({ kind: fc.constant('argv' as const), argv: fc.array(words, { maxLength: 5 }) }),
);
const outcome = fc.record({
  exitCode: maybe(fc.integer({ min: 0, max: 255 })),
  signal: maybe(words),
  durationMs: fc.integer({ min: 0 }),
  reportedAt: date,
});
const state = fc.constantFrom('pending', 'approved', 'denied', 'expired', 'withdrawn', 'blocked');
const person = fc.record({ subject: words, name: words });

const view: fc.Arbitrary<RequestView> = fc
  .record({
    state,
    command,
    cwd: maybe(words),
    program: maybe(fc.record({ path: words, sha256: words })),
    reason: maybe(words),
    project: words,
    requester: fc.record({
      tokenId: words,
      tokenName: words,
      kind: fc.constantFrom('ci', 'human', 'agent'),
      actor: maybe(words),
      people: fc.array(words),
    }),
    context: fc.record({
      source: perhaps(words),
      repository: perhaps(fc.oneof(words, fc.constant('acme/shop'))),
      ref: perhaps(words),
      sha: perhaps(fc.oneof(words, fc.constant('1a2b3c4d'))),
      run_url: perhaps(url),
      server_url: perhaps(url),
      job: perhaps(words),
      step: perhaps(words),
      host: perhaps(words),
      links: perhaps(fc.array(fc.record({ title: words, url }), { maxLength: 6 })),
      checks: perhaps(
        fc.array(fc.record({ name: words, state: words, url: perhaps(url) }), { maxLength: 25 }),
      ),
      change_summary: perhaps(words),
    }),
    assessment: fc.record({
      score: fc.integer({ min: 0, max: 100 }),
      level: fc.constantFrom('LOW', 'MEDIUM', 'HIGH', 'CRITICAL'),
      reasons: fc.array(fc.record({ id: words, points: fc.integer({ min: -50, max: 100 }), why: words }), {
        maxLength: 60,
      }),
    }),
    approvalsNeeded: fc.integer({ min: 1, max: 9 }),
    createdAt: date,
    expiresAt: date,
    useBy: maybe(date),
    decision: maybe(
      fc.record({
        by: fc.constantFrom(
          'people',
          'rule',
          'policy',
          'deadline',
          'requester',
          'lost-contact',
          'nobody-to-ask',
          'nobody-there',
        ),
        at: date,
        reason: maybe(words),
        people: fc.array(person, { maxLength: 8 }),
      }),
    ),
    emergency: fc.boolean(),
    retrospective: maybe(
      fc.record({
        dueAt: date,
        closedAt: maybe(date),
        closedByName: maybe(words),
        given: maybe(
          fc.record({
            whatHappened: words,
            wasRight: fc.constantFrom('yes', 'no', 'partly'),
            becomesRule: maybe(words),
          }),
        ),
        page: maybe(fc.record({ isSent: fc.boolean(), problem: maybe(words) })),
      }),
    ),
    startedAt: maybe(date),
    lapsedAt: maybe(date),
    outcome: maybe(outcome),
    votes: fc.array(
      fc.record({
        subject: words,
        name: words,
        verdict: fc.constantFrom('approve', 'deny'),
        reason: maybe(words),
        method: fc.constantFrom('card', 'review'),
        at: date,
      }),
      { maxLength: 60 },
    ),
    earlier: fc.array(
      fc.record({ id: words, command, state, outcome: maybe(outcome), startedAt: maybe(date) }),
      { maxLength: 6 },
    ),
    reviewers: maybe(fc.record({ users: fc.array(words), groups: fc.array(words) })),
    explanation: fc.array(
      fc.record({
        kind: fc.constantFrom('policy', 'rule', 'floor', 'environment'),
        name: words,
        applies: fc.boolean(),
        why: words,
        strength: fc.constantFrom('block', 'require', 'allow', undefined),
      }),
      { maxLength: 60 },
    ),
    lastRun: maybe(fc.record({ id: words, startedAt: date, outcome: maybe(outcome) })),
    changes: maybe(
      fc.array(fc.record({ kind: fc.constantFrom('same', 'added', 'removed'), word: words }), {
        maxLength: 100,
      }),
    ),
    lastSuccess: maybe(fc.record({ sha: fc.oneof(words, fc.constant('9f8e7d6c')), at: date })),
  } as const)
  .map((over) => viewOf(over as unknown as Partial<RequestView>));

const place = fc.record({ name: words, deciders: words }).map(({ name, deciders }) => ({
  environment: {
    ...PRODUCTION,
    name: name || 'x',
    emergency: { reviewers: { users: ['UBOSS'], groups: [] }, alone: true, page: 'primary' },
  },
  deciders: deciders.slice(0, 300),
}));
const RUNS = { numRuns: 300 };

describe('any request at all', () => {
  it('makes a card that Slack takes', () => {
    fc.assert(
      fc.property(view, place, (any, where) => {
        const { text, blocks } = card(any, where);
        expect(messageFaults(blocks)).toEqual([]);
        expect(blockCharacters(blocks)).toBeLessThan(limits.message.blockCharacters);
        expect(text.length).toBeLessThan(500);
      }),
      RUNS,
    );
  });

  it('has an Approve button only where the whole command stands on the card', () => {
    fc.assert(
      fc.property(view, place, (any, where) => {
        const approves = JSON.stringify(card(any, where).blocks).includes('"action_id":"approve"');
        expect(approves).toBe(any.state === 'pending' && fitsOnCard(any.command));
      }),
      RUNS,
    );
  });

  it('makes modals that Slack takes', () => {
    fc.assert(
      fc.property(view, place, (any, where) => {
        const from = { requestId: any.id, channel: 'C0DEPLOYS' };
        for (const modal of [
          denyModal(any, where, from),
          reviewModal(any, where, from),
          detailsModal(any, where, from),
          emergencyModal(any, where, from),
          retrospectiveModal(any, where, from),
        ]) {
          expect(viewFaults(modal, 'modal')).toEqual([]);
          expect(Buffer.byteLength(JSON.stringify(modal))).toBeLessThan(limits.view.bytes);
        }
      }),
      RUNS,
    );
  });
});
