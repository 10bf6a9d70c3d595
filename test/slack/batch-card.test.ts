import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestView } from '../../src/core/request.ts';
import { blockCharacters, messageFaults } from '../../src/demo/local-slack/block-kit.ts';
import { textOf } from '../../src/demo/local-slack/reading.ts';
import { BATCH_SIZE } from '../../src/gate/attention.ts';
import { batchCard, fitsInBatch, mayGoWithOthers } from '../../src/slack/batch-card.ts';
import { at, PLACE, readCard, viewOf } from './views.ts';

const BATCH = 'bat_0123456789abcdef01234567';
const nobody = { people: new Map(), channels: new Map(), userGroups: new Map(), now: () => at(0).getTime() };
const level = (of: 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL') => ({
  assessment: { score: 20, level: of, reasons: [{ id: 'a', points: 20, why: 'acts on a cluster' }] },
});
const item = (n: number, over: Partial<RequestView> = {}): RequestView =>
  viewOf({
    id: `req_${String(n).padStart(26, '0')}`,
    batchId: BATCH,
    command: { kind: 'argv', argv: ['kubectl', 'rollout', 'restart', `deploy/${n}`] },
    reason: null,
    ...level('LOW'),
    ...over,
  });
const byAna = { by: 'people' as const, at: at(9), reason: null, people: [{ subject: 's', name: 'Ana' }] };
const read = (...views: RequestView[]): string => {
  const { text, blocks } = batchCard(BATCH, views, PLACE);
  return textOf(nobody, { text, blocks: blocks as never });
};
const pressesOf = (views: RequestView[]) =>
  batchCard(BATCH, views, PLACE).blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements.map((e) => e as { action_id: string; value: string }) : [],
  );
const togetherOf = (...views: RequestView[]) => pressesOf(views).find((e) => e.action_id === 'approve-batch');

describe('a batch card', () => {
  it('reads item after item, each with its command, risk and buttons', () => {
    expect(read(item(1), item(2, { reason: 'Hotfix', ...level('HIGH') })).split('\n')).toEqual([
      '🟥 production: run these? 2 of 2 to decide',
      'Asked by: octocat via ci-shop (CI)',
      'acme/shop at main · deploy · run · commit 1a2b3c4 (github.com)',
      'Who decides: any full member of this channel, each one on its own; not who asked',
      'kubectl rollout restart deploy/1',
      '🟢 LOW risk, 20 of 100 · acts on a cluster',
      'Expires 14:10',
      '[Approve] [Deny] [Details]',
      'kubectl rollout restart deploy/2',
      '🟠 HIGH risk, 20 of 100 · acts on a cluster',
      'Why: Hotfix',
      'Expires 14:10',
      '[Approve] [Deny] [Details]',
    ]);
  });

  it('shows what has ended on one line, and keeps the others', () => {
    const words = read(
      item(1, {
        state: 'approved',
        decision: byAna,
        startedAt: at(10),
        outcome: { exitCode: 0, signal: null, durationMs: 1, reportedAt: at(11) },
      }),
      item(2, { state: 'denied', decision: { ...byAna, reason: 'Not now' } }),
      item(3),
    );
    expect(words).toContain('run these? 1 of 3 to decide');
    expect(words).toContain('✅ ran: kubectl rollout restart deploy/1 approved by Ana.');
    expect(words).toContain('⛔ denied: kubectl rollout restart deploy/2 denied by Ana. Not now');
    expect(words.match(/\[Deny\]/g)).toHaveLength(1);
  });

  it('ends without buttons', () => {
    const views = [1, 2, 3].map((n) => item(n, { state: 'denied', decision: byAna }));
    expect(read(...views)).toContain('🟥 production: 3 requests, all ended');
    expect(pressesOf(views)).toEqual([]);
  });

  it('each button names its own request', () => {
    const views = [item(1), item(2, level('CRITICAL'))];
    const own = pressesOf(views).filter((e) => e.action_id !== 'approve-batch');
    expect(own.map((e) => `${e.action_id} ${e.value}`)).toEqual(
      views.flatMap(({ id }) => ['approve', 'deny', 'details'].map((action) => `${action} ${id}`)),
    );
  });

  it.each([
    ['too long', { command: { kind: 'shell' as const, text: `echo ${'x'.repeat(300)}` } }],
    ['too many lines', { command: { kind: 'shell' as const, text: 'a\nb\nc\nd\ne\nf\ng' } }],
    ['with something hidden', { command: { kind: 'shell' as const, text: 'echo \u202ex' } }],
  ])('what is %s can only be reviewed', (_, over) => {
    const view = item(1, over);
    expect(pressesOf([view]).map((e) => e.action_id)).toEqual(['review', 'deny', 'details']);
    expect(read(view)).toContain('Review shows it.');
    expect(mayGoWithOthers(view)).toBe(false);
  });

  it('one press for the LOW and MEDIUM ones names exactly those, and counts them', () => {
    const views = [item(1), item(2, level('MEDIUM')), item(3, level('HIGH')), item(4, level('CRITICAL'))];
    const press = togetherOf(...views, item(5, { state: 'denied', decision: byAna }));
    expect(press?.value).toBe(`${views[0]?.id} ${views[1]?.id}`);
    expect(press).toMatchObject({
      text: { text: 'Approve the 2 LOW and MEDIUM ones' },
      confirm: { title: { text: 'Approve 2 commands on production?' }, confirm: { text: 'Approve 2' } },
    });
  });

  it('there is none for a single one, nor for what was raised by asking again', () => {
    const raised = item(2, { followers: { count: 1, shown: [item(9, level('HIGH'))] } });
    expect(togetherOf(item(1), item(3, level('HIGH')))).toBeUndefined();
    expect(togetherOf(item(1), raised)).toBeUndefined();
    expect(read(raised)).toContain('Asked 2 times: one decision for all. Asked again it is 🟠 HIGH.');
  });

  it('says when one runs by itself', () => {
    const words = read(item(1, { whenUnanswered: 'allow' }));
    expect(words).toContain('Runs 14:10 if nobody objects');
    expect(words).toContain('[Run now] [Deny] [Details]');
  });
});

describe('a card of one request', () => {
  it('counts those that asked the same', () => {
    const followers = { count: 2, shown: [item(8), item(9)] };
    expect(readCard(viewOf({ followers, ...level('LOW') }))).toContain(
      'Asked 3 times: one decision for all.',
    );
    const ran = {
      startedAt: at(10),
      outcome: { exitCode: 0, signal: null, durationMs: 1, reportedAt: at(11) },
    };
    const failed = { ...ran, outcome: { ...ran.outcome, exitCode: 2 } };
    const shown = [item(8, { state: 'approved', ...ran }), item(9, { state: 'approved', ...failed })];
    const words = readCard(
      viewOf({ state: 'approved', decision: byAna, ...ran, followers: { count: 2, shown } }),
    );
    expect(words).toContain('Asked 3 times, decided once. 2 ran · 1 failed');
  });

  it('says that it runs when nobody objects', () => {
    const words = readCard(viewOf({ whenUnanswered: 'allow' }));
    expect(words).toContain('Runs today at 14:10 if nobody objects');
    expect(words).toContain("[Run now on production] [Deny] [I'm looking] [Ask] [Details]");
  });

  it('links the newer run that took its place, and warns when one waits', () => {
    const decision = {
      by: 'newer-request' as const,
      at: at(9),
      reason: 'A newer run asked: req_x.',
      people: [],
    };
    const newer = { id: 'req_x', state: 'pending' as const, permalink: 'https://slack.example/p1' };
    const words = readCard(viewOf({ state: 'withdrawn', decision, newer }));
    expect(words).toContain('because a newer request took its place');
    expect(words.match(/A newer run asked: req_x/g)).toHaveLength(1);
    expect(readCard(viewOf({ newerWaits: 'req_y' }))).toContain(
      '⚠️ A newer run of this step waits, too: req_y.',
    );
  });
});

const HOSTILE = ['', ' ', '\n', '\u202e', '\u200b', '\0', '<!channel>', '```', '&lt;', '😀', 'а', 'x'];
const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .tuple(fc.constantFrom(...HOSTILE), fc.integer({ min: 1, max: 4000 }))
    .map(([unit, times]) => unit.repeat(times)),
);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const view = fc
  .record({
    state: fc.constantFrom('pending', 'pending', 'approved', 'denied', 'expired', 'withdrawn'),
    command: fc.record({ kind: fc.constant('shell'), text: words }),
    reason: maybe(words),
    requester: fc.record({
      tokenId: words,
      tokenName: words,
      kind: fc.constant('agent'),
      actor: maybe(words),
      people: fc.constant([]),
    }),
    context: fc.record({ repository: words, job: words, step: words, host: words, ref: words }),
    assessment: fc.record({
      score: fc.integer({ min: 0, max: 100 }),
      level: fc.constantFrom('LOW', 'MEDIUM', 'HIGH', 'CRITICAL'),
      reasons: fc.array(fc.record({ id: words, points: fc.integer({ min: 1, max: 90 }), why: words })),
    }),
    decision: maybe(
      fc.record({
        by: fc.constantFrom('people', 'deadline', 'newer-request'),
        at: fc.date({ noInvalidDate: true }),
        reason: maybe(words),
        people: fc.array(fc.record({ subject: words, name: words }), { maxLength: 8 }),
      }),
    ),
    approvalsNeeded: fc.integer({ min: 1, max: 3 }),
    whenUnanswered: fc.constantFrom('allow', 'deny'),
    followers: fc.constantFrom({ count: 0, shown: [] }, { count: 30, shown: [viewOf()] }),
    newerWaits: maybe(fc.constant('req_7k2m9x4vq1w8n3b5z6p0t4h2jb')),
  })
  .map((over) => item(1, over as unknown as Partial<RequestView>));
const batch = fc
  .array(view, { minLength: 1, maxLength: BATCH_SIZE })
  .map((views) => views.map((each, n) => ({ ...each, id: `req_${String(n).padStart(26, '0')}` })));
const place = fc.record({ name: words, deciders: words }).map(({ name, deciders }) => ({
  environment: { ...PLACE.environment, name: name || 'x' },
  deciders,
}));

describe('any burst at all', () => {
  it('makes a card that Slack takes, within our budget', () => {
    fc.assert(
      fc.property(batch, place, (views, where) => {
        const { text, blocks } = batchCard(BATCH, views, where);
        expect(messageFaults(blocks)).toEqual([]);
        expect(blocks.length).toBeLessThanOrEqual(50);
        expect(blockCharacters(blocks)).toBeLessThan(8000);
        expect(text.length).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });

  it('approves nothing that is not wholly in sight, and nothing HIGH or CRITICAL together with others', () => {
    fc.assert(
      fc.property(batch, (views) => {
        const byId = new Map(views.map((each) => [each.id, each]));
        for (const press of pressesOf(views)) {
          const named = press.value.split(' ').map((id) => byId.get(id) as RequestView);
          expect(named.every((each) => each.state === 'pending')).toBe(true);
          if (press.action_id === 'approve') expect(named.every(fitsInBatch)).toBe(true);
          if (press.action_id !== 'approve-batch') continue;
          expect(named.every((each) => ['LOW', 'MEDIUM'].includes(each.assessment.level))).toBe(true);
          expect(named.every(fitsInBatch)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
