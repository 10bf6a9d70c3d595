import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { narrow, narrowings } from '../../../src/core/learning/narrow.ts';
import type { Suggestion } from '../../../src/core/learning/suggestion.ts';
import {
  blockCharacters,
  faultLines,
  messageFaults,
  viewFaults,
} from '../../../src/demo/local-slack/block-kit.ts';
import { limits } from '../../../src/demo/local-slack/limits.ts';
import { answeredCard } from '../../../src/slack/suggestions/answered-card.ts';
import { blockProposal } from '../../../src/slack/suggestions/block-proposal.ts';
import { narrowedModal, narrowModal } from '../../../src/slack/suggestions/narrow-modal.ts';
import { nightLine } from '../../../src/slack/suggestions/night-line.ts';
import { prunedMessage } from '../../../src/slack/suggestions/pruned-post.ts';
import { ruleCard } from '../../../src/slack/suggestions/rule-card.ts';
import { suggestionList } from '../../../src/slack/suggestions/suggestion-list.ts';
import { suggestionModal } from '../../../src/slack/suggestions/suggestion-modal.ts';
import type { RuleRow } from '../../../src/store/rules.ts';
import type { SuggestionState } from '../../../src/store/schema.ts';
import { LEARNING, PRODUCTION } from '../../support/deps.ts';
import { prune, suggestion } from './sample.ts';

const FROM = { requestId: 'sug_1', version: 3, channel: 'C1', responseUrl: 'https://x.example', page: 1 };
const WIDE = 4000;

/** Text as an attacker writes it, or simply very much of it. */
const hostile = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '<!channel> <@UANA> *bold* `code` ```fence``` &amp; <https://evil.example|click>',
    '\u202e\u2066\u200b\ufeff'.repeat(300),
    'x'.repeat(WIDE),
    '😀'.repeat(1500),
    '\ud800',
    '⏎\n\n\r\n\t'.repeat(50),
    '= echo *\nrm -rf /',
    'kubectl get {svc:a,b} * [0-9] {sha:7} \\* {} "a b" \'*\'',
  ),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: WIDE }),
);
const texts = (maxLength: number) => fc.array(hostile, { maxLength });
const amount = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, 0.2, 31, 1e300));

const bodies: fc.Arbitrary<Suggestion> = fc.record({
  id: fc.constant('sug_0123456789abcdef'),
  family: hostile,
  kind: fc.constantFrom('add', 'extend', 'replace', 'prune'),
  environment: hostile,
  project: hostile,
  rules: texts(80),
  replaces: texts(80),
  cause: fc.constantFrom('redundant', 'unused', 'too-broad', 'expiring', 'denied', null),
  commandFamily: hostile,
  title: hostile,
  why: hostile,
  risk: fc.constantFrom('LOW', 'MEDIUM', 'HIGH', 'CRITICAL'),
  acceptancesNeeded: fc.integer({ min: 1, max: 3 }),
  savesPerWeek: amount,
  slots: fc.array(fc.record({ slot: hostile, seen: texts(40), count: fc.nat() }), { maxLength: 40 }),
  cautions: texts(20),
  evidence: fc.record({
    approvals: fc.nat(),
    denials: fc.nat(),
    requesters: texts(20),
    reviewers: texts(20),
    days: fc.nat(),
    first: fc.option(amount),
    last: fc.option(amount),
    examples: texts(20),
    wouldAlsoAllow: texts(20),
    wouldNotAllow: texts(20),
  }),
}) as fc.Arbitrary<Suggestion>;

const rowOf = (body: Suggestion, over: object = {}) => ({
  id: body.id,
  version: 3,
  state: 'open' as SuggestionState,
  body,
  words: null,
  acceptedBy: [],
  answeredAt: null,
  answeredByName: null,
  reason: null,
  ...over,
});

const ruleOf = (text: string, over: Partial<RuleRow> = {}) =>
  ({
    id: 'rul_0123456789abcdef',
    text,
    environment: text,
    project: text,
    repository: text,
    requester: text,
    cwd: text,
    suspendedWhy: text,
    suspendedAt: null,
    pruneAt: null,
    revokedAt: null,
    revokedFor: null,
    expiresAt: null,
    ...over,
  }) as RuleRow;

function expectMessage(message: { text: string; blocks: unknown }): void {
  expect(faultLines(messageFaults(message.blocks))).toEqual([]);
  expect(blockCharacters(message.blocks)).toBeLessThanOrEqual(limits.message.blockCharacters);
  expectNotParsed(message);
}

function expectView(view: unknown): void {
  expect(faultLines(viewFaults(view, 'modal'))).toEqual([]);
  expect(encodeURIComponent(JSON.stringify(view)).length).toBeLessThan(limits.view.bytes);
  expectNotParsed(view);
}

/** Slack parses only mrkdwn, and the line for notifications: there is nobody else's word in either. */
function expectNotParsed(shown: unknown): void {
  expect(JSON.stringify(shown)).not.toContain('"mrkdwn"');
  expect(JSON.stringify((shown as { text?: string }).text ?? '')).not.toMatch(/[<>`*]/);
}

const FEW = { numRuns: 60 };

describe('within what Slack takes, whatever it is about', () => {
  it('the list of a night', () => {
    fc.assert(
      fc.property(fc.array(bodies, { minLength: 25, maxLength: 25 }), texts(6), (all, rules) => {
        const leaving = rules.map((text) => ruleOf(text, { pruneAt: new Date(0) }));
        const suspended = rules.map((text) => ruleOf(text));
        const rows = all.map((body) => rowOf(body, { state: 'half' }));
        expectMessage(suggestionList({ rows, page: 2, total: 99_999, rules: 1e6, suspended, leaving }));
      }),
      { numRuns: 25 },
    );
  });

  it('one in full', () => {
    fc.assert(
      fc.property(bodies, hostile, fc.boolean(), (body, word, mayAccept) => {
        const row = rowOf(body, {
          words: { title: word, sentence: word, prompt: 'x' },
          acceptedBy: [{ subject: 's', name: word, people: [] }],
        });
        expectView(suggestionModal(row, { environment: PRODUCTION, mayAccept, learning: LEARNING }, FROM));
      }),
      FEW,
    );
  });

  it('made narrower', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        expectView(narrowModal(body, FROM));
        expectView(narrowedModal(body, { ...body, rules: body.rules.slice(1) }, ['rule:0'], FROM));
      }),
      FEW,
    );
  });

  it('answered, in every state', () => {
    const states = fc.constantFrom<SuggestionState>(
      'open',
      'half',
      'accepted',
      'not-now',
      'never',
      'withdrawn',
      'superseded',
    );
    fc.assert(
      fc.property(bodies, hostile, states, fc.boolean(), (body, word, state, canUndo) => {
        const acceptedBy = [{ subject: 's', name: word, people: [] }];
        const row = rowOf(body, {
          state,
          acceptedBy,
          answeredByName: word,
          reason: word,
          answeredAt: new Date(),
        });
        expectMessage(answeredCard({ row, rules: [], environment: PRODUCTION, canUndo }));
      }),
      FEW,
    );
  });

  it('rules that somebody has to look at, and those that went', () => {
    fc.assert(
      fc.property(texts(30), hostile, (all, word) => {
        const gone = { revokedAt: new Date(), revokedFor: 'prune' };
        for (const over of [gone, { suspendedAt: new Date() }, { pruneAt: new Date() }])
          expectMessage(ruleCard(ruleOf(word, over), PRODUCTION));
        const rules = all.map((text) => ruleOf(text, gone));
        expectMessage(prunedMessage({ kind: 'pruned', night: 'x', ruleIds: all }, rules));
      }),
      FEW,
    );
  });

  it('the line of a night, and a proposed policy', () => {
    fc.assert(
      fc.property(texts(20), hostile, amount, (reasons, word, count) => {
        const report = {
          days: 7,
          decided: count,
          passed: count,
          savedSeconds: count,
          medianSeconds: count,
          p90Seconds: count,
        };
        const night = {
          kind: 'night' as const,
          night: word,
          environments: reasons,
          suggestions: 3,
          prunes: 3,
        };
        expectMessage(nightLine({ ...night, savesPerWeek: count, announced: 2, expiring: 1, report }));
        const block = {
          kind: 'block-proposal' as const,
          environment: word,
          family: word,
          denials: 3,
          reasons,
        };
        expectMessage(blockProposal({ ...block, policy: word }));
      }),
      FEW,
    );
  });
});

const modal = (body: Suggestion, over: { mayAccept?: boolean } = {}) =>
  suggestionModal(
    rowOf(body),
    { environment: PRODUCTION, mayAccept: true, learning: LEARNING, ...over },
    FROM,
  );

describe('what is accepted was seen', () => {
  it('every rule stands there whole, with what varies set off', () => {
    const shown = JSON.stringify(modal(suggestion()).blocks);
    expect(shown).toContain(
      '{"type":"text","text":"{svc:api,web,worker}","style":{"bold":true,"code":true}}',
    );
    expect(shown).toContain(
      '{"type":"text","text":"kubectl -n shop set image deployment/","style":{"code":true}}',
    );
  });

  it.each<[string, Partial<Suggestion>]>([
    ['a rule of 120,000 characters', { rules: ['x'.repeat(120_000)] }],
    ['61 rules', { rules: Array.from({ length: 61 }, (_, i) => `ls ${i}`) }],
  ])('%s cannot be accepted here, and it says where', (_, over) => {
    const view = modal(suggestion(over));
    expect(view.submit).toBeUndefined();
    expect(JSON.stringify(view.blocks)).toContain('gate suggestions accept sug_0123456789abcdef');
  });

  it('60 long rules can, and all of them are shown', () => {
    const rules = Array.from({ length: 60 }, (_, i) => `echo ${'y'.repeat(400)}-${i}-`);
    const view = modal(suggestion({ rules }));
    expect(view.submit?.text).toBe('Accept');
    for (const i of rules.keys()) expect(JSON.stringify(view.blocks)).toContain(`-${i}-`);
  });

  it('one is one, and a single day is named once', () => {
    const { evidence } = suggestion();
    const oneDay = suggestion({ evidence: { ...evidence, days: 1, first: evidence.last } });
    const blocks = JSON.stringify(modal(oneDay).blocks);
    expect(blocks).toContain('"text":", on "},{"type":"date"');
    expect(blocks).not.toContain('"text":" to "');
    expect(JSON.stringify(modal(prune()).blocks)).toContain(
      prune().replaces.length === 1 ? 'What it covers' : 'What they cover',
    );
    const list = (count: number) => {
      const rows = Array.from({ length: count }, () => rowOf(suggestion()));
      return JSON.stringify(
        suggestionList({ rows, page: 1, total: count, rules: 0, suspended: [], leaving: [] }),
      );
    };
    expect(list(1)).toContain('It saves about 12 approvals a week.');
    expect(list(2)).toContain('Together they save about 25 approvals a week.');
  });

  it('people of the workspace are named as Slack names them, everybody else by their name', () => {
    const { evidence } = suggestion();
    const body = suggestion({
      cautions: ['Only U0CLEO asked for it so far.', 'Mind U0NOBODY.'],
      evidence: { ...evidence, requesters: ['U0CLEO', 'ci'], reviewers: ['U0ANA', 'Ben', '<!here>'] },
    });
    const said = JSON.stringify(modal(body).blocks);
    for (const id of ['U0CLEO', 'U0ANA']) {
      expect(said).toContain(`{"type":"user","user_id":"${id}"}`);
      expect(said).not.toMatch(new RegExp(`"text":"[^"]*${id}`));
    }
    for (const words of ['"text":"ci"', '"text":"Ben"', '"text":"<!here>"', 'Mind ', '"text":"U0NOBODY"'])
      expect(said).toContain(words);
  });

  it('who has accepted it has nothing to submit, and no field to fill in', () => {
    const view = modal(suggestion(), { mayAccept: false });
    expect(view.submit).toBeUndefined();
    expect(view.blocks.some(({ type }) => type === 'input')).toBe(false);
  });

  it('a prune is removed or kept, and has no time to live', () => {
    const view = modal(prune());
    expect(view.submit?.text).toBe('Remove');
    expect(JSON.stringify(view.blocks)).toContain('"Keep"');
    expect(view.blocks.some(({ type }) => type === 'input')).toBe(false);
  });
});

it('every step of narrowing is offered, and its result is shown before it is saved', () => {
  const body = suggestion();
  const shown = JSON.stringify(narrowModal(body, FROM).blocks);
  const steps = narrowings(body);
  expect(steps.length).toBeGreaterThan(3);
  for (const { key } of steps) expect(shown).toContain(JSON.stringify(key));
  const narrowed = narrow(body, ['rule:1']);
  if (!narrowed.ok) throw new Error(narrowed.why);
  const view = narrowedModal(body, narrowed.suggestion, ['rule:1'], FROM);
  expect(JSON.parse(view.private_metadata ?? '')).toMatchObject({ keys: ['rule:1'], version: 3 });
});

it('whose words they are is said: a model’s are not the gate’s', () => {
  const words = { title: 'Deploys', sentence: 'Rolls out the shop.', prompt: 'x' };
  const { blocks } = suggestionModal(
    rowOf(suggestion(), { words }),
    { environment: PRODUCTION, mayAccept: true, learning: LEARNING },
    FROM,
  );
  expect(JSON.stringify(blocks)).toContain('In a language model’s words: ');
});
